/** What is known of a marked request whose response nobody has seen. */

import { afterEach, expect, test, vi } from 'vitest';
import type { HeaderWriter } from '../../src/background/header-writes/header-writer';
import { HeaderWrites } from '../../src/background/header-writes/header-writes';
import { ArrivalOrder } from '../../src/background/requests/arrival-order';
import './promise-with-resolvers';

afterEach(() => void vi.restoreAllMocks());

const session = { get: async () => ({}), set: async () => undefined, remove: async () => undefined };
vi.stubGlobal('chrome', {
  runtime: { getPlatformInfo: async () => ({}) },
  storage: { session },
  extension: { inIncognitoContext: false },
  webRequest: { onHeadersReceived: { addListener: () => undefined, removeListener: () => undefined } },
});

const CALLER = { origin: 'https://a.example', documentId: 'document', tabId: 1, frameId: 0, facts: null };

function headerWrites() {
  const keepAlive = { until: () => undefined };
  return new HeaderWrites({} as HeaderWriter, {} as never, {} as never, new ArrivalOrder(), keepAlive as never);
}

test.each([
  ['lost', 'has just started: its document may have counted on an earlier one', 1000],
  ['unseen', 'has listened all the time', 60_000],
] as const)('it is %s where the worker %s', async (settled, _why, age) => {
  vi.spyOn(performance, 'now').mockReturnValue(age);
  const writes = headerWrites();
  writes.expect('token', CALLER);
  expect(await writes.settle('token', CALLER)).toBe(settled);
});
