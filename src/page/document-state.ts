/** What the page's realm can tell about its own document, through primordials. */

import { domException } from '../webidl/exceptions';
import { hasOwn, uncurryGetter } from '../webidl/primordials';

const { document, origin, isSecureContext } = globalThis;

const defaultView = uncurryGetter(Document.prototype, 'defaultView');
const nodeBaseURI = uncurryGetter(Node.prototype, 'baseURI');

export { isSecureContext };

/** "Fully active", as far as script can be running in a document that is not. */
export const isFullyActive = (): boolean => defaultView(document) !== null;

export const baseURI = (): string => nodeBaseURI(document);

/** Sandboxed frames and `data:` documents. */
export const hasOpaqueOrigin = origin === 'null';

/** A browser that still has the API, or an earlier run of ours in the same realm. */
export const hasSharedStorage = (): boolean => hasOwn(globalThis, 'sharedStorage');

/** Throws where native refuses every method: a detached document, an opaque origin. */
export function requireUsableContext(operation: string): void {
  if (!isFullyActive()) throw domException('InvalidAccessError', `${operation}: context is not valid`);
  if (hasOpaqueOrigin) throw domException('InvalidAccessError', 'The shared storage method is not allowed in an opaque origin context');
}
