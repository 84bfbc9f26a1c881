/** Mirrors what the worklet logs to the console of the page that made it, under the name of the operation. */

import type { ConsoleMethod } from '../../protocol/console-lines';
import { asNative } from '../../webidl/native-function';
import { append, apply, captureStackTrace, create, defineProperty, Error, getOwnPropertyDescriptor } from '../../webidl/primordials';
import { errorOf, preventDefault, rejectionReason, stringSplit } from '../primordials';
import { CountersAndTimers } from './counters-and-timers';
import { withoutOwnFrames } from './describe-error';
import type { Lines } from './lines';

type Steps = (...args: unknown[]) => unknown;

/** The worklet's own frames on the stack above the method of its console, each on a line of its own. */
function ownStack(method: Steps): string {
  const holder: { stack?: unknown } = create(null);
  captureStackTrace(holder, method);
  const { stack } = holder;
  // The worklet may have made its stacks something else.
  const lines = typeof stack === 'string' ? stringSplit(withoutOwnFrames(stack), '\n') : [];
  let text = '';
  for (let index = 1; index < lines.length; index++) text += `\n${lines[index] as string}`;
  return text;
}

function define(target: object, name: string, value: unknown): void {
  defineProperty(target, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}

/** The methods of `console.context()`, in Chromium's order and spelling. */
const CONTEXT_METHODS = [
  'dir dirXml table groupEnd clear count countReset profile profileEnd debug error info log warn trace group groupCollapsed assert',
  'time timeLog timeEnd timeStamp',
].join(' ');

/** A task that the developer tools would show as the parent of what runs in it. */
function createTask(name: unknown): object {
  if (typeof name !== 'string' || name === '') throw new Error('First argument must be a non-empty string.');
  const run: Steps = (callback) => {
    if (typeof callback !== 'function') throw new Error('First argument must be a function.');
    return apply(callback, undefined, []);
  };
  const task = {};
  define(task, 'run', asNative(run, 'run', 0));
  return task;
}

/** The methods of the worklet's console, by their names. */
function createMethods(lines: Lines): Readonly<Record<string, Steps>> {
  const counters = new CountersAndTimers(lines);
  /** With nothing to show, nothing is shown. */
  const show =
    (method: ConsoleMethod): Steps =>
    (...args) => {
      if (args.length > 0) lines.mirror(method, args);
    };
  /** With nothing to show, the method's name is. */
  const showOrName =
    (method: ConsoleMethod): Steps =>
    (...args) =>
      lines.mirror(method, args.length > 0 ? args : [`console.${method}`]);
  const trace: Steps = (...args) => {
    const shown: unknown[] = [];
    if (args.length === 0) append(shown, 'console.trace');
    for (let index = 0; index < args.length; index++) append(shown, args[index]);
    // DEVIATION: the developer tools' own stack trace is that of the page's console; the worklet's is among what is shown.
    append(shown, ownStack(trace));
    lines.mirror('trace', shown);
  };
  const assert: Steps = (condition, ...args) => {
    if (!condition) lines.mirror('assert', args.length > 0 ? args : ['console.assert']);
  };
  const methods: Readonly<Record<string, Steps>> = {
    debug: show('debug'),
    error: show('error'),
    info: show('info'),
    log: show('log'),
    warn: show('warn'),
    dir: show('dir'),
    dirxml: show('dirxml'),
    table: show('table'),
    trace,
    group: showOrName('group'),
    groupCollapsed: showOrName('groupCollapsed'),
    groupEnd: () => lines.mirror('groupEnd', []),
    clear: () => lines.mirror('clear', []),
    count: (label) => counters.count(label),
    countReset: (label) => counters.countReset(label),
    assert,
    // Nobody profiles a worklet through its page.
    profile: () => undefined,
    profileEnd: () => undefined,
    time: (label) => counters.time(label),
    timeLog: (label, ...data) => counters.timeLog(label, data),
    timeEnd: (label) => counters.timeEnd(label),
    timeStamp: () => undefined,
    context: () => contextConsole(methods),
    createTask: (name) => createTask(name),
  };
  return methods;
}

/** A console whose lines Chromium's developer tools can filter by its name: here they are lines as all others. */
function contextConsole(methods: Readonly<Record<string, Steps>>): object {
  const context = create({}) as object;
  const names = stringSplit(CONTEXT_METHODS, ' ');
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const steps = methods[name === 'dirXml' ? 'dirxml' : name] as Steps;
    define(
      context,
      name,
      asNative((...args: unknown[]) => apply(steps, undefined, args), name, 0),
    );
  }
  return context;
}

/**
 * No native method stays. Each of their messages, and each report of an error that nobody caught, takes a turn of the thread that all
 * sandboxed frames share, so that one worklet could keep every other one from starting.
 */
export function mirrorConsole(lines: Lines): void {
  const methods = createMethods(lines);
  for (const name of Object.getOwnPropertyNames(console)) {
    const steps = methods[name] ?? (() => undefined);
    const length = (getOwnPropertyDescriptor(console, name)?.value as { length?: number } | undefined)?.length ?? 0;
    define(console, name, asNative(steps, name, length));
  }
  addEventListener('error', (event: ErrorEvent) => {
    preventDefault(event);
    lines.mirrorUncaught(errorOf(event));
  });
  addEventListener('unhandledrejection', (event: PromiseRejectionEvent) => {
    preventDefault(event);
    lines.mirrorUncaught(rejectionReason(event), '(in promise) ');
  });
}
