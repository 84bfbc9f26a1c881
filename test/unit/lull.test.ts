/** When there is time for what follows a report that is sent at once. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lull } from '../../src/background/private-aggregation/lull';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** When it comes, in milliseconds from now, with a sign every 10 of them until `last`. */
async function lullAfterSigns(lull: Lull, last: number): Promise<number> {
  const begun = performance.now();
  let came = Number.NaN;
  lull.sign();
  void lull.come().then(() => {
    came = performance.now() - begun;
  });
  for (let time = 10; time <= 2000 && Number.isNaN(came); time += 10) {
    await vi.advanceTimersByTimeAsync(10);
    if (time <= last) lull.sign();
  }
  return came;
}

test('a lull comes when there was no sign for 30 ms, and after half a second in any case', async () => {
  const lull = new Lull();
  expect(await lullAfterSigns(lull, 0)).toBe(30);
  expect(await lullAfterSigns(lull, 200)).toBe(230);
  expect(await lullAfterSigns(lull, 2000)).toBe(500);
});

test('it is there at once where nothing has come, and comes again after the next sign', async () => {
  const lull = new Lull();
  for (let round = 1; round <= 2; round++) {
    const came = vi.fn();
    void lull.come().then(came);
    await vi.advanceTimersByTimeAsync(0);
    expect(came).toHaveBeenCalledOnce();
    expect(await lullAfterSigns(lull, 200)).toBe(230);
    await vi.advanceTimersByTimeAsync(1000);
  }
});
