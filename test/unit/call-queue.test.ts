/** The calls of one worklet's handlers: one after the other, as long as they are allowed. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Call, CallQueue } from '../../src/offscreen/event-handlers/call-queue';
import { type Reason, said } from '../../src/spec/reason';
import type { ChangeNote } from '../../src/store/entries/schema';
import './promise-with-resolvers';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

const noteOf = (dataOrigin: string): ChangeNote => ({
  dataOrigin,
  changes: [],
  asked: null,
  scope: 'window',
  method: 'set',
  documentId: null,
  tabId: null,
  time: 0,
  by: null,
});

const callOf = (handler: string, cause = noteOf('o'), action: Call['action'] = 'set'): Call => ({ handler, action, step: 1, cause });

/** A queue whose operations end when they are told to. */
function open(refusal: () => Reason | null = () => null) {
  const events: string[] = [];
  const ends: (() => void)[] = [];
  const asked = vi.fn(async (_call: Call) => refusal());
  const queue = new CallQueue({
    refusal: asked,
    run: ({ handler, action }) => {
      events.push(`${handler} ${action}`);
      return new Promise((resolve) => ends.push(resolve));
    },
    refused: ({ handler }, reason) => events.push(`${handler} refused: ${reason}`),
  });
  const endNext = async () => {
    ends.shift()?.();
    await settle();
  };
  return { queue, events, endNext, asked };
}

test('a call begins when the one before it has ended', async () => {
  const { queue, events, endNext } = open();
  queue.add([callOf('a'), callOf('b')]);
  queue.add([callOf('a')]);
  await settle();
  expect(events).toEqual(['a set']);
  await endNext();
  expect(events).toEqual(['a set', 'b set']);
  await endNext();
  expect(events).toEqual(['a set', 'b set', 'a set']);
});

test('one that does not end keeps the next one waiting for ten seconds', async () => {
  const { queue, events } = open();
  queue.add([callOf('a'), callOf('b')]);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(events).toEqual(['a set']);
  await vi.advanceTimersByTimeAsync(1);
  expect(events).toEqual(['a set', 'b set']);
});

test('what waits of a handler that is removed is not called', async () => {
  const { queue, events, endNext } = open();
  queue.add([callOf('a'), callOf('b'), callOf('a'), callOf('c')]);
  await settle();
  queue.remove('b');
  await endNext();
  await endNext();
  expect(events).toEqual(['a set', 'a set', 'c set']);
});

test('a handler that is removed while it is asked whether it may be called is not called', async () => {
  const { promise, resolve } = Promise.withResolvers<Reason | null>();
  const events: string[] = [];
  const queue = new CallQueue({ refusal: () => promise, run: async ({ handler }) => void events.push(handler), refused: () => undefined });
  queue.add([callOf('a'), callOf('b')]);
  queue.remove('a');
  resolve(null);
  await settle();
  expect(events).toEqual(['b']);
});

test('each change is asked for anew, and the calls that it causes together', async () => {
  let refusal: Reason | null = null;
  const { queue, events, endNext, asked } = open(() => refusal);
  const [first, second] = [noteOf('first'), noteOf('second')];
  queue.add([callOf('a', first), callOf('b', first), callOf('a', second)]);
  await settle();
  refusal = said('no');
  await endNext();
  await endNext();
  expect(events).toEqual(['a set', 'b set', 'a refused: no']);
  expect(asked).toHaveBeenCalledTimes(2);
});

test('an answer counts for a second', async () => {
  const { queue, endNext, asked } = open();
  const note = noteOf('o');
  queue.add([callOf('a', note), callOf('b', note)]);
  await vi.advanceTimersByTimeAsync(1001);
  await endNext();
  expect(asked).toHaveBeenCalledTimes(2);
});

test('nothing is called while the document is put away, and all of it in its order then', async () => {
  const { queue, events, endNext } = open();
  queue.pause(true);
  queue.add([callOf('a'), callOf('b')]);
  await settle();
  expect(events).toEqual([]);
  queue.pause(false);
  await settle();
  await endNext();
  expect(events).toEqual(['a set', 'b set']);
});

test('more than may wait are coalesced', async () => {
  const { queue, events, endNext } = open();
  queue.add([callOf('a')]);
  await settle();
  for (let index = 0; index < 200; index++) queue.add([callOf('a', noteOf('o'), index % 2 === 0 ? 'set' : 'append')]);
  for (let index = 0; index < 200; index++) await endNext();
  expect(events.length).toBeLessThanOrEqual(1 + 64);
  expect(events.slice(-2)).toEqual(['a set', 'a append']);
});
