/** Who sent a message, by the browser's word alone: nothing of it is ever taken from the message. */

import type { Runtime } from 'webextension-polyfill';
import type { Facts } from '../../protocol/document-facts';
import type { Tell } from '../../protocol/questions';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';

export interface Caller {
  /** The origin of the document, serialized; `"null"` for an opaque one, `"file://"` for that of a file. */
  readonly origin: string;
  readonly documentId: string;
  readonly tabId: number;
  readonly frameId: number;
  /** From the document's own bridge, never from its page; null where its permissions policy allows everything. */
  readonly facts: Facts | null;
}

/** The sender of a message, with what Chromium says and the polyfill's types do not know. */
export type Sender = Runtime.MessageSender & {
  readonly origin?: string;
  readonly documentId?: string;
  readonly documentLifecycle?: string;
  /** Where the offscreen document has asked through a port: resolves once that has heard the word, which is about its question. */
  readonly tell?: Tell;
};

/** Any document in a tab whose content script of ours sent the message; null where nobody of that kind did. */
export function documentOf(sender: Sender, extensionId: string): Omit<Caller, 'facts'> | null {
  const { id, origin, documentId, frameId, tab } = sender;
  if (id !== extensionId || tab?.id === undefined || frameId === undefined || !documentId || !origin) return null;
  return { origin, documentId, tabId: tab.id, frameId };
}

/** Of the documents of files, all of them. No worklet can be made for it. */
const FILES = 'file://';

/** Whether a document of the origin may have a bridge of ours. */
export const hasPossibleOrigin = (origin: string): boolean =>
  origin === 'null' || origin === FILES || isOriginPotentiallyTrustworthy(origin);

/** Null where the message does not come from one of our bridges in a tab: insecure documents have none. */
export function callerOf(sender: Sender, extensionId: string, facts: Facts | null): Caller | null {
  const document = documentOf(sender, extensionId);
  if (!document || !hasPossibleOrigin(document.origin)) return null;
  return { ...document, facts };
}

/**
 * True for messages from the extension's own pages that a person looks at: in a tab, in the developer tools, or over the toolbar. A page of
 * ours that somebody else's page has in a frame is none.
 */
export function isExtensionPage(sender: Sender, extensionId: string, extensionOrigin: string): boolean {
  const { url, tab, frameId } = sender;
  if (!isOwnContext(sender, extensionId, extensionOrigin) || !url?.startsWith(`${extensionOrigin}/`)) return false;
  // In the developer tools there is neither a tab nor a documentId; a frame in a page always has its tab.
  return tab === undefined || frameId === 0;
}

/** True for messages from the extension's own pages and workers. */
export function isOwnContext(sender: Sender, extensionId: string, extensionOrigin: string): boolean {
  return sender.id === extensionId && sender.origin === extensionOrigin;
}
