/** Mirrors what the worklet logs to the console of the page that made it, under the name of the operation. */

import type { ConsoleLevel } from '../../protocol/messages';
import { asNative } from '../../webidl/interface';
import { defineProperty, deleteProperty, ownKeys, react } from '../../webidl/primordials';
import { backlog, call } from '../port';
import { arrayPush, errorOf, preventDefault, rejectionReason } from '../primordials';
import { copyConsoleArguments } from './console-arguments';
import { describeError } from './describe-error';
import { runningOperations } from './running-operations';

const LEVELS: readonly ConsoleLevel[] = ['debug', 'error', 'info', 'log', 'trace', 'warn'];

/** Methods that show what they are given, at the level that browsers show it. */
const SHOWN_AS_LOG = ['dir', 'dirxml', 'group', 'groupCollapsed', 'table'];

/** A worklet that logs faster than anybody can read loses lines rather than memory. */
const MAXIMUM_BACKLOG = 1000;
const MAXIMUM_PENDING_CHARACTERS = 2 ** 24;

let dropped = 0;
/** In messages that have not arrived yet. */
let pendingCharacters = 0;

export function mirror(level: ConsoleLevel, args: unknown[]): void {
  if (backlog() > MAXIMUM_BACKLOG || pendingCharacters > MAXIMUM_PENDING_CHARACTERS) {
    dropped++;
    return;
  }
  const { copies, characters } = copyConsoleArguments(args);
  if (dropped > 0) {
    arrayPush(copies, `(${dropped} earlier messages were dropped)`);
    dropped = 0;
  }
  pendingCharacters += characters;
  const arrived = () => {
    pendingCharacters -= characters;
  };
  react(call('console', { operation: runningOperations(), level, args: copies }), arrived, arrived);
}

function replace(name: string, steps: (...args: unknown[]) => void): void {
  defineProperty(console, name, { __proto__: null, value: asNative(steps, name, 0) } as PropertyDescriptor);
}

/**
 * No native method stays. Each of their messages, and each report of an error that nobody caught, takes a turn of the thread that all
 * sandboxed frames share, so that one worklet could keep every other one from starting.
 */
export function mirrorConsole(): void {
  for (const name of ownKeys(console)) {
    if (typeof name === 'symbol') continue;
    const level = LEVELS.find((one) => one === name) ?? (SHOWN_AS_LOG.includes(name) ? 'log' : null);
    if (level) replace(name, (...args) => mirror(level, args));
    else if (name === 'assert')
      replace(name, (condition, ...args) => {
        if (!condition) mirror('error', args);
      });
    // These two hand out more of the native console.
    else if (name === 'context' || name === 'createTask') deleteProperty(console, name);
    else replace(name, () => undefined);
  }
  addEventListener('error', (event: ErrorEvent) => {
    preventDefault(event);
    mirror('error', [`Uncaught ${describeError(errorOf(event))}`]);
  });
  addEventListener('unhandledrejection', (event: PromiseRejectionEvent) => {
    preventDefault(event);
    mirror('error', [`Uncaught (in promise) ${describeError(rejectionReason(event))}`]);
  });
}
