/** The console of the page that a worklet belongs to. */

import { browser } from '../../extension/browser';
import type { ConsoleRequest } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';
import type { ConsoleNotice } from '../../spec/select-url';

/** Resolves when the line is on its way; the document may be gone. */
export async function showInPage(params: ConsoleRequest): Promise<void> {
  const relay: Message = { to: 'console-relay', params };
  await browser.runtime.sendMessage(relay).catch(() => undefined);
}

/** What stands before each line that a worklet logs: the name is the page's, and the first argument a format string. */
export const prefixOf = (operation: string): string => `[shared storage worklet: ${operation.replaceAll('%', '%%')}]`;

/** Says in the console what Chromium itself says there, and the page's script cannot know. */
export function noticeInPage(tabId: number, documentId: string, { level, text }: ConsoleNotice): void {
  void showInPage({ tabId, documentId, level, args: [text] });
}
