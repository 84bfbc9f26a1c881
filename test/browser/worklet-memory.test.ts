/** What a worklet costs beside a worker that has nothing in it. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/empty.js', '');
});
afterAll(() => lab.close());

/** How much of its heap each worker of the document uses, in bytes, once what nobody needs has been collected. `count`: how many it has at least. */
async function heapsOf(document: Session, count: number): Promise<number[]> {
  const workers: string[] = [];
  document.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    if (targetInfo.type === 'worker') workers.push(sessionId);
  });
  await document.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  await until(() => workers.length >= count);
  const { devtools } = lab.browser;
  const heapOf = async (worker: string) => {
    await devtools.send('HeapProfiler.collectGarbage', {}, worker);
    return (await devtools.send('Runtime.getHeapUsage', {}, worker)).usedSize as number;
  };
  return Promise.all(workers.map(heapOf));
}

test('the classes that it has not are not made for it: its heap is not much larger than that of an empty worker', async () => {
  const page = await lab.page('memory');
  await page.evaluate(`sharedStorage.worklet.addModule('/nothing.js')`);
  await page.evaluate(`void (globalThis.empty = new Worker('/empty.js'))`);
  const [empty = 0] = await heapsOf(page, 1);
  const sandbox = await lab.browser.attach(({ type, url }) => type === 'iframe' && String(url).endsWith('/src/worklet/frame.html'));
  // The worklet's, and the one that stands ready for the next.
  const heaps = await heapsOf(sandbox, 2);
  expect(empty).toBeGreaterThan(0);
  expect(Math.max(...heaps) - empty).toBeLessThan(400_000);
});
