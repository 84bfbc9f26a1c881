/** Who sent a message, by the browser's word alone: nothing of it is ever taken from the message. */

import type { Runtime } from 'webextension-polyfill';
import { isOriginPotentiallyTrustworthy } from '../spec/secure-contexts';

export interface Caller {
  /** The origin of the document, serialized; `"null"` for an opaque one. */
  readonly origin: string;
  readonly documentId: string;
  readonly tabId: number;
}

/** The sender of a message, with what Chromium says and the polyfill's types do not know. */
export type Sender = Runtime.MessageSender & { readonly origin?: string; readonly documentId?: string };

/** Null where the message does not come from one of our bridges in a tab. */
export function callerOf(sender: Sender, extensionId: string): Caller | null {
  const { id, origin, documentId, tab } = sender;
  if (id !== extensionId || tab?.id === undefined || !documentId || !origin) return null;
  if (origin !== 'null' && !isOriginPotentiallyTrustworthy(origin)) return null;
  return { origin, documentId, tabId: tab.id };
}

/** True for messages from the extension's own pages and workers. */
export function isOwnContext(sender: Sender, extensionId: string, extensionOrigin: string): boolean {
  return sender.id === extensionId && sender.origin === extensionOrigin;
}
