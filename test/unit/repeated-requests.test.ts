/** Requests that the service worker has a document make once more. */

import { beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '../../src/background/requests/caller';
import type { RepeatedRequest } from '../../src/protocol/messages';

const runIn = vi.fn<(...args: unknown[]) => Promise<unknown>>();
vi.mock('../../src/background/browser/run-in', () => ({ runIn: (...args: unknown[]) => runIn(...args) }));
const { repeatRequest } = await import('../../src/background/header-writes/repeated-requests');
const { fetchForItsHeader } = await import('../../src/injected/header-writes/repeated-request');

const URL = 'https://ads.example/pixel.gif';
const image: RepeatedRequest = { url: URL, destination: 'image', mode: 'no-cors', credentials: 'include' };
const caller = { tabId: 1, documentId: 'd' } as Caller;
const settle = vi.fn();
const headerWrites = { expect: vi.fn(), settle } as object as Parameters<typeof repeatRequest>[0]['headerWrites'];

/** What the document is asked by: the URL of an image that it has to show for that, or null. */
async function repeat(request: RepeatedRequest, isAllowed: boolean) {
  await repeatRequest({ headerWrites, mayShow: async (url) => isAllowed && url === URL }, caller, request, 'any', 'name');
  return runIn.mock.calls.map((call) => call.at(-1));
}

beforeEach(() => {
  vi.clearAllMocks();
  runIn.mockResolvedValue(true);
});

test('an image that the document shows is asked for once, whatever policies say', async () => {
  expect(await repeat(image, false)).toEqual([URL]);
  expect(runIn).toHaveBeenCalledWith(expect.anything(), fetchForItsHeader, expect.stringContaining(`${URL}#`), 'no-cors', 'include', URL);
});

test.each([
  ['is not asked for where a policy forbids it', false, [URL]],
  ['is asked for where none does', true, [URL, null]],
])('one that it does not show %s', async (_what, isAllowed, asked) => {
  runIn.mockResolvedValueOnce(false);
  expect(await repeat(image, isAllowed)).toEqual(asked);
  // Whatever came of it, nothing waits for its response.
  expect(settle).toHaveBeenCalledOnce();
});

test('what is no image is asked for at once', async () => {
  expect(await repeat({ ...image, destination: 'iframe' }, false)).toEqual([null]);
});

test('in a document that has gone nothing is asked for again', async () => {
  runIn.mockRejectedValueOnce(new Error('No document.'));
  expect(await repeat(image, true)).toEqual([URL]);
});

test('the document asks for an image only where it shows that', async () => {
  const fetch = vi.fn(async () => null);
  vi.stubGlobal('fetch', fetch);
  const shown = { currentSrc: URL, naturalWidth: 1 };
  vi.stubGlobal('document', { images: [{ currentSrc: URL, naturalWidth: 0 }] });
  expect(await fetchForItsHeader(`${URL}#mark`, 'no-cors', 'include', URL)).toBe(false);
  expect(fetch).not.toHaveBeenCalled();
  vi.stubGlobal('document', { images: [shown] });
  expect(await fetchForItsHeader(`${URL}#mark`, 'no-cors', 'include', URL)).toBe(true);
  expect(fetch).toHaveBeenCalledOnce();
  vi.unstubAllGlobals();
});
