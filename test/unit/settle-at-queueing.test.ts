/** How far promises of a document may be ahead of the service worker's answers. */

import { afterEach, expect, test, vi } from 'vitest';
import type { ServiceWorkerChannel } from '../../src/content/requests/service-worker-channel';
import { createSettleAtQueueing } from '../../src/content/requests/settle-at-queueing';
import { type Envelope, succeed } from '../../src/protocol/envelope';

const PARAMS = { methods: [], withLock: null };

/** What was sent last. */
let last: { answer(envelope: Envelope): void; onItsWay(): void };
const send = ((_method, _params, onItsWay = () => undefined) =>
  new Promise((answer) => {
    last = { answer, onItsWay };
  })) as ServiceWorkerChannel['send'];

afterEach(() => vi.unstubAllGlobals());

/** For a document whose first update was allowed. */
async function allowed() {
  vi.stubGlobal('chrome', { storage: { local: { onChanged: { addListener: () => undefined } } } });
  const settleAtQueueing = createSettleAtQueueing({ send, leave: () => undefined, resume: () => undefined });
  const first = settleAtQueueing('database.update', PARAMS, 0);
  last.answer(succeed(true));
  await first;
  return settleAtQueueing;
}

test('who is too far ahead waits for one answer, and not for all', async () => {
  const settleAtQueueing = await allowed();
  const settled: number[] = [];
  const answers: (() => void)[] = [];
  for (let call = 0; call < 1003; call++) {
    settleAtQueueing('database.update', PARAMS, 0).then(() => settled.push(call));
    const { answer, onItsWay } = last;
    onItsWay();
    answers.push(() => answer(succeed(true)));
  }
  const countAfter = async (answered: number[]) => {
    for (const call of answered) answers[call]?.();
    await new Promise((resolve) => setTimeout(resolve));
    return settled.length;
  };
  expect(await countAfter([])).toBe(1000);
  expect(await countAfter([0])).toBe(1001);
  // Its own answer will do as well.
  expect(await countAfter([1001])).toBe(1002);
  expect(await countAfter([1, 2])).toBe(1003);
  expect(settled).toEqual(Array.from({ length: 1003 }, (_, call) => call));
});

test('who is ahead with large updates waits sooner', async () => {
  const settleAtQueueing = await allowed();
  const settled = vi.fn();
  const answers: (() => void)[] = [];
  const half = { type: 'append', key: 'k', value: 'x'.repeat(500_000) } as const;
  for (let call = 0; call < 100; call++) {
    settleAtQueueing('database.update', { methods: [half, { type: 'clear' }, half], withLock: null }, 0).then(settled);
    const { answer, onItsWay } = last;
    onItsWay();
    answers.push(() => answer(succeed(true)));
  }
  const countAfter = async (answered: number) => {
    for (const answer of answers.splice(0, answered)) answer();
    await new Promise((resolve) => setTimeout(resolve));
    return settled.mock.calls.length;
  };
  // A million code units each.
  expect(await countAfter(0)).toBe(20);
  expect(await countAfter(1)).toBe(21);
  expect(await countAfter(50)).toBe(71);
  expect(await countAfter(49)).toBe(100);
});

test('what goes out more than once is ahead once', async () => {
  const settleAtQueueing = await allowed();
  for (let round = 0; round < 10; round++) {
    const repeated = settleAtQueueing('database.update', PARAMS, 0);
    for (let times = 0; times < 200; times++) last.onItsWay();
    await repeated;
    last.answer(succeed(true));
    await Promise.resolve();
  }
  const settled = vi.fn();
  for (let call = 0; call < 500; call++) {
    settleAtQueueing('database.update', PARAMS, 0).then(settled);
    last.onItsWay();
  }
  await Promise.resolve();
  expect(settled).toHaveBeenCalledTimes(500);
});

test('what may be ahead does not settle before what has to wait, nor wait for its own answer any longer', async () => {
  vi.stubGlobal('chrome', { storage: { local: { onChanged: { addListener: () => undefined } } } });
  const settleAtQueueing = createSettleAtQueueing({ send, leave: () => undefined, resume: () => undefined });
  const settled: string[] = [];
  const call = (name: string, method: 'database.update' | 'worklet.run' = 'database.update') => {
    void settleAtQueueing(method, PARAMS as never, 0).then(() => settled.push(name));
    return last;
  };
  const seen = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    return settled.join(' ');
  };
  const first = call('first');
  // The service worker has not said yet that it may be ahead, nor is it known to be awake.
  const second = call('second');
  first.answer(succeed(true));
  expect(await seen()).toBe('first');
  const third = call('third');
  third.onItsWay();
  const run = call('run', 'worklet.run');
  run.answer(succeed(true));
  expect(await seen()).toBe('first run');
  second.answer(succeed(true));
  expect(await seen()).toBe('first run second third');
});
