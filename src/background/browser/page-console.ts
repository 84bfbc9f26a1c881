/** The console of a document. */

import type { ShownLine } from '../../protocol/console-lines';
import type { Message } from '../../protocol/recipients';

export function showInConsole(tabId: number, documentId: string, lines: readonly ShownLine[]): void {
  const message: Message = { to: 'bridge', lines };
  // The document may be gone: then nobody is left to read it.
  chrome.tabs.sendMessage(tabId, message, { documentId }).catch(() => undefined);
}
