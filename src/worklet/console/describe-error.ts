/** Errors as text: with those lines of their stacks that are the worklet's own. */

import { isObject } from '../../webidl/conversions';
import { Error, hasOwn, isInstance } from '../../webidl/primordials';
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
