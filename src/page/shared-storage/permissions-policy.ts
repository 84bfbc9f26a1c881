/** The order of native's checks: permissions policy comes before the state of a worklet, and before what keys, values and URLs are. */

import type { Feature } from '../../spec/permissions-policy/allowlist';
import { aPromiseRejectedWith, DOMException, isInstance, Promise, react, uncurryGetter } from '../../webidl/primordials';
import { mayBeDenied, request } from '../bridge/bridge-channel';

const exceptionName = uncurryGetter(DOMException.prototype, 'name');

function comesAfterThePolicy(exception: unknown): boolean {
  if (!isInstance(DOMException.prototype, exception)) return false;
  const name = exceptionName(exception as DOMException);
  return name === 'OperationError' || name === 'DataError' || name === 'DataCloneError';
}

/** A promise rejected with the exception, unless the document's permissions policy denies it the method anyway: then with that. */
function rejectAfter(exception: unknown, feature: Feature): Promise<never> {
  if (!comesAfterThePolicy(exception) || !mayBeDenied()) return aPromiseRejectedWith(exception);
  return new Promise((_resolve, reject) => react(request('policy.require', { feature }), () => reject(exception), reject));
}

export const rejectAfterPermissionsPolicy = (exception: unknown): Promise<never> => rejectAfter(exception, 'shared-storage');

/** selectURL() needs both features. */
export const rejectSelectURL = (exception: unknown): Promise<never> => rejectAfter(exception, 'shared-storage-select-url');
