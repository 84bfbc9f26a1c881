/** Errors as text. */

import { Error, hasOwn } from '../../webidl/primordials';

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
