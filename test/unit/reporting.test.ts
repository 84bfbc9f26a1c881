/** Automatic beacons: to a server that does not answer, or redirects, and of documents that stand still. */

import { afterEach, expect, test, vi } from 'vitest';
import type { Documents } from '../../src/background/browser/documents';
import type { KeepAlive } from '../../src/background/browser/keep-alive';
import type { MarkedRequests } from '../../src/background/browser/request-marks';
import { Reporting } from '../../src/background/fenced-frames/reporting';
import type { FrameRecords } from '../../src/background/select-url/frame-records';

const URL = 'https://ads.example/beacon';
const content = {
  reportingMetadata: { 'reserved.top_navigation': URL },
  origin: 'https://ads.example',
  embedderOrigin: 'https://page.example',
};
const underWay: Promise<unknown>[] = [];
const keepAlive = { until: (settled) => void underWay.push(settled) } as Pick<KeepAlive, 'until'> as KeepAlive;
const documents = { records: { of: () => ({ get: async () => undefined }) } } as object as Documents;
const frameRecords = {
  enclosingContents: async () => [{ frameId: 1, content }],
  isWithoutNetwork: async () => false,
} as object as FrameRecords;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const caller = { origin: content.origin, documentId: 'document', tabId: 1, frameId: 1, facts: null };
const reportingWith = (markOne: MarkedRequests['markOne']) =>
  new Reporting({ documents, frameRecords, keepAlive, marks: { markOne } as Partial<MarkedRequests> as MarkedRequests });

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
  await reportingWith(async () => unmark).reportNavigation(caller);
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledOnce(), { timeout: 30_000 });
  expect(unmark).not.toHaveBeenCalled();
  time.abort();
  await vi.waitFor(() => expect(unmark).toHaveBeenCalledOnce(), { timeout: 30_000 });
  await Promise.all(underWay);
});

test('name the page as their origin to the server that is registered, and to none that it redirects to', async () => {
  vi.stubGlobal('chrome', { webNavigation: { getFrame: async () => null } });
  const fetch = vi.fn(async (_url: string) => undefined);
  vi.stubGlobal('fetch', fetch);
  const markOne = vi.fn<MarkedRequests['markOne']>(async () => async () => undefined);
  await reportingWith(markOne).reportNavigation(caller);
  await Promise.all(underWay);
  expect(fetch.mock.lastCall?.[0]).toContain(`${URL}#`);
  expect(markOne.mock.lastCall).toEqual([
    caller.tabId,
    { urlFilter: expect.stringContaining('*'), requestDomains: ['ads.example'] },
    { Origin: content.embedderOrigin, Referer: `${content.origin}/` },
  ]);
});

test('of a document of another origin that stands still are given up', async () => {
  vi.useFakeTimers();
  const executeScript = vi.fn(() => new Promise(() => undefined));
  vi.stubGlobal('chrome', { webNavigation: { getFrame: async () => null }, scripting: { executeScript } });
  const markOne = vi.fn<MarkedRequests['markOne']>();
  const reported = reportingWith(markOne).reportNavigation({ ...caller, origin: 'https://other.example' });
  await vi.waitFor(() => expect(executeScript).toHaveBeenCalledOnce(), { timeout: 30_000 });
  await vi.advanceTimersByTimeAsync(10_000);
  await reported;
  expect(markOne).not.toHaveBeenCalled();
});
