/** Mirrors what the worklet logs to the console of the page that made it, under the name of the operation. */

import type { ConsoleLevel } from '../protocol/messages';
import { asNative } from '../webidl/interface';
import { apply, defineProperty, Error, getOwnPropertyDescriptor, hasOwn, react } from '../webidl/primordials';
import { runningOperations } from './operations';
import { backlog, call } from './port';
import { arrayPush } from './primordials';

const LEVELS: readonly ConsoleLevel[] = ['debug', 'error', 'info', 'log', 'trace', 'warn'];

/** A worklet that logs faster than anybody can read loses lines rather than memory. */
const MAXIMUM_BACKLOG = 1000;

let dropped = 0;

function describe(value: unknown): unknown {
  switch (typeof value) {
    case 'function':
    case 'symbol':
      return `${typeof value}`;
    case 'object':
      return value instanceof Error ? describeError(value) : '[an object that cannot be cloned]';
    default:
      return value;
  }
}

/** The stack of an error, which names it, or whatever it is that was thrown. */
export function describeError(thrown: unknown): string {
  try {
    if (thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && hasOwn(thrown, 'stack')))
      return `${(thrown as Error).stack ?? (thrown as Error).message}`;
    return `${thrown as string}`;
  } catch {
    return 'an error that cannot be described';
  }
}

export function mirror(level: ConsoleLevel, args: unknown[]): void {
  if (backlog() > MAXIMUM_BACKLOG) {
    dropped++;
    return;
  }
  if (dropped > 0) {
    arrayPush(args, `(${dropped} earlier messages were dropped)`);
    dropped = 0;
  }
  const operation = runningOperations();
  const ignore = () => undefined;
  react(call('console', { operation, level, args }), ignore, () => {
    const plain: unknown[] = [];
    for (let index = 0; index < args.length; index++) arrayPush(plain, describe(args[index]));
    react(call('console', { operation, level, args: plain }), ignore, ignore);
  });
}

export function mirrorConsole(): void {
  for (const level of LEVELS) {
    const native = getOwnPropertyDescriptor(console, level)?.value as (...args: unknown[]) => void;
    const { value } = {
      value(...args: unknown[]) {
        apply(native, console, args);
        mirror(level, args);
      },
    };
    defineProperty(console, level, { __proto__: null, value: asNative(value, level, 0) } as PropertyDescriptor);
  }
}
