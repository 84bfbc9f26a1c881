/** The order of native's checks: permissions policy comes before the state of a worklet, and before what keys, values and URLs are. */

import { aPromiseRejectedWith, DOMException, Promise, react, uncurryGetter } from '../webidl/primordials';
import { mayBeDenied, request } from './bridge-channel';

const exceptionName = uncurryGetter(DOMException.prototype, 'name');

function comesAfterThePolicy(exception: unknown): boolean {
  if (!(exception instanceof DOMException)) return false;
  const name = exceptionName(exception);
  return name === 'OperationError' || name === 'DataError';
}

/** A promise rejected with the exception, unless the document's permissions policy denies it the method anyway: then with that. */
export function rejectAfterPermissionsPolicy(exception: unknown): Promise<never> {
  if (!comesAfterThePolicy(exception) || !mayBeDenied()) return aPromiseRejectedWith(exception);
  return new Promise((_resolve, reject) => react(request('policy.require', {}), () => reject(exception), reject));
}
