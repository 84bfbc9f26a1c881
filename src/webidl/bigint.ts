/** https://webidl.spec.whatwg.org/#js-bigint */

import { type ExceptionDescription, hide, remember } from './exceptions';
import { rethrow } from './numbers';
import { isInstance, stringIndexOf } from './primordials';

const { asIntN } = BigInt;
const NativeSyntaxError = SyntaxError;

/** More bits than any bigint has. */
const ALL_BITS = Number.MAX_SAFE_INTEGER;

/** "ToBigInt", which takes no numbers; `context` says what the value is for. */
export function toBigInt(value: unknown, context: string): bigint {
  try {
    return asIntN(ALL_BITS, value as bigint);
  } catch (exception) {
    const message = isInstance(NativeSyntaxError.prototype, exception) ? (exception as ExceptionDescription).message : '';
    if (stringIndexOf(message, 'Cannot convert') !== 0) return rethrow(exception, context);
    const shown = remember(new NativeSyntaxError(message), message);
    hide(shown, 'message', `${context}: ${message}`);
    throw shown;
  }
}
