/** What the page's realm can tell about its own document, through primordials. */

import { invalidAccessError } from '../../webidl/exceptions';
import { getOwnPropertyDescriptor, stringIndexOf, uncurryGetter, uncurryMethod } from '../../webidl/primordials';
import { document } from './dom';

export const { origin, isSecureContext } = globalThis;

const functionToString = uncurryMethod(Function, 'toString');
export const defaultView = uncurryGetter(Document, 'defaultView');
const nodeBaseURI = uncurryGetter(Node, 'baseURI');

/** "Fully active", as far as script can be running in a document that is not. */
export const isFullyActive = (): boolean => defaultView(document) !== null;

export const baseURI = (): string => nodeBaseURI(document);

/**
 * Sandboxed frames and `data:` documents. As natively, those of files may write, though nobody will ever read it: no worklet can be made for them.
 * Where one is in a sandbox, the service worker refuses it.
 */
export const hasOpaqueOrigin = origin === 'null' && location.protocol !== 'file:';

export interface InstallOptions {
  readonly replaceNative: boolean;
}

/** Whether this realm has no API yet, or one that is to be replaced. A document may inherit its realm, and ours with it, from the one before it. */
export function isToBeInstalled({ replaceNative }: InstallOptions): boolean {
  const existing = getOwnPropertyDescriptor(globalThis, 'SharedStorage')?.value as unknown;
  // Only native functions show their name in their text.
  return typeof existing !== 'function' || (replaceNative && stringIndexOf(functionToString(existing), 'SharedStorage') >= 0);
}

/** Throws where native refuses every method: in a detached document. */
export function requireFullyActive(operation: string): void {
  if (!isFullyActive()) throw invalidAccessError(`${operation}: context is not valid`);
}

/** https://wicg.github.io/shared-storage/#determine-whether-shared-storage-is-allowed-by-context */
export function requireUsableContext(operation: string): void {
  requireFullyActive(operation);
  // If environment's origin is an opaque origin, then return false.
  if (hasOpaqueOrigin) throw invalidAccessError(`${operation}: The shared storage method is not allowed in an opaque origin context`);
}
