/** What the panel's views make of what they are told, before it is drawn. */

import { describe, expect, test } from 'vitest';
import './texts';
import { attemptOf } from '../../src/panel/views/header-writes/attempts';
import { type FrameTree, treesOf } from '../../src/panel/views/isolation/frame-tree';
import { missingReports } from '../../src/panel/views/reports/missing-reports';
import { groupRefusals } from '../../src/panel/views/why-not/grouped-refusals';
import type { Row } from '../../src/protocol/agent-cluster-map';
import type { WhyNot } from '../../src/protocol/extension-pages/why-not';
import type { WorkletRecord, WorkletRun } from '../../src/protocol/extension-pages/worklets';
import type { ReadEvent } from '../../src/protocol/logged-event';

test('what is refused to several frames for the same reason is told once, with all of them', () => {
  const frame = (frameId: number) => ({
    frameId,
    parentFrameId: -1,
    documentId: `d${frameId}`,
    url: 'https://a.example/',
    origin: 'https://a.example',
  });
  const budget = (frameId: number, left: number): WhyNot => ({
    frameId,
    what: 'shared-storage-select-url',
    reason: { type: 'budget', budget: 'page', left, urls: 2, refill: null },
    change: null,
  });
  const groups = groupRefusals([frame(0), frame(1), frame(2)], [budget(0, 0), budget(1, 0.5), budget(2, 0), budget(9, 0)]);
  expect(groups.map(({ reason, frames }) => [reason, frames.map(({ frameId }) => frameId)])).toEqual([
    [{ type: 'budget', budget: 'page', left: 0, urls: 2, refill: null }, [0, 2]],
    [{ type: 'budget', budget: 'page', left: 0.5, urls: 2, refill: null }, [1]],
  ]);
});

test('documents are a tree for each tab; one whose parent is not known stands alone', () => {
  const row = (tabId: number, frameId: number, parentFrameId: number) => ({ tabId, frameId, parentFrameId }) as Row;
  const shape = (trees: readonly FrameTree[]): unknown => trees.map(({ row, children }) => [row.tabId, row.frameId, shape(children)]);
  expect(shape(treesOf([row(1, 0, -1), row(2, 0, -1), row(1, 5, 0), row(1, 7, 5), row(2, 9, 8), row(2, 5, 0)]))).toEqual([
    [1, 0, [[1, 5, [[1, 7, []]]]]],
    [2, 0, [[2, 5, []]]],
    [2, 9, []],
  ]);
});

describe('an event of a header write', () => {
  const event = (parameters: unknown, more: Partial<ReadEvent> = {}): ReadEvent => ({
    ...{ id: 3, time: 5, scope: 'header', method: 'Shared-Storage-Write', documentId: 'd', tabId: 1, duration: 0, site: null },
    ...{ dataOrigin: 'https://a.example', result: true, refusal: null },
    parameters,
    ...more,
  });
  const url = 'https://a.example/x';

  test('tells of each item whether it was applied, and how many are not told of', () => {
    const items = [
      { item: 'set', text: 'set;key=a;value=b', fate: 'written' },
      { item: 'oops', text: 'oops', fate: 'bad item: unknown name' },
    ];
    const request = { id: '7', method: 'GET', type: 'image' };
    expect(attemptOf(event({ url, request, status: 200, header: 'h', withLock: 'l', count: 30, items }))).toMatchObject({
      request,
      status: 200,
      withLock: 'l',
      isWritten: true,
      left: 28,
      items: [
        { text: 'set;key=a;value=b', problem: null },
        { text: 'oops', problem: 'bad item: unknown name' },
      ],
    });
  });

  test('of a request that was refused has no response', () => {
    const attempt = attemptOf(event({ url }, { result: null, refusal: 'policy denies' }));
    expect(attempt).toMatchObject({ url, request: null, status: null, header: null, items: [], left: 0, isWritten: false });
    expect(attempt?.refusal).toBe('policy denies');
  });

  test('that says something else is none', () => expect(attemptOf(event(null))).toBeNull());
});

test('an operation made no report where the log says so, or where it has ended and the log has nothing that it contributed', () => {
  const operation = (runId: number, refusal: string | null) => ({
    documentId: 'd',
    workletId: 1,
    runId,
    name: `run ${runId}`,
    time: runId,
    refusal,
  });
  const run = (runId: number, more: Partial<WorkletRun> = {}) => ({
    runId,
    name: `run ${runId}`,
    started: runId,
    ended: runId + 1,
    failure: null,
    ...more,
  });
  const runs = [run(1), run(2), run(3), run(4, { ended: null }), run(5, { failure: 'Error: no\n    at run' })];
  const worklet = (documentId: string) => ({ documentId, workletId: 1, runs }) as unknown as WorkletRecord;
  const found = missingReports([operation(2, 'no budget'), operation(1, null)], new Set(['d']), [worklet('d'), worklet('of another log')]);
  expect(found.map(({ time, operation, isFailure }) => [time, operation, isFailure])).toEqual([
    [5, 'run 5', true],
    [3, 'run 3', false],
    [2, 'run 2', true],
  ]);
  expect(found[2]?.why).toBe('no budget');
});
