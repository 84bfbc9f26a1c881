/** The console of a document. */

import { sayInConsole } from '../../injected/say-in-console';
import type { ShownLine } from '../../protocol/console-lines';
import type { Message } from '../../protocol/recipients';
import { runIn } from './run-in';

/** To a document that has made a worklet. */
export function showInConsole(tabId: number, documentId: string, lines: readonly ShownLine[]): void {
  const message: Message = { to: 'bridge', lines };
  // The document may be gone: then nobody is left to read it.
  chrome.tabs.sendMessage(tabId, message, { documentId }).catch(() => undefined);
}

/** As an error, to any document: without a worklet it does not listen. */
export function showErrorInConsole(tabId: number, documentId: string, text: string): void {
  runIn({ tabId, documentIds: [documentId] }, sayInConsole, text).catch(() => undefined);
}
