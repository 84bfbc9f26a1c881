/** Reads of worklets ahead of the store: what windows have written, once it is kept in the journal. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import type { WindowUpdatesAnswer } from '../../src/protocol/entries-ahead';
import { AheadDatabase, type AskForUpdates } from '../../src/store/entries/ahead';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';

const ORIGIN = 'https://a.example';
const NOW = 1_000_000;
const LIFETIME = 1000;

let quota: number;
let watched: ReadonlyMap<string, ReadonlySet<string>>;
const environment = () => ({ currentWallTime: NOW, defaultEntryLifetime: LIFETIME, quota, watched });
let store: IndexedDatabase;
/** What the service worker says next; it then applies what `apply` does. */
let answers: WindowUpdatesAnswer[];
const ask = vi.fn<AskForUpdates>();
let ahead: AheadDatabase;

const set = (key: string, value: string) => ({ type: 'set', key, value, ignoreIfPresent: false }) as const;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  quota = 1000;
  watched = new Map();
  store = new IndexedDatabase(environment);
  await store.update(ORIGIN, [set('k', 'stored'), set('other', 'stored')]);
  answers = [];
  ask.mockReset();
  ask.mockImplementation(async () => answers.shift() ?? true);
  ahead = new AheadDatabase(store, environment, ask);
});

/** The service worker applies what it has kept when it is asked to. */
function applyWhenAsked(value: string): void {
  ask.mockImplementation(async (_dataOrigin, mayBeAhead) => {
    if (mayBeAhead) return [['k', value, NOW, 16]];
    await store.update(ORIGIN, [set('k', value)]);
    return true;
  });
}

test('an operation reads what is kept, and of other keys what is stored', async () => {
  answers = [[['k', 'kept', NOW, 10]]];
  await ahead.begin(ORIGIN, false);
  expect(await Promise.all(['k', 'other', 'none'].map((key) => ahead.get(ORIGIN, key)))).toEqual(['kept', 'stored', undefined]);
  expect(await ahead.get('https://b.example', 'k')).toBeUndefined();
  expect(await store.get(ORIGIN, 'k')).toBe('stored');
});

test('what is kept may have expired', async () => {
  answers = [[['k', 'kept', NOW - LIFETIME, 10]]];
  await ahead.begin(ORIGIN, false);
  expect(await ahead.get(ORIGIN, 'k')).toBeUndefined();
});

test.each<[string, () => Promise<unknown>, unknown]>([
  ['length()', () => ahead.length(ORIGIN), 2],
  [
    'entries()',
    () => ahead.entries(ORIGIN),
    [
      ['k', 'kept'],
      ['other', 'stored'],
    ],
  ],
  ['a copy', async () => (await ahead.getAndCopy(ORIGIN, 'k', 1000)).value, 'kept'],
  [
    'an update',
    async () => [(await ahead.updateWithReason(ORIGIN, [{ type: 'append', key: 'k', value: '+' }])).result, await store.get(ORIGIN, 'k')],
    [true, 'kept+'],
  ],
])('%s waits until it is applied', async (_what, use, expected) => {
  applyWhenAsked('kept');
  await ahead.begin(ORIGIN, false);
  expect(await use()).toEqual(expected);
  expect(ask.mock.calls.map(([, mayBeAhead]) => mayBeAhead)).toEqual([true, false]);
  expect(await ahead.get(ORIGIN, 'other')).toBe('stored');
});

test('calls see what was written before them, and nothing after, in the order in which they were made', async () => {
  applyWhenAsked('kept');
  await ahead.begin(ORIGIN, false);
  const first = ahead.get(ORIGIN, 'k');
  const written = ahead.updateWithReason(ORIGIN, [set('k', 'own')]);
  const second = ahead.get(ORIGIN, 'k');
  const appended = ahead.updateWithReason(ORIGIN, [{ type: 'append', key: 'k', value: '+' }]);
  const third = ahead.get(ORIGIN, 'k');
  expect(await Promise.all([first, second, third])).toEqual(['kept', 'own', 'own+']);
  expect((await Promise.all([written, appended])).map(({ result }) => result)).toEqual([true, true]);
});

test('where the quota might not have room for it, and where handlers are to hear of it, it is applied first', async () => {
  quota = 40;
  applyWhenAsked('refused for want of room');
  await ahead.begin(ORIGIN, false);
  expect(await ahead.get(ORIGIN, 'k')).toBe('stored');
  quota = 1000;
  watched = new Map([[ORIGIN, new Set(['k'])]]);
  ask.mockClear();
  await ahead.begin(ORIGIN, false);
  expect(ask.mock.calls).toEqual([[ORIGIN, false]]);
});

test('the service worker is asked again when something has happened, when an operation begins, and after some milliseconds', async () => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  answers = ['1', '2', '3', '4'].map((value) => [['k', value, NOW, 4]]);
  const read = () => ahead.get(ORIGIN, 'k');
  await ahead.begin(ORIGIN, false);
  ahead.recheck(ORIGIN);
  expect([await read(), await read()]).toEqual(['1', '1']);
  ahead.recheck(null);
  expect([await read(), await read()]).toEqual(['2', '2']);
  now = 4;
  expect(await read()).toBe('3');
  await ahead.begin(ORIGIN, false);
  expect(await read()).toBe('4');
  // All is applied, as the operation that begins has heard.
  await ahead.begin(ORIGIN, true);
  expect(await read()).toBe('stored');
  expect(ask).toHaveBeenCalledTimes(4);
  clock.mockRestore();
});

test('an answer that comes after a later one changes nothing', async () => {
  const given: ((answer: WindowUpdatesAnswer) => void)[] = [];
  ask.mockImplementation(() => new Promise((resolve) => given.push(resolve)));
  const begun = [ahead.begin(ORIGIN, false), ahead.begin(ORIGIN, false), ahead.begin(ORIGIN, false)];
  await vi.waitFor(() => expect(given).toHaveLength(3));
  given[1]?.([['k', 'newer', NOW, 10]]);
  await begun[1];
  given[0]?.([['k', 'older', NOW, 10]]);
  await begun[0];
  expect(await ahead.get(ORIGIN, 'k')).toBe('newer');
  given[2]?.(true);
  await begun[2];
  expect(await ahead.get(ORIGIN, 'k')).toBe('stored');
});

test('an operation that begins when all is applied hears nothing of older answers', async () => {
  let give: (answer: WindowUpdatesAnswer) => void = () => undefined;
  ask.mockImplementation(() => new Promise((resolve) => (give = resolve)));
  const older = ahead.begin(ORIGIN, false);
  await vi.waitFor(() => expect(ask).toHaveBeenCalled());
  await ahead.begin(ORIGIN, true);
  give([['k', 'older', NOW, 10]]);
  await older;
  expect(await ahead.get(ORIGIN, 'k')).toBe('stored');
});
