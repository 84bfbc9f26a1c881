import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { DEFAULT_ENTRY_LIFETIME } from '../../src/spec/database';
import type { ModifierMethod } from '../../src/spec/modifier-methods';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';

const set = (key: string, value: string): ModifierMethod => ({ type: 'set', key, value, ignoreIfPresent: false });

let now: number;
let quota: number;
const environment = () => ({ currentWallTime: now, defaultEntryLifetime: DEFAULT_ENTRY_LIFETIME, quota });
let database: IndexedDatabase;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  now = 1_000_000;
  quota = 20_000_000;
  database = new IndexedDatabase(environment);
});

test('origins do not see each other, even where their names begin alike', async () => {
  await database.update('https://a.example', [set('k', 'a')]);
  await database.update('https://a.example.evil', [set('k', 'evil')]);
  expect(await database.entries('https://a.example')).toEqual([['k', 'a']]);
  expect(await database.length('https://a.example.evil')).toBe(1);
  await database.update('https://a.example', [{ type: 'clear' }]);
  expect(await database.get('https://a.example.evil', 'k')).toBe('evil');
});

test('a read sees every update that was asked for before it, acknowledged or not', async () => {
  for (let i = 0; i < 50; i++) void database.update('o', [{ type: 'append', key: 'k', value: `${i};` }]);
  expect(await database.get('o', 'k')).toBe(Array.from({ length: 50 }, (_, i) => `${i};`).join(''));
});

test('entries come in the order of iteration', async () => {
  for (const key of ['b', 'a', 'Z', '\ud83d\ude00', '\uffff', 'aa']) void database.update('o', [set(key, '')]);
  expect((await database.entries('o')).map(([key]) => key)).toEqual(['\ud83d\ude00', 'Z', 'a', 'aa', 'b', '\uffff']);
});

test('a batch that fails leaves nothing behind, and its neighbours in the same transaction stay', async () => {
  const long = 'x'.repeat(2_621_440);
  const results = await Promise.all([
    database.update('o', [set('before', '1'), set('long', long)]),
    database.update('o', [{ type: 'clear' }, set('half', 'done'), set('long', long), { type: 'append', key: 'long', value: 'x' }]),
    database.update('o', [set('after', '2')]),
  ]);
  expect(results).toEqual([true, false, true]);
  expect((await database.entries('o')).map(([key]) => key)).toEqual(['after', 'before', 'long']);
});

test('what has expired is not read', async () => {
  await database.update('o', [set('k', 'v')]);
  now += DEFAULT_ENTRY_LIFETIME;
  expect(await database.get('o', 'k')).toBeUndefined();
  expect(await database.entries('o')).toEqual([]);
});

test('a database that cannot be opened rejects, and is tried again', async () => {
  const working = globalThis.indexedDB;
  globalThis.indexedDB = {
    open() {
      throw new DOMException('no disk', 'UnknownError');
    },
  } as unknown as IDBFactory;
  await expect(database.update('o', [set('k', 'v')])).rejects.toThrow('no disk');
  globalThis.indexedDB = working;
  expect(await database.update('o', [set('k', 'v')])).toBe(true);
});

test('write numbers of long-gone documents are forgotten', async () => {
  const keep = (documentId: string, by = database) =>
    by.keep({ dataOrigin: 'o', methods: [set('k', 'v')], withLock: null, documentId, tabId: 1, time: now }, { documentId, sequence: 7 });
  await keep('old');
  now += 25 * 60 * 60 * 1000;
  await keep('young');
  await database.forgetOldWrites();
  const restarted = new IndexedDatabase(environment);
  expect(await keep('old', restarted)).toMatchObject({ index: 0 });
  expect(await keep('young', restarted)).toBeNull();
});

test('a rehearsal says what an update would come to, after what was asked for before it, and changes nothing', async () => {
  await database.update('o', [set('kept', '1'), set('gone', '22')]);
  void database.update('o', [{ type: 'append', key: 'kept', value: '!' }]);
  const methods: ModifierMethod[] = [
    { type: 'append', key: 'kept', value: '?' },
    { type: 'delete', key: 'gone' },
    set('new', 'x'),
    { type: 'set', key: 'kept', value: 'ignored', ignoreIfPresent: true },
  ];
  expect(await database.rehearse('o', methods)).toEqual({
    outcome: { result: true },
    changes: [
      { key: 'kept', before: '1!', after: '1!?' },
      { key: 'gone', before: '22', after: undefined },
      { key: 'new', before: undefined, after: 'x' },
    ],
    before: { count: 2, bytes: 24 },
    after: { count: 2, bytes: 22 },
  });
  expect(await database.rehearse('o', [{ type: 'clear' }])).toMatchObject({ outcome: { result: true }, after: { count: 0, bytes: 0 } });
  expect(await database.entries('o')).toEqual([
    ['gone', '22'],
    ['kept', '1!'],
  ]);
  expect(await database.update('o', methods)).toBe(true);
  expect(await database.entries('o')).toEqual([
    ['kept', '1!?'],
    ['new', 'x'],
  ]);
});

test('a rehearsal of what is refused says why, and leaves what there is as it is', async () => {
  quota = 20;
  await database.update('o', [set('k', 'v')]);
  const { outcome, changes } = await database.rehearse('o', [set('k', 'more than the quota')]);
  expect(outcome).toEqual({ result: false, reason: expect.objectContaining({ text: 'reasonQuota' }) });
  expect(changes).toEqual([{ key: 'k', before: 'v', after: 'v' }]);
});
