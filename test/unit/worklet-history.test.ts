/** What is written down of worklets: as much as is kept of each, and nothing where the log is switched off. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import { WorkletHistory } from '../../src/offscreen/worklets/worklet-history';
import { WorkletRecords } from '../../src/store/worklets/worklet-records';

let records: WorkletRecords;
let announced = vi.fn();
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  records = new WorkletRecords();
  announced = vi.fn();
});

const WORKLET = { documentId: 'd', workletId: 1, tabId: 7, dataOrigin: 'https://a.example', moduleURL: 'https://a.example/m.js' };

const written = () => vi.waitFor(() => expect(announced).toHaveBeenCalledWith({ topic: 'worklets' }), { timeout: 30_000 });

test('its module, its operations, its runs with their outcomes, its console, and its end', async () => {
  const recorder = new WorkletHistory(records, announced, async () => true).begin(WORKLET);
  recorder.loaded(null, ['greet']);
  recorder.started(3, 'greet');
  recorder.started(4, 'greet');
  recorder.logged([{ operation: 'greet', method: 'warn', args: ['said', { n: 1 }, 2n] }]);
  recorder.finished(3, 'Error: no');
  recorder.ended();
  await written();
  const [record] = await records.ofTab(7);
  expect(record).toMatchObject({
    ...WORKLET,
    loaded: { error: null, operations: ['greet'] },
    ended: expect.any(Number),
    runCount: 2,
    lineCount: 1,
  });
  expect(record?.runs.map(({ runId, ended, failure }) => [runId, ended !== null, failure])).toEqual([
    [3, true, 'Error: no'],
    [4, false, null],
  ]);
  expect(record?.lines).toEqual([{ time: expect.any(Number), operation: 'greet', method: 'warn', text: 'said {"n":1} 2' }]);
  expect(await records.ofTab(8)).toEqual([]);
});

test('its handlers, as they are last, and what has caused their runs', async () => {
  const recorder = new WorkletHistory(records, announced, async () => true).begin(WORKLET);
  const handler = { name: 'greet', key: 'k'.repeat(2000), actions: ['set'] as const };
  recorder.handlers([handler, { ...handler, key: 'l' }]);
  recorder.handlers([handler]);
  const cause = { key: handler.key, action: 'set', step: 2, scope: 'header', method: 'batchUpdate' } as const;
  recorder.started(2 ** 40, 'greet', cause);
  await written();
  const [record] = await records.ofTab(7);
  const key = `${'k'.repeat(1000)}…`;
  expect(record?.handlers).toEqual([{ ...handler, key }]);
  expect(record?.runs).toMatchObject([{ runId: 2 ** 40, cause: { ...cause, key } }]);
});

test('the last 200 runs and lines are kept, and how many there were', async () => {
  const recorder = new WorkletHistory(records, announced, async () => true).begin(WORKLET);
  for (let i = 0; i < 250; i++) {
    recorder.started(i, 'o');
    recorder.logged([{ operation: 'o', method: 'log', args: [`line ${i} ${'x'.repeat(2000)}`] }]);
  }
  await written();
  const [record] = await records.ofTab(7);
  expect([record?.runs.length, record?.runs[0]?.runId, record?.runCount]).toEqual([200, 50, 250]);
  expect([record?.lines.length, record?.lineCount, record?.lines[0]?.text.slice(0, 8)]).toEqual([200, 250, 'line 50 ']);
  expect(record?.lines[0]?.text.length).toBe(1001);
});

test('of the last 200 worklets something is known', async () => {
  const history = new WorkletHistory(records, announced, async () => true);
  for (let workletId = 1; workletId <= 205; workletId++) history.begin({ ...WORKLET, workletId });
  await written();
  expect(await records.ofTab(7)).toHaveLength(200);
});

test('nothing is written where the log is switched off', async () => {
  let isAsked = false;
  const isOn = async () => {
    isAsked = true;
    return false;
  };
  new WorkletHistory(records, announced, isOn).begin(WORKLET);
  await vi.waitFor(() => expect(isAsked).toBe(true), { timeout: 30_000 });
  expect(await records.ofTab(7)).toEqual([]);
  expect(announced).not.toHaveBeenCalled();
});
