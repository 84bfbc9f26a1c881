/** Frames that are about to be led somewhere, and begin at the same time. */

import { afterEach, expect, test, vi } from 'vitest';
import type { KeepAlive } from '../../src/background/browser/keep-alive';

type Listener = (details: { tabId: number; frameId: number; url: string }) => Promise<void>;

const records = new Map<string, unknown>();
const contents: [number, number, unknown][] = [];
const later = () => new Promise((resolve) => setTimeout(resolve));

vi.mock('../../src/background/browser/documents', () => ({
  documentRecords: {
    of: () => ({
      async set(key: string, value: unknown) {
        records.set(key, value);
      },
      async entries() {
        await later();
        return [...records];
      },
      async delete(keys: string[]) {
        await later();
        for (const key of keys) records.delete(key);
      },
    }),
  },
}));
vi.mock('../../src/background/select-url/frame-records', () => ({
  async setContent(...content: [number, number, unknown]) {
    await later();
    contents.push(content);
  },
}));
const underWay: Promise<unknown>[] = [];
const { ExpectedFrames } = await import('../../src/background/select-url/expected-frames');

afterEach(() => vi.unstubAllGlobals());

test('each are expected once, so that no frame of the page is taken for one later', async () => {
  const listeners = new Set<Listener>();
  const onBeforeNavigate = {
    addListener: (listener: Listener) => listeners.add(listener),
    removeListener: (listener: Listener) => listeners.delete(listener),
  };
  vi.stubGlobal('chrome', { webNavigation: { onBeforeNavigate } });
  const url = 'https://ads.example/creative';
  const frame = { tabId: 1, url, content: { topDocumentId: 'page' } } as Parameters<InstanceType<typeof ExpectedFrames>['expect']>[0];
  const keepAlive: Pick<KeepAlive, 'until'> = { until: (settled) => void underWay.push(settled) };
  const frames = new ExpectedFrames(keepAlive as KeepAlive);
  await frames.expect(frame);
  await frames.expect(frame);
  const [listener] = listeners;
  await Promise.all([7, 8].map((frameId) => listener?.({ tabId: 1, frameId, url })));
  expect(contents.map(([, frameId]) => frameId)).toEqual([7, 8]);
  expect(records.size).toBe(0);
  await Promise.all(underWay);
  expect(listeners.size).toBe(0);
});
