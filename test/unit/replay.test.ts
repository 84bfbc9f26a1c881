/** Which calls of the event log can be made again, and what is said of their outcomes. */

import { expect, test } from 'vitest';
import { differencesOf } from '../../src/options/replay/compare';
import { recordingOf } from '../../src/options/replay/recorded-calls';
import type { ReadEvent } from '../../src/protocol/logged-event';
import { loggedData } from '../../src/store/events/logged-data';

const A = 'https://a.example';
let id = 0;

function eventOf(method: string, parameters: unknown, more: Partial<ReadEvent> = {}): ReadEvent {
  const own = { scope: 'window', documentId: 'd', tabId: 1, dataOrigin: A, site: A, result: true, refusal: null, duration: 1 } as const;
  return { ...own, id: ++id, time: id, method, parameters, ...more };
}

test('calls of windows for the origin in the span are given back in the order in which they were made', () => {
  const late = eventOf('set', { key: 'k', value: 'late' }, { time: 300 });
  const early = eventOf('clear', {}, { time: 200 });
  const others = [
    eventOf('set', { key: 'k', value: 'v' }, { time: 199 }),
    eventOf('set', { key: 'k', value: 'v' }, { time: 301 }),
    eventOf('set', { key: 'k', value: 'v' }, { time: 250, dataOrigin: 'https://b.example' }),
    eventOf('set', { key: 'k', value: 'v' }, { time: 250, scope: 'worklet' }),
    eventOf('purge', null, { time: 250 }),
  ];
  expect(recordingOf([late, ...others, early], A, 200, 300)).toEqual({
    events: [early, late],
    calls: [
      { method: 'clear', parameters: {} },
      { method: 'set', parameters: { key: 'k', value: 'late' } },
    ],
    incomplete: 0,
  });
});

test.each([
  eventOf('set', { key: 'k', value: 'xxx… (300 code units)' }),
  eventOf('batchUpdate', { methods: [{ method: 'clear' }], count: 21 }),
  eventOf('run', { workletId: 1, name: 'n', isDataOmitted: true }),
  eventOf('selectURL', { workletId: 1, name: 'n', urls: 2 }),
])('a call that the log does not have whole is counted, and not given back: %j', (event) => {
  expect(recordingOf([event], A, 0, 1e9)).toEqual({ events: [], calls: [], incomplete: 1 });
});

test('an outcome that differs is told, and one that was not logged', () => {
  const recorded = [eventOf('set', {}), eventOf('append', {}), eventOf('run', {}), eventOf('clear', {})];
  const replayed = [eventOf('set', {}), eventOf('append', {}, { result: false, refusal: 'full' }), eventOf('clear', {}, { result: false })];
  expect(differencesOf(recorded, replayed, [null, null, 'OperationError: no', null])).toEqual([
    { recorded: recorded[1], before: 'true', after: 'full' },
    { recorded: recorded[2], before: 'true', after: 'OperationError: no' },
    { recorded: recorded[3], before: 'true', after: 'false' },
  ]);
  expect(differencesOf([recorded[0] as ReadEvent], [], [null])).toEqual([{ recorded: recorded[0], before: 'true', after: null }]);
});

test('calls that are logged in another order than the one in which they were made came to the same', () => {
  const called = (key: string) => eventOf('append', { key, value: 'v' });
  const module = (name: string) => eventOf('addModule', { workletId: id, moduleURL: `${A}/${name}`, dataOrigin: A });
  const run = (name: string) => eventOf('run', { workletId: id, runId: id, name, keepAlive: true });
  const recorded = [called('k'), called('l'), module('one.js'), run('one'), module('two.js'), run('two')];
  // Writes are logged when they are applied, which may be after the module has been loaded.
  const replayed = [module('one.js'), called('l'), called('k'), run('one'), run('two'), module('two.js')];
  expect(differencesOf(recorded, replayed, Array(6).fill(null))).toEqual([]);
  // One that the page's code has changed is not taken for another.
  const [first, second] = [called('k'), eventOf('append', { key: 'l', value: 'v' }, { result: false })];
  const [same, changed] = [eventOf('append', { key: 'l', value: 'v' }, { result: false }), called('changed')];
  expect(differencesOf([first, second], [same, changed], [null, null])).toEqual([]);
  expect(differencesOf([first, second], [same], [null, null])).toEqual([{ recorded: first, before: 'true', after: null }]);
});

test('what an operation is given is kept where it is short and plain', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  expect(loggedData(null)).toEqual({});
  expect(loggedData({ value: { keys: ['k'], none: undefined } })).toEqual({ data: { keys: ['k'], none: undefined } });
  for (const value of [[1n], new Map(), { inner: new Date() }, new ArrayBuffer(1), 'x'.repeat(1000), cyclic])
    expect(loggedData({ value })).toEqual({ isDataOmitted: true });
});
