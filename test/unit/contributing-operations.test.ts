/** What operations contribute until they end, and what is handed over then. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ContributingOperations } from '../../src/offscreen/worklets/contributing-operations';
import { decodeContributions, type OperationContributions } from '../../src/protocol/private-aggregation';
import { MAXIMUM_DIFFERENT_CONTRIBUTIONS } from '../../src/spec/private-aggregation/contribution-cache';
import { DEFAULT_CONFIG, DETERMINISTIC_OPERATION_TIMEOUT } from '../../src/spec/private-aggregation/contributions';

const CONTRIBUTOR = {
  worklet: { documentId: 'd', workletId: 1 },
  tabId: 5,
  moduleURL: 'https://a.example/w.js',
  reportingOrigin: 'https://b.example',
};
const DETERMINISTIC = { ...DEFAULT_CONFIG, contextId: '' };
const made = (bucket: bigint, errorEvent: 'report-success' | 'uncaught-error' | null = null, count = 1) => ({
  bucket,
  value: 1,
  filteringId: 0n,
  errorEvent,
  count,
});

let handedOver: OperationContributions[];
let first: boolean[];
let notices: string[];
let operations: ContributingOperations;

beforeEach(() => {
  vi.useFakeTimers();
  handedOver = [];
  first = [];
  notices = [];
  operations = new ContributingOperations(
    CONTRIBUTOR,
    (contributions, isFirst) => {
      // Nobody gets what the service worker does not take.
      expect(decodeContributions({ contributions })).toEqual(contributions);
      handedOver.push(contributions);
      first.push(isFirst);
    },
    (name, text) => notices.push(`${name}: ${text}`),
  );
});
afterEach(() => vi.useRealTimers());

test('what an operation contributed is handed over when it ends, with what it was asked for with', () => {
  operations.start(1, 'o', DEFAULT_CONFIG);
  const startTime = Date.now();
  operations.contribute(1, [made(7n), made(8n, 'report-success')], 0);
  operations.enableDebugMode(1, 777n);
  operations.contribute(1, [made(7n, null, 3)], 2);
  vi.advanceTimersByTime(60_000);
  expect(handedOver).toEqual([]);
  operations.finish(1, false, false);
  expect(handedOver).toEqual([
    {
      ...CONTRIBUTOR,
      id: 'd 1 1',
      operationName: 'o',
      contributions: [made(7n, null, 4), made(8n, 'report-success')],
      dropped: 2,
      debugMode: { enabled: true, key: 777n },
      config: DEFAULT_CONFIG,
      startTime,
      end: 'finished',
    },
  ]);
});

test('several operations have each their own, with an id of its own', () => {
  operations.start(1, 'a', DEFAULT_CONFIG);
  operations.start(2, 'b', DEFAULT_CONFIG);
  operations.contribute(2, [made(2n)], 0);
  operations.contribute(1, [made(1n)], 0);
  operations.enableDebugMode(1, null);
  operations.finish(2, false, false);
  operations.finish(1, true, true);
  expect(
    handedOver.map(({ operationName, contributions, debugMode, end }) => [operationName, contributions[0]?.bucket, debugMode.enabled, end]),
  ).toEqual([
    ['b', 2n, false, 'finished'],
    ['a', 1n, true, 'failed'],
  ]);
  expect(handedOver[0]?.id).not.toBe(handedOver[1]?.id);
});

test('nothing is handed over where nothing was contributed, unless a report is made in any case', () => {
  operations.start(1, 'o', DEFAULT_CONFIG);
  operations.enableDebugMode(1, null);
  operations.contribute(1, [{ ...made(1n), value: 0 }], 0);
  operations.finish(1, false, false);
  operations.neverStarted(1, 'o', DEFAULT_CONFIG);
  expect(handedOver).toEqual([]);
  operations.start(2, 'o', DETERMINISTIC);
  operations.finish(2, false, false);
  operations.neverStarted(2, 'unknown', { ...DEFAULT_CONFIG, filteringIdMaxBytes: 2 });
  expect(handedOver.map(({ operationName, contributions, end }) => [operationName, contributions, end])).toEqual([
    ['o', [], 'finished'],
    ['unknown', [], 'failed'],
  ]);
  // What did not run here may have run before, in a worklet that has ended: its report may have been sent.
  expect(first).toEqual([true, false]);
});

test('where a report is made in any case, what comes too late is in none, and its developer is told so once', () => {
  operations.start(1, 'o', DETERMINISTIC);
  operations.contribute(1, [made(1n)], 0);
  vi.advanceTimersByTime(DETERMINISTIC_OPERATION_TIMEOUT - 1);
  expect(handedOver).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(handedOver.map(({ contributions, end }) => [contributions, end])).toEqual([[[made(1n)], 'timed out']]);
  expect(notices).toEqual([]);
  operations.contribute(1, [made(2n)], 0);
  operations.enableDebugMode(1, 1n);
  expect(notices).toEqual([expect.stringMatching(/^o: .*5 seconds/)]);
  operations.finish(1, false, false);
  expect(handedOver).toHaveLength(1);
});

test('an operation that ends in time is not handed over again', () => {
  operations.start(1, 'o', DETERMINISTIC);
  operations.finish(1, false, false);
  operations.finish(1, false, false);
  operations.interrupt();
  vi.advanceTimersByTime(DETERMINISTIC_OPERATION_TIMEOUT);
  expect(handedOver).toHaveLength(1);
});

test('the end of its worklet interrupts an operation: what it had contributed counts', () => {
  operations.start(1, 'o', DEFAULT_CONFIG);
  operations.contribute(1, [made(1n), made(2n, 'uncaught-error')], 0);
  operations.interrupt();
  expect(handedOver.map(({ contributions, end }) => [contributions, end])).toEqual([[[made(1n)], 'interrupted']]);
});

test('contributions on an uncaught error are there, and first, where the operation has thrown', () => {
  for (const isUncaught of [true, false]) {
    operations.start(1, 'o', DEFAULT_CONFIG);
    operations.contribute(1, [made(1n), made(2n, 'uncaught-error')], 0);
    operations.finish(1, true, isUncaught);
  }
  expect(handedOver.map(({ contributions }) => contributions)).toEqual([[made(2n), made(1n)], [made(1n)]]);
});

test('however much is contributed, what is kept is bounded, and the rest is counted', () => {
  operations.start(1, 'o', DEFAULT_CONFIG);
  const batch = (event: 'uncaught-error' | null, first: number) =>
    Array.from({ length: 1000 }, (_, index) => made(BigInt(first + index), event, 100));
  for (let first = 0; first < 10_000; first += 1000) {
    operations.contribute(1, batch(null, first), 5);
    operations.contribute(1, batch('uncaught-error', first), 0);
  }
  operations.finish(1, true, true);
  const [{ contributions = [], dropped = 0 } = {}] = handedOver;
  expect(contributions).toHaveLength(MAXIMUM_DIFFERENT_CONTRIBUTIONS);
  expect(dropped + contributions.length * 100).toBe(2 * 10_000 * 100 + 10 * 5);
});
