/** Everything that is kept, written into a file and put back: the same, or nothing at all. */

import 'fake-indexeddb/auto';
import fs from 'node:fs';
import Ajv from 'ajv/dist/2020';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import './texts';
import { wordsOf } from '../../src/extension/words';
import { NATIVE_BUDGETS } from '../../src/spec/private-aggregation/budget';
import { DEFAULT_CONFIG } from '../../src/spec/private-aggregation/contributions';
import { because, said } from '../../src/spec/reason';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { connectToEntries } from '../../src/store/entries/schema';
import { connectToEvents, EventLog } from '../../src/store/events/event-log';
import { localKey } from '../../src/store/private-aggregation/local-key';
import { ReportStore } from '../../src/store/private-aggregation/report-store';
import { connectToReports } from '../../src/store/private-aggregation/schema';
import { connectToSelections } from '../../src/store/select-url/schema';
import { exportState, type Stores, stringifyState } from '../../src/store/state/export-state';
import { importState, loadFixture } from '../../src/store/state/import-state';
import type { CheckSettings } from '../../src/store/state/state-checks';
import { parseState, type State, StateFileError } from '../../src/store/state/state-file';

const A = 'https://a.example';
const B = 'https://b.example';
const NOW = 1_700_000_000_000;
const NO_PROBLEMS = () => [];

let now: number;
let stores: Stores;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  now = NOW;
  const environment = () => ({ currentWallTime: now, defaultEntryLifetime: 1e12, quota: 1e9 });
  stores = {
    database: new IndexedDatabase(environment, connectToEntries()),
    selections: connectToSelections(),
    reports: connectToReports(),
    events: connectToEvents(),
  };
});

const exported = async (withKeyPair = false) =>
  exportState(stores, { settings: { retentionDays: 9 }, withKeyPair, exported: new Date(NOW) });

/** Keys and values of any 16-bit units, written at different times. */
const STRINGS = ['\ud800', '\udc00\ud800', 'a\u0000b', '\uffff', ' ', '"\\', '\u2028', '😀', '__proto__', 'x'.repeat(1000)];

const EVENT = { scope: 'worklet', method: 'run', documentId: 'd', tabId: 7, dataOrigin: A, refusal: null, duration: 0.25 } as const;

async function fill(): Promise<void> {
  for (const [index, key] of STRINGS.entries()) {
    now = NOW + index;
    await stores.database.update(A, [{ type: 'set', key, value: STRINGS[STRINGS.length - 1 - index] ?? '', ignoreIfPresent: false }]);
  }
  await stores.database.update(B, [{ type: 'set', key: 'empty', value: '', ignoreIfPresent: false }]);
  await stores.selections.use((connection) => connection.add('bitDebits', { site: A, bits: Math.log2(3), timestamp: NOW }));
  const scheduling = { currentWallTime: NOW, clockOffset: 0, budgets: NATIVE_BUDGETS, delay: 'manual', random: 0.5 } as const;
  const store = new ReportStore(async () => scheduling, stores.reports);
  for (const id of ['one', 'two'])
    await store.create({
      id,
      worklet: { documentId: 'd', workletId: 1 },
      tabId: 1,
      moduleURL: `${A}/worklet.js`,
      operationName: '\udfff',
      reportingOrigin: A,
      contributions: [{ bucket: 2n ** 127n, value: 5, filteringId: 3n, errorEvent: null, count: 1 }],
      dropped: 0,
      debugMode: { enabled: true, key: 2n ** 64n - 1n },
      config: { ...DEFAULT_CONFIG, filteringIdMaxBytes: 2 },
      startTime: NOW,
      end: 'finished',
    });
  const [first] = await stores.reports.use((connection) => connection.getAllKeys('reports'));
  await store.claim(String(first), { body: '{"body": true}', plaintext: Uint8Array.of(0, 255, 128) });
  await store.settle(String(first), { sent: true });
  const log = new EventLog(
    () => 100,
    () => undefined,
    stores.events,
  );
  log.log({
    ...EVENT,
    time: NOW,
    parameters: { key: '\ud800', big: 5n, none: undefined, $money: 1, $$: { $bigint: '1' } },
    result: undefined,
  });
  log.log({ ...EVENT, time: NOW + 1, parameters: [Number.NaN, -0, Number.POSITIVE_INFINITY], result: null, waits: { policy: 1.5 } });
  // As earlier versions wrote them, and as they are written now.
  log.log({ ...EVENT, time: NOW + 2, parameters: null, result: false, refusal: said('The site is in settings.blockedSites') });
  log.log({ ...EVENT, time: NOW + 3, parameters: null, result: false, refusal: because('reasonNoReport', because('reasonQuota', 5)) });
  await log.flush();
}

const everything = async () => {
  const [records, origins] = await connectToEntries().use(async (connection) => [
    await Promise.all([connection.getAllKeys('entries'), connection.getAll('entries')]),
    await Promise.all([connection.getAllKeys('origins'), connection.getAll('origins')]),
  ]);
  return {
    ...(await exported(true)),
    records,
    usage: origins.flat().map((one) => (typeof one === 'string' ? one : { bytes: one.bytes, count: one.count })),
  };
};

const EMPTY: State = {
  format: 'shared-storage-lab',
  version: 1,
  entries: {},
  budgets: { selectURL: [], privateAggregation: [] },
  reports: [],
  events: [],
};

describe('export, wipe and import', () => {
  test('give back the same, entry by entry', async () => {
    await fill();
    await localKey(stores.reports);
    const before = await everything();
    expect(before.entries?.[A]).toHaveLength(STRINGS.length);
    expect(before.reports).toHaveLength(4);
    const text = stringifyState(await exported(true));
    await importState(stores, EMPTY, now);
    expect(await everything()).toEqual({
      ...before,
      records: [[], []],
      usage: [],
      entries: {},
      budgets: EMPTY.budgets,
      reports: [],
      events: [],
    });
    const state = parseState(text, NO_PROBLEMS);
    expect(state.settings).toEqual({ retentionDays: 9 });
    await importState(stores, state, now);
    expect(await everything()).toEqual(before);
    // Bytes on their way in a file are the same as well.
    expect(parseState(new TextDecoder().decode(new TextEncoder().encode(text)), NO_PROBLEMS)).toEqual(state);
  });

  test('leave what the file does not have; an entry without a time was written now', async () => {
    await fill();
    const before = await everything();
    await importState(stores, { format: 'shared-storage-lab', version: 1, entries: { [B]: [{ key: 'k', value: 'v' }] } }, NOW + 5);
    const { entries, records: _records, usage, ...others } = await everything();
    const { entries: _entries, records: _before, usage: _usage, ...unchanged } = before;
    expect(others).toEqual(unchanged);
    expect(entries).toEqual({ [B]: [{ key: 'k', value: 'v', lastUpdated: NOW + 5 }] });
    expect(usage).toEqual([B, { bytes: 4, count: 1 }]);
    expect(others.keyPair).toBeUndefined();
  });

  test('drop what waits in the journal for a data origin that is replaced', async () => {
    const { database } = stores;
    database.keepJournal(() => undefined);
    const asked = {
      dataOrigin: A,
      withLock: 'lock',
      documentId: 'd',
      tabId: 1,
      time: NOW,
      methods: [{ type: 'delete', key: 'k' }],
    } as const;
    const place = await database.keep(asked, { documentId: 'd', sequence: 1 });
    await loadFixture(stores, { ...EMPTY, entries: { [A]: [{ key: 'k', value: 'v' }] } }, NOW);
    if (!place) throw new Error('it was not kept');
    expect(await database.applyLocked(A, 'lock', place)).toMatchObject([{ result: false }]);
    expect(await database.get(A, 'k')).toBe('v');
  });
});

test('a fixture replaces the entries of the data origins that it names, and nothing else', async () => {
  await fill();
  const before = await everything();
  await loadFixture(stores, { ...EMPTY, entries: { [B]: [{ key: 'k', value: 'v', lastUpdated: 1 }] } }, NOW);
  const after = await everything();
  expect(after.entries).toEqual({ [A]: before.entries?.[A], [B]: [{ key: 'k', value: 'v', lastUpdated: 1 }] });
  expect([after.budgets, after.reports, after.events]).toEqual([before.budgets, before.reports, before.events]);
});

test('where one database refuses, nothing is changed in any', async () => {
  await fill();
  const before = await everything();
  const [report] = before.reports ?? [];
  if (!report) throw new Error('there is no report');
  // What a check would not let through: the second one has the key of the first.
  await expect(importState(stores, { ...EMPTY, reports: [report, report] }, NOW)).rejects.toMatchObject({ name: 'ConstraintError' });
  expect(await everything()).toEqual(before);
});

const ajv = new Ajv({ strict: true, allowUnionTypes: true });
const isBySchema = ajv.compile(JSON.parse(fs.readFileSync(new URL('../../schema/state-file.schema.json', import.meta.url), 'utf8')));

test('what is exported is as the schema says', async () => {
  await fill();
  await localKey(stores.reports);
  const written = JSON.parse(stringifyState(await exported(true))) as unknown;
  expect(isBySchema(written), JSON.stringify(isBySchema.errors)).toBe(true);
});

/** The JSON text of a state file with these members. */
const fileOf = (members: object) => JSON.stringify({ format: 'shared-storage-lab', version: 1, ...members });

function problemsOf(json: string, ofSettings: CheckSettings = NO_PROBLEMS): string[] {
  try {
    parseState(json, ofSettings);
    return [];
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    return error.problems.map(({ pointer, problem }) => `${pointer === '' ? 'The file' : pointer} ${wordsOf(problem)}.`);
  }
}

test.each<[object, string]>([
  [{ format: 'other' }, '/format is not "shared-storage-lab".'],
  [{ version: 2 }, '/version is not 1, the version that this extension reads.'],
  [{ colour: 'red' }, '/colour is unknown.'],
  [{ settings: [] }, '/settings is not an object.'],
  [{ entries: { 'https://a.example/': [] } }, '/entries/https:~1~1a.example~1 is not a serialized origin, such as https://a.example.'],
  [{ entries: { [A]: {} } }, '/entries/https:~1~1a.example is not an array.'],
  [{ entries: { [A]: [{ key: '', value: 'v' }] } }, '/entries/https:~1~1a.example/0/key is not a key, of 1 to 2621440 code units.'],
  [{ entries: { [A]: [{ key: 'k', value: 5 }] } }, '/entries/https:~1~1a.example/0/value is not a value, of 2621440 code units at most.'],
  [{ entries: { [A]: [{ key: 'k' }] } }, '/entries/https:~1~1a.example/0/value is missing.'],
  [{ entries: { [A]: [{ key: 'k', value: '', expires: 5 }] } }, '/entries/https:~1~1a.example/0/expires is unknown.'],
  [
    { entries: { [A]: [{ key: 'k', value: '', lastUpdated: '5' }] } },
    '/entries/https:~1~1a.example/0/lastUpdated is not a time in milliseconds since 1970.',
  ],
  [{ budgets: { perDay: [] } }, '/budgets/perDay is unknown.'],
  [{ budgets: { selectURL: [{ site: A, bits: 3 }] } }, '/budgets/selectURL/0/timestamp is missing.'],
  [{ reports: [{}] }, '/reports/0/kind is missing.'],
  [{ events: [{ time: 1 }] }, '/events/0/scope is missing.'],
  [
    { events: [{ refusal: { text: 'reasonQuota' } }] },
    '/events/0/refusal is not a string, a reason, {"text": "…", "values": […]}, or null.',
  ],
  [{ keyPair: { id: 'k', publicKey: { $bytes: 'x' }, privateKey: { $bytes: '' } } }, '/keyPair/publicKey/$bytes stands for no value.'],
])('%j is refused: %s', (members, problem) => {
  expect(problemsOf(fileOf(members))).toContain(problem);
  expect(isBySchema(JSON.parse(fileOf(members)))).toBe(false);
});

test('more than one mistake is told, and what is no JSON at all', () => {
  expect(
    problemsOf(
      fileOf({
        entries: {
          [A]: [
            { key: 'k', value: 1 },
            { key: 'k', value: 'v' },
          ],
        },
      }),
    ),
  ).toEqual([
    '/entries/https:~1~1a.example/0/value is not a value, of 2621440 code units at most.',
    '/entries/https:~1~1a.example/1 has the key of another one before it.',
  ]);
  expect(problemsOf('{"format":')).toEqual([expect.stringMatching(/^The file is not JSON: /)]);
  expect(problemsOf('[]')).toEqual(['The file is not an object.']);
  const wrong = () => [{ path: ['budgets', 'pageBits'], problem: because('problemUnknown') }];
  expect(problemsOf(fileOf({ settings: { budgets: { pageBits: -1 } } }), wrong)).toEqual(['/settings/budgets/pageBits is unknown.']);
});

test('of very many mistakes the first twenty are told, and how many more there are', () => {
  const members = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`unknown ${index}`, 0]));
  try {
    parseState(fileOf(members), NO_PROBLEMS);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    expect([error.problems.length, error.more]).toEqual([20, 5]);
  }
});
