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

interface Wait {
  readonly frame: Expected;
  readonly ended: Promise<void>;
  end(): void;
}

/** By the key of what is expected: the waits that go on in this worker. */
const waits = new Map<string, Wait>();

/** The keys of those that have begun, and are still stored as expected. */
const begun = new Set<string>();

async function onBeforeNavigate({ tabId, frameId, url }: { tabId: number; frameId: number; url: string }): Promise<void> {
  // Those that are to show the same have the same content; one frame is none but the first.
  const isMeant = ([key, one]: [string, Expected]) => one.tabId === tabId && one.url === url && !begun.has(key);
  const [key, frame] = (await expected.entries()).find(isMeant) ?? [];
  if (key === undefined || !frame) return;
  begun.add(key);
  try {
    await setContent(tabId, frameId, frame.content);
    await expected.delete([key]);
  } finally {
    begun.delete(key);
  }
  waits.get(key)?.end();
}

/** Listening to all navigations costs something: only while one is expected. Listening again changes nothing. */
function listen(): void {
  chrome.webNavigation.onBeforeNavigate.addListener(onBeforeNavigate);
}

async function waitFor(key: string, frame: Expected): Promise<void> {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  waits.set(key, { frame, ended, end });
  const timer = setTimeout(end, LONGEST_WAIT);
  await ended;
  clearTimeout(timer);
  waits.delete(key);
  await expected.delete([key]);
  if (waits.size === 0) chrome.webNavigation.onBeforeNavigate.removeListener(onBeforeNavigate);
}

/** One that is expected at the same URL with another content: they are told apart by their order alone. */
function findOther({ tabId, url, content }: Expected): Wait | undefined {
  const isOther = ({ frame }: Wait) =>
    frame.tabId === tabId && frame.url === url && JSON.stringify(frame.content) !== JSON.stringify(content);
  return [...waits.values()].find(isOther);
}

/** Resolves once the frame may be led there, to what is to be called where the frame has gone before. */
export async function expectFrame(frame: Expected): Promise<() => Promise<void>> {
  for (let other = findOther(frame); other; other = findOther(frame)) await other.ended;
  const key = crypto.randomUUID();
  keepServiceWorkerAlive(waitFor(key, frame));
  await expected.set(key, frame, { tabId: frame.tabId, documentId: frame.content.topDocumentId });
  listen();
  return async () => {
    await expected.delete([key]);
    waits.get(key)?.end();
  };
}

/** What an earlier worker was stopped while waiting for. */
export async function resumeExpectedFrames(): Promise<void> {
  const entries = await expected.entries();
  if (entries.length === 0) return;
  listen();
  for (const [key, frame] of entries) keepServiceWorkerAlive(waitFor(key, frame));
}
