/** Members of the global object, which are called without a receiver as well. */

import { typeError } from './exceptions';
import { globalObject } from './primordials';

/** Throws where a member of the global object is used on another object. */
export function requireGlobalObject(self: unknown): void {
  if (self !== undefined && self !== null && self !== globalObject) throw typeError('Illegal invocation');
}
