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

let last: Promise<void> = Promise.resolve();

async function count(tabId: number): Promise<void> {
  // The browser takes the number off when the tab navigates, and so it starts again.
  const shown = Number.parseInt((await browser.action.getBadgeText({ tabId })).slice(1), 10) || 0;
  const stopped = shown + 1;
  await browser.action.setBadgeText({ tabId, text: `⛔${Math.min(stopped, 99)}` });
  await browser.action.setBadgeBackgroundColor({ tabId, color: '#8a1c1c' });
  const things = stopped === 1 ? 'something' : `${stopped} things`;
  await browser.action.setTitle({ tabId, title: `Shared Storage Lab: ${things} stopped at an origin's border in this page` });
}

/** Something was stopped at the border of an agent cluster, in a document of the tab. */
export function markStopped(tabId: number): void {
  const done = () => count(tabId);
  // A tab that was closed has nothing left to mark.
  last = last.then(done).catch(() => undefined);
}
