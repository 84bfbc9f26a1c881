/** In which order a worklet gets its locks. */

import { expect, test, vi } from 'vitest';
import { WorkletLocks } from '../../src/offscreen/worklets/worklet-locks';
import { UnansweredLocks } from './locks';
import './promise-with-resolvers';

test('those of one name are granted in the order of the requests, also where these are the first of all', async () => {
  const browser = new UnansweredLocks();
  const request = (name: string, ...given: unknown[]) =>
    browser.request(name, async () => (given.at(-1) as (lock: unknown) => unknown)({ name }));
  vi.stubGlobal('navigator', { locks: { query: () => browser.query(), request } });
  const granted: unknown[] = [];
  const locks = new WorkletLocks('https://a.example', (lockId) => {
    granted.push(lockId);
    locks.release(lockId);
  });
  const ask = (lockId: number) => locks.request({ lockId, name: 'lock', mode: 'exclusive', ifAvailable: false, steal: false });
  for (const lockId of [1, 2, 3]) ask(lockId);
  browser.answerNext();
  await vi.waitFor(() => expect(granted).toContain(1));
  ask(4);
  const update = locks.whileHeld('lock', async () => granted.push('update'));
  browser.answerAll();
  await update;
  expect(granted).toEqual([1, 2, 3, 4, 'update']);
});
