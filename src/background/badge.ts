/** The toolbar badge: shows that the page in view, or a frame in it, used the API. The browser takes it off at the next navigation. */

import { browser } from '../extension/browser';
import type { Caller } from './caller';

const marked = new Map<number, string>();

export function markTab({ tabId, documentId }: Caller): void {
  if (marked.get(tabId) === documentId) return;
  marked.set(tabId, documentId);
  const done = Promise.all([
    browser.action.setBadgeText({ tabId, text: 'API' }),
    browser.action.setBadgeBackgroundColor({ tabId, color: '#0b6e4f' }),
    browser.action.setTitle({ tabId, title: 'Shared Storage Lab: this page used the Shared Storage API' }),
  ]);
  // The tab may be closed already; then there is nothing left to mark.
  done.catch(() => marked.delete(tabId));
}
