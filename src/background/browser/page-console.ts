/** The console of a document. */

import { sayInConsole } from '../../injected/say-in-console';
import type { ConsoleRequest } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';
import { runIn } from './run-in';
import { A_DOCUMENT, withinTime } from './within-time';

/** How long a document may take to hear of lines, in milliseconds: it may stand at a breakpoint, and what is on its way to it then gets there by itself. */
const LONGEST = 1000;

/** Lines for the console of a document, in words. */
export type ShownLines = Omit<ConsoleRequest, 'reason'>;

/** Resolves once a document that has made a worklet has the lines, or nobody waits for it any more. `id`: what comes again with the same is shown once. */
export async function showInConsole({ id, tabId, documentId, lines }: ShownLines): Promise<void> {
  const message: Message = { to: 'bridge', id, lines };
  // The document may be gone: then nobody is left to read it.
  await withinTime(chrome.tabs.sendMessage(tabId, message, { documentId }), LONGEST, A_DOCUMENT).catch(() => undefined);
}

/** As an error, to any document: without a worklet it does not listen. */
export function showErrorInConsole(tabId: number, documentId: string, text: string): void {
  runIn({ tabId, documentIds: [documentId] }, sayInConsole, text).catch(() => undefined);
}
