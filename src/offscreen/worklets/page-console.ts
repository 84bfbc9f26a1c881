/** The console of the page that a worklet belongs to. */

import { browser } from '../../extension/browser';
import type { LoggedLine, ShownLine } from '../../protocol/console-lines';
import type { ConsoleRequest } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';
import type { ConsoleNotice } from '../../spec/select-url';

/** Resolves when the line is on its way; the document may be gone. */
export async function showInPage(params: ConsoleRequest): Promise<void> {
  const relay: Message = { to: 'console-relay', params };
  await browser.runtime.sendMessage(relay).catch(() => undefined);
}

/** A line as the page's console shows it: after the name of its operation, where the method has room for that. */
export function shownLine({ operation, method, args }: LoggedLine): ShownLine {
  // The name is the page's, and the first argument a format string where others follow.
  const prefix = `[shared storage worklet: ${operation.replaceAll('%', '%%')}]`;
  const [first, ...rest] = args;
  const labelled =
    typeof first === 'string' && first.includes('%') && rest.length > 0 ? [`${prefix} ${first}`, ...rest] : [prefix, ...args];
  switch (method) {
    case 'assert':
      return [method, false, ...labelled];
    // Of these the developer tools show what the first argument is, and nothing else.
    case 'dir':
    case 'table':
      return [method, ...args];
    case 'clear':
    case 'groupEnd':
      return [method];
    default:
      return [method, ...labelled];
  }
}

/** Says in the console what Chromium itself says there, and the page's script cannot know. */
export function noticeInPage(tabId: number, documentId: string, { level, text }: ConsoleNotice): void {
  void showInPage({ tabId, documentId, lines: [[level, text]] });
}
