/** Automatic beacons to a server that does not answer. */

import { afterEach, expect, test, vi } from 'vitest';
import type { MarkedRequests } from '../../src/background/browser/request-marks';

const URL = 'https://ads.example/beacon';
const content = {
  reportingMetadata: { 'reserved.top_navigation': URL },
  origin: 'https://ads.example',
  embedderOrigin: 'https://page.example',
};
const underWay: Promise<unknown>[] = [];
vi.mock('../../src/background/select-url/frame-records', () => ({
  enclosingContents: async () => [{ frameId: 1, content }],
  isWithoutNetwork: async () => false,
}));
vi.mock('../../src/background/browser/documents', () => ({ documentRecords: { of: () => ({ get: async () => undefined }) } }));
vi.mock('../../src/background/browser/keep-alive', () => ({ keepServiceWorkerAlive: (until: Promise<unknown>) => underWay.push(until) }));
const { Reporting } = await import('../../src/background/fenced-frames/reporting');

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('keep this worker, and their rule, no longer than a server has time', async () => {
  vi.stubGlobal('chrome', { webNavigation: { getFrame: async () => null } });
  const time = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
  vi.spyOn(console, 'debug').mockReturnValue();
  const fetch = vi.fn(
    (_url: string, { signal }: RequestInit) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  );
  vi.stubGlobal('fetch', fetch);
  const unmark = vi.fn(async () => undefined);
  const marks = { mark: async () => unmark } as Partial<MarkedRequests> as MarkedRequests;
  const caller = { origin: content.origin, documentId: 'document', tabId: 1, frameId: 1, facts: null };
  await new Reporting(marks).reportNavigation(caller);
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledOnce());
  expect(unmark).not.toHaveBeenCalled();
  time.abort();
  await vi.waitFor(() => expect(unmark).toHaveBeenCalledOnce());
  await Promise.all(underWay);
});
