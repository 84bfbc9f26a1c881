/** Frames that are about to be led somewhere, and begin at the same time. */

import { afterEach, expect, test, vi } from 'vitest';
import type { Documents } from '../../src/background/browser/documents';
import type { KeepAlive } from '../../src/background/browser/keep-alive';
import { ExpectedFrames } from '../../src/background/select-url/expected-frames';
import type { FrameRecords } from '../../src/background/select-url/frame-records';

type Listener = (details: { tabId: number; frameId: number; url: string }) => Promise<void>;

const records = new Map<string, unknown>();
const contents: [number, number, unknown][] = [];
const later = () => new Promise((resolve) => setTimeout(resolve));

const kept = {
  async set(key: string, value: unknown) {
    records.set(key, value);
  },
  async entries() {
    await later();
    return [...records];
  },
  async delete(keys: readonly string[]) {
    await later();
    for (const key of keys) records.delete(key);
  },
};
const documents = { records: { of: () => kept } } as object as Documents;
const setContent: FrameRecords['setContent'] = async (...content) => {
  await later();
  contents.push([content[0], content[1], content[2]]);
};
const frameRecords = { setContent } as Partial<FrameRecords> as FrameRecords;
const underWay: Promise<unknown>[] = [];

afterEach(() => vi.unstubAllGlobals());

test('each are expected once, so that no frame of the page is taken for one later', async () => {
  const listeners = new Set<Listener>();
  const onBeforeNavigate = {
    addListener: (listener: Listener) => listeners.add(listener),
    removeListener: (listener: Listener) => listeners.delete(listener),
  };
  vi.stubGlobal('chrome', { webNavigation: { onBeforeNavigate } });
  const url = 'https://ads.example/creative';
  const frame = { tabId: 1, url, content: { topDocumentId: 'page' } } as Parameters<ExpectedFrames['expect']>[0];
  const keepAlive: Pick<KeepAlive, 'until'> = { until: (settled) => void underWay.push(settled) };
  const frames = new ExpectedFrames(documents, frameRecords, keepAlive as KeepAlive);
  await frames.expect(frame);
  await frames.expect(frame);
  const [listener] = listeners;
  await Promise.all([7, 8].map((frameId) => listener?.({ tabId: 1, frameId, url })));
  expect(contents.map(([, frameId]) => frameId)).toEqual([7, 8]);
  expect(records.size).toBe(0);
  await Promise.all(underWay);
  expect(listeners.size).toBe(0);
});
