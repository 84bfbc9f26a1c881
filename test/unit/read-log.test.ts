/** The log is read in as many parts as it has, also for what was made again. */

import { expect, test, vi } from 'vitest';
import './texts';
import { callsOf, readLog } from '../../src/options/replay/read-log';

/** More than one answer holds. */
const COUNT = 4500;

const log = Array.from({ length: COUNT }, (_, index) => {
  const id = COUNT - index;
  return { id, time: id, scope: 'window', method: 'set', documentId: id > 100 ? 'again' : 'before', parameters: null };
});

vi.stubGlobal('chrome', {
  ...globalThis.chrome,
  runtime: {
    sendMessage: async ({
      params: { limit, before, after },
    }: {
      params: { limit: number; before: number | null; after: number | null };
    }) => {
      const within = log.filter(({ id }) => id < (before ?? COUNT + 1) && id > (after ?? 0));
      return { ok: true, value: within.slice(0, Math.min(limit, 2000)) };
    },
  },
});

test('from its newest event to its oldest, or to one of them', async () => {
  expect((await readLog(null)).map(({ id }) => id)).toEqual(log.map(({ id }) => id));
  expect(await readLog(COUNT - 1)).toHaveLength(1);
});

test('the calls of a document are all of them, in their order, without those of others', async () => {
  const calls = await callsOf('again', 100, (own) => own.length >= COUNT - 100);
  expect(calls.map(({ id }) => id)).toEqual(Array.from({ length: COUNT - 100 }, (_, index) => 101 + index));
});
