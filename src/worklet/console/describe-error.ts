/** Errors as text: with those lines of their stacks that are the worklet's own. */

import { isObject } from '../../webidl/conversions';
import { bag, captureStackTrace, defineProperty, Error, hasOwn, isInstance } from '../../webidl/primordials';
import { stringIncludes, stringSplit } from '../primordials';

/** The source URL of our scripts (vite.config.ts), as a line of a stack has it. */
const OWN_FRAMES = ['(shared-storage-lab:', 'at shared-storage-lab:'] as const;

const isOwnFrame = (line: string): boolean => stringIncludes(line, OWN_FRAMES[0]) || stringIncludes(line, OWN_FRAMES[1]);

export function withoutOwnFrames(stack: string): string {
  const lines = stringSplit(stack, '\n');
  let text = lines[0] as string;
  for (let index = 1; index < lines.length; index++) if (!isOwnFrame(lines[index] as string)) text += `\n${lines[index] as string}`;
  return text;
}

interface Traced {
  readonly stack?: unknown;
}

/** Chromium's stack of an exception from a getter of the global object begins with whom called the function that read it. */
export function dropFirstFrame(exception: Traced): void {
  captureStackTrace(exception, dropFirstFrame);
  const { stack } = exception;
  // The worklet may have made its stacks something else.
  if (typeof stack !== 'string') return;
  const lines = stringSplit(withoutOwnFrames(stack), '\n');
  let value = lines[0] as string;
  for (let index = 2; index < lines.length; index++) value += `\n${lines[index] as string}`;
  defineProperty(exception, 'stack', bag({ value, writable: true, enumerable: false, configurable: true }));
}

/** What Chromium says of an exception that nobody has caught: its text, which may have changed since, and its frames. */
export function describeUncaught(thrown: unknown): string {
  try {
    const text = `${thrown as string}`;
    const lines = isInstance(Error.prototype, thrown) ? stringSplit(withoutOwnFrames(`${(thrown as Error).stack}`), '\n    at ') : [];
    let described = text;
    for (let index = 1; index < lines.length; index++) described += `\n    at ${lines[index] as string}`;
    return described;
  } catch {
    return 'exception';
  }
}

/** The stack of an error, which names it, or whatever it is that was thrown. */
export function describeError(thrown: unknown): string {
  try {
    if (isInstance(Error.prototype, thrown) || (isObject(thrown) && hasOwn(thrown, 'stack')))
      return withoutOwnFrames(`${(thrown as Error).stack ?? (thrown as Error).message}`);
    return `${thrown as string}`;
  } catch {
    return 'an error that cannot be described';
  }
}
