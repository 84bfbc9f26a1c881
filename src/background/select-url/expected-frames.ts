/** Frames that are about to be led to what they show. Which ones they are is not known until the browser says that they are on their way. */

import { documentRecords } from '../browser/documents';
import { keepServiceWorkerAlive } from '../browser/keep-alive';
import type { Shown } from './frame-content';
import { setContent } from './frame-records';

interface Expected extends Shown {
  readonly tabId: number;
}

/** How long a frame may take to begin, in milliseconds. */
const LONGEST_WAIT = 30_000;

const expected = documentRecords.of<Expected>('expected frame');

/** For those that wait in this worker. */
const arrived = new Map<string, () => void>();

async function onBeforeNavigate({ tabId, frameId, url }: { tabId: number; frameId: number; url: string }): Promise<void> {
  // Those that are to show the same have the same content.
  const [key, frame] = (await expected.entries()).find(([, one]) => one.tabId === tabId && one.url === url) ?? [];
  if (key === undefined || !frame) return;
  await setContent(tabId, frameId, frame.content);
  await expected.delete([key]);
  arrived.get(key)?.();
}

/** Listening to all navigations costs something: only while one is expected. Listening again changes nothing. */
function listen(): void {
  chrome.webNavigation.onBeforeNavigate.addListener(onBeforeNavigate);
}

async function waitFor(key: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  arrived.set(key, resolve);
  const timer = setTimeout(resolve, LONGEST_WAIT);
  await promise;
  clearTimeout(timer);
  arrived.delete(key);
  await expected.delete([key]);
  if (arrived.size === 0) chrome.webNavigation.onBeforeNavigate.removeListener(onBeforeNavigate);
}

/** Resolves once the frame may be led there. */
export async function expectFrame(frame: Expected): Promise<void> {
  const key = crypto.randomUUID();
  await expected.set(key, frame, { tabId: frame.tabId, documentId: frame.content.topDocumentId });
  listen();
  keepServiceWorkerAlive(waitFor(key));
}

/** What an earlier worker was stopped while waiting for. */
export async function resumeExpectedFrames(): Promise<void> {
  const keys = (await expected.entries()).map(([key]) => key);
  if (keys.length === 0) return;
  listen();
  for (const key of keys) keepServiceWorkerAlive(waitFor(key));
}
