/** The order of native's checks: of what is written, the permissions policy comes before the lengths of keys and values and the names of locks. */

import { aPromiseRejectedWith, DOMException, isInstance, Promise, react, uncurryGetter } from '../../webidl/primordials';
import { mayBeDenied, request } from '../bridge/bridge-channel';

const exceptionName = uncurryGetter(DOMException, 'name');

const comesAfterThePolicy = (exception: unknown): boolean =>
  isInstance(DOMException.prototype, exception) && exceptionName(exception as DOMException) === 'DataError';

/** A promise rejected with the exception, unless the document's permissions policy denies it the method anyway: then with that. */
export function rejectAfterPermissionsPolicy(exception: unknown, operation: string): Promise<never> {
  if (!comesAfterThePolicy(exception) || !mayBeDenied()) return aPromiseRejectedWith(exception);
  const asked = request('policy.require', { feature: 'shared-storage' }, operation);
  return new Promise((_resolve, reject) => react(asked, () => reject(exception), reject));
}
