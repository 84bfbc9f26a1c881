/** Reports in the database, and how they are sent: what is sent once stays so, whatever is stopped in between. */

import 'fake-indexeddb/auto';
import { IDBCursor, IDBFactory, IDBIndex, IDBObjectStore } from 'fake-indexeddb';
import { openDB } from 'idb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { PostResult } from '../../src/background/private-aggregation/post-report';
import { ReportSender } from '../../src/background/private-aggregation/report-sender';
import type { HandedOver } from '../../src/background/private-aggregation/taken-report';
import type { OperationContributions } from '../../src/protocol/private-aggregation';
import { NATIVE_BUDGETS } from '../../src/spec/private-aggregation/budget';
import { DEFAULT_CONFIG } from '../../src/spec/private-aggregation/contributions';
import type { SchedulingEnvironment } from '../../src/spec/private-aggregation/scheduling';
import { because, becauseOf, said } from '../../src/spec/reason';
import { REPORT_LIMITS } from '../../src/store/private-aggregation/make-report';
import { readReports } from '../../src/store/private-aggregation/read-reports';
import { ReportStore } from '../../src/store/private-aggregation/report-store';
import { connectToReports, type ReportsConnection, reportKey } from '../../src/store/private-aggregation/schema';
import './promise-with-resolvers';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

let environment: { -readonly [Name in keyof SchedulingEnvironment]: SchedulingEnvironment[Name] };
let connection: ReportsConnection;
let store: ReportStore;
let count: number;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  environment = { currentWallTime: NOW, clockOffset: 0, budgets: NATIVE_BUDGETS, delay: 'none', random: 0.5 };
  connection = connectToReports();
  store = new ReportStore(async () => environment, connection);
  count = 0;
});

function operation(changes: Partial<OperationContributions> = {}): OperationContributions {
  return {
    id: `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
    worklet: { documentId: 'document', workletId: 1 },
    tabId: 1,
    moduleURL: 'https://a.example/worklet.js',
    operationName: 'operation',
    reportingOrigin: 'https://a.example',
    contributions: [{ bucket: 1n, value: 2, filteringId: 0n, errorEvent: null, count: 1 }],
    dropped: 0,
    debugMode: { enabled: false, key: null },
    config: DEFAULT_CONFIG,
    startTime: NOW - 100,
    end: 'finished',
    ...changes,
  };
}

const contributing = (value: number, more: Partial<OperationContributions> = {}) =>
  operation({ contributions: [{ bucket: 1n, value, filteringId: 0n, errorEvent: null, count: 1 }], ...more });

const stored = () => readReports(connection, { limit: 5000 });
const states = async () => (await stored()).map(({ kind, state }) => `${kind} ${state}`).sort();

/** How many requests the task makes of the reports. */
async function requestsOf(task: () => Promise<unknown>): Promise<number> {
  const spies = [
    ...(['get', 'getAll', 'getAllKeys', 'openCursor', 'openKeyCursor', 'count'] as const).map((method) =>
      vi.spyOn(IDBIndex.prototype, method),
    ),
    vi.spyOn(IDBCursor.prototype, 'continue'),
  ];
  await task();
  const count = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  for (const spy of spies) spy.mockRestore();
  return count;
}

test('when the next report is due is found in one step, however many origins have one that waits', async () => {
  environment.delay = 'native';
  for (let i = 0; i < 30; i++) await store.create(operation({ reportingOrigin: `https://${i}.example` }));
  const [first] = (await stored()).map(({ due }) => due ?? 0).sort((a, b) => a - b);
  const count = await requestsOf(async () => expect(await store.due(4, new Set())).toEqual({ due: [], next: first }));
  expect(count).toBe(1);
});

test('so it is for reports that an earlier version of the extension has stored', async () => {
  environment.delay = 'native';
  await store.create(operation());
  const [report] = await stored();
  (await connection.open()).close();
  globalThis.indexedDB = new IDBFactory();
  const earlier = await openDB('private-aggregation', 1, {
    upgrade(database) {
      for (const name of ['operations', 'spendings', 'keys']) database.createObjectStore(name);
      const reports = database.createObjectStore('reports', { keyPath: 'key' });
      reports.createIndex('due', ['report.reportingOrigin', 'due']);
    },
  });
  await earlier.put('reports', report);
  earlier.close();
  store = new ReportStore(async () => environment, connectToReports());
  expect(await store.due(4, new Set())).toEqual({ due: [], next: report?.due });
});

describe('an operation', () => {
  test('makes one report, however often it is handed over', async () => {
    const given = operation({ debugMode: { enabled: true, key: 777n } });
    const created = await store.create(given);
    expect(created).toMatchObject({ refusal: null, notes: [], report: { reportingOrigin: 'https://a.example' } });
    expect(await store.create(given)).toBeNull();
    expect(await states()).toEqual(['debug pending', 'live pending']);
    expect(await store.due(10, new Set())).toMatchObject({ due: expect.objectContaining({ length: 2 }), next: null });
  });

  test('is charged to its site, for ten minutes and for a day', async () => {
    const results = [];
    for (const reportingOrigin of ['https://a.example', 'https://www.a.example', 'https://b.example'])
      results.push(await store.create(contributing(2 ** 16, { reportingOrigin })));
    expect(results.map((created) => created?.refusal)).toEqual([null, because('reasonNoReportBudget'), null]);
    for (let round = 1; round < 16; round++) {
      environment.currentWallTime += 10 * MINUTE;
      expect((await store.create(contributing(2 ** 16)))?.refusal).toBeNull();
    }
    environment.currentWallTime += 10 * MINUTE;
    expect((await store.create(contributing(1)))?.overBudget).toBe(1);
    environment.currentWallTime = NOW + 24 * 60 * MINUTE;
    await store.prune();
    expect((await store.create(contributing(1)))?.refusal).toBeNull();
  });

  test('whose number of reports is fixed is charged nothing for a null report', async () => {
    const config = { ...DEFAULT_CONFIG, contextId: 'context' };
    const created = await store.create(operation({ contributions: [], config, end: 'failed' }));
    expect(created).toMatchObject({ spent: 0, refusal: null, report: { contributions: [], contextId: 'context' } });
    expect((await store.create(contributing(2 ** 16)))?.refusal).toBeNull();
  });

  test('is told what of it is not in the report', async () => {
    const contributions = Array.from({ length: 30 }, (_, bucket) => ({
      bucket: BigInt(bucket),
      value: 3000,
      filteringId: 0n,
      errorEvent: null,
      count: 1,
    }));
    const created = await store.create(operation({ contributions, dropped: 5 }));
    expect(created?.notes).toEqual([becauseOf('reasonOverBudget', 9), becauseOf('reasonTruncated', 1, 20), becauseOf('reasonDropped', 5)]);
  });

  test('makes no report where too many of its origin are pending; those of others do', async () => {
    store = new ReportStore(async () => environment, connection, undefined, { ...REPORT_LIMITS, pending: 5 });
    environment.delay = 'manual';
    for (let index = 1; index < 5; index++) expect((await store.create(operation()))?.errorEvents).toEqual(['report-success']);
    const last = await store.create(operation());
    expect(last?.errorEvents).toContain('pending-report-limit-reached');
    expect((await store.create(operation()))?.refusal).toEqual(because('reasonNoReportPending'));
    expect((await store.create(operation({ reportingOrigin: 'https://b.example' })))?.refusal).toBeNull();
  });

  test('makes none either where too many of its site are; whatever a site does, others have their room', async () => {
    store = new ReportStore(async () => environment, connection, undefined, { ...REPORT_LIMITS, pending: 4, pendingOfSite: 10 });
    environment.delay = 'manual';
    const refusals = [];
    for (let index = 0; index < 12; index++)
      refusals.push((await store.create(operation({ reportingOrigin: `https://${index}.a.example` })))?.refusal);
    expect(refusals).toEqual([...Array(10).fill(null), ...Array(2).fill(because('reasonNoReportPending'))]);
    for (const name of ['b', 'c', 'd', 'e'])
      for (let index = 0; index < 4; index++)
        expect((await store.create(operation({ reportingOrigin: `https://${name}.example` })))?.refusal).toBeNull();
  });

  test('is charged in one record with those of its site in the same minute', async () => {
    const recorded = async () => (await connection.use((open) => open.getAll('spendings'))).map(({ site, value }) => `${site} ${value}`);
    for (let index = 0; index < 20; index++) {
      await store.create(contributing(3, { reportingOrigin: `https://${index}.a.example` }));
      await store.create(contributing(5, { reportingOrigin: 'https://b.example' }));
    }
    expect((await recorded()).toSorted()).toEqual(['https://a.example 60', 'https://b.example 100']);
    environment.currentWallTime += MINUTE;
    await store.create(contributing(1));
    expect((await recorded()).toSorted()).toEqual(['https://a.example 1', 'https://a.example 60', 'https://b.example 100']);
  });
});

describe('what a site has spent', () => {
  const many = async (values: readonly number[]) => {
    const created = await Promise.all(
      values.map((value, index) => store.create(contributing(value, { reportingOrigin: `https://${index % 3}.a.example` }))),
    );
    return created.reduce((sum, one) => sum + (one?.spent ?? 0), 0);
  };
  const recorded = async () =>
    (await connection.use((open) => open.getAll('spendings'))).reduce(
      (sum, { value, site }) => (site === 'https://a.example' ? sum + value : sum),
      0,
    );

  test('is read once: what follows is known, and waits for no read', async () => {
    for (const reads of [4, 0, 0, 0]) expect(await requestsOf(() => store.create(operation()))).toBe(reads);
    // Another worker reads it again.
    store = new ReportStore(async () => environment, connection);
    expect(await requestsOf(() => store.create(operation()))).toBe(4);
  });

  test('is exact, however many come at once and whoever is known already', async () => {
    const spent = [await many([100, 200, 300])];
    spent.push(await many(Array(30).fill(1000)));
    environment.currentWallTime += MINUTE;
    spent.push(await many(Array(30).fill(1000)));
    environment.currentWallTime += MINUTE;
    spent.push(await many(Array(30).fill(1000)));
    const sum = spent.reduce((left, right) => left + right, 0);
    // No more contributions of a thousand fit into what is left.
    expect(sum).toBe(600 + 64 * 1000);
    expect(await recorded()).toBe(sum);
  });

  test('is nothing where the transaction came to nothing', async () => {
    await store.create(contributing(1));
    (await connection.open()).close();
    expect(await many([2 ** 15])).toBe(2 ** 15);
    const failing = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new Error('no disk');
    });
    await expect(store.create(contributing(2 ** 15 - 1))).rejects.toThrow('no disk');
    failing.mockRestore();
    expect(await many([2 ** 15 - 1])).toBe(2 ** 15 - 1);
    expect(await recorded()).toBe(2 ** 16);
  });

  test('is what somebody else has put in its place', async () => {
    await many([2 ** 16, 1, 1]);
    await store.whileReplaced(async () => {
      expect(await many([1])).toBe(0);
      await connection.use((open) => open.clear('spendings'));
      expect(await many([5])).toBe(5);
      await connection.use((open) => open.clear('spendings'));
    });
    expect(await many([2 ** 16])).toBe(2 ** 16);
    expect(await many([1])).toBe(0);
  });

  test('and a repeated delivery changes nothing of it, known or not', async () => {
    const given = contributing(2 ** 15);
    await store.create(given);
    expect(await store.create(given)).toBeNull();
    store = new ReportStore(async () => environment, connection);
    expect(await store.create(given)).toBeNull();
    expect(await recorded()).toBe(2 ** 15);
    expect((await store.create(contributing(2 ** 15)))?.refusal).toBeNull();
    expect((await store.create(contributing(1)))?.refusal).toEqual(because('reasonNoReportBudget'));
  });
});

describe('a report is due', () => {
  const deterministic = { config: { ...DEFAULT_CONFIG, filteringIdMaxBytes: 2 } };

  test.each([
    ['none', {}, NOW],
    ['native', {}, NOW + 35 * MINUTE],
    ['native', deterministic, NOW - 100 + 5000],
    ['manual', {}, null],
  ] as const)('with the delay %j and %j at its time', async (delay, changes, due) => {
    environment.delay = delay;
    const created = await store.create(operation(changes));
    const report = await store.get(reportKey(created?.report?.reportId ?? '', 'live'));
    expect(report?.due ?? null).toBe(due);
    expect(report?.report.originalReportTime).toBe(due ?? NOW);
    expect((await store.due(1, new Set())).next).toBe(due === NOW ? null : due);
  });

  test.each([-30, 31])('five seconds after the operation has begun, also where the clock is put off by %i days', async (days) => {
    const clockOffset = days * 24 * 60 * MINUTE;
    Object.assign(environment, { delay: 'native', currentWallTime: NOW + clockOffset, clockOffset });
    await store.create(operation(deterministic));
    expect((await store.due(1, new Set())).next).toBe(NOW + clockOffset - 100 + 5000);
  });

  test('at once in debug mode, whatever the delay', async () => {
    environment.delay = 'manual';
    const created = await store.create(operation({ debugMode: { enabled: true, key: null } }));
    expect((await store.due(9, new Set())).due).toEqual([reportKey(created?.report?.reportId ?? '', 'debug')]);
  });

  test('when somebody asks for it, and when the delay changes', async () => {
    environment.delay = 'manual';
    const keys = [];
    for (let index = 0; index < 3; index++) keys.push(reportKey((await store.create(operation()))?.report?.reportId ?? '', 'live'));
    expect(await store.sendNow(keys[1] as string)).toBe(true);
    expect(await store.sendNow('no such report')).toBe(false);
    expect((await store.due(9, new Set())).due).toEqual([keys[1]]);
    await store.reschedule('native');
    expect((await store.due(9, new Set())).next).toBe(NOW + 35 * MINUTE);
    await store.reschedule('none');
    expect((await store.due(9, new Set())).due).toHaveLength(3);
  });

  test('fairly: so many of each reporting origin at a time', async () => {
    for (const origin of ['https://a.example', 'https://b.example', 'https://c.example'])
      for (let index = 0; index < 5; index++) await store.create(operation({ reportingOrigin: origin }));
    const { due } = await store.due(2, new Set());
    expect(due).toHaveLength(6);
    const others = await store.due(2, new Set(due));
    expect(others.due).toHaveLength(6);
    expect(others.due.some((key) => due.includes(key))).toBe(false);
  });
});

/** A sender whose requests are answered by the test. */
function createSender(answer: (attempt: number) => PostResult | Promise<PostResult>, prepare = async () => 'body') {
  const posted: string[] = [];
  const times: (number | null)[] = [];
  const underWay: Promise<unknown>[] = [];
  const sender = new ReportSender(store, {
    prepare: async () => ({ body: await prepare(), plaintext: new Uint8Array() }),
    async post({ key }) {
      posted.push(key);
      return answer(posted.length);
    },
    settled: () => undefined,
    wakeAt: (time) => times.push(time),
    keepAlive: (until) => underWay.push(until),
  });
  /** Resolves when nothing is under way any more. */
  const idle = async () => {
    await sender.wake();
    for (let done = 0; done < underWay.length; done++) await underWay[done];
  };
  return { sender, posted, times, idle };
}

/** As it is handed over to the sender. */
const handed = (prepare: HandedOver['prepare'], more: Partial<HandedOver> = {}): HandedOver => ({
  ...{ prepare, reportId: crypto.randomUUID(), isBegun: false, known: null },
  ...more,
});

const refused: PostResult = { problem: said('status 500'), isUnanswered: false };

describe('a sender', () => {
  test('sends each report once', async () => {
    for (let index = 0; index < 30; index++) await store.create(operation({ debugMode: { enabled: index % 2 === 0, key: null } }));
    const { posted, idle, sender } = createSender(() => 'accepted');
    void sender.wake();
    await idle();
    expect(new Set(posted).size).toBe(45);
    expect(posted).toHaveLength(45);
    expect((await states()).every((state) => state.endsWith(' sent'))).toBe(true);
  });

  test('has four requests to an origin at a time, and lets no origin wait for another', async () => {
    let release = () => {};
    const hanging = new Promise<void>((resolve) => (release = resolve));
    for (let index = 0; index < 6; index++) await store.create(operation());
    await store.create(operation({ reportingOrigin: 'https://b.example' }));
    const sentTo: string[] = [];
    const sender = new ReportSender(store, {
      prepare: async () => ({ body: '', plaintext: new Uint8Array() }),
      async post({ report: { reportingOrigin } }) {
        sentTo.push(reportingOrigin);
        if (reportingOrigin === 'https://a.example') await hanging;
        return 'accepted';
      },
      settled: () => undefined,
      wakeAt: () => undefined,
      keepAlive: () => undefined,
    });
    await sender.wake();
    await expect.poll(() => sentTo.sort()).toEqual([...Array(4).fill('https://a.example'), 'https://b.example']);
    await sender.wake();
    expect(sentTo).toHaveLength(5);
    release();
    await expect.poll(() => sentTo.length).toBe(7);
  });

  test('tries three times, after 5 and 15 minutes', async () => {
    await store.create(operation());
    const { posted, times, idle } = createSender(() => refused);
    await idle();
    expect(times.at(-1)).toBe(NOW + 5 * MINUTE);
    await idle();
    expect(posted).toHaveLength(1);
    environment.currentWallTime += 5 * MINUTE;
    await idle();
    expect(times.at(-1)).toBe(NOW + 20 * MINUTE);
    environment.currentWallTime += 15 * MINUTE;
    await idle();
    expect(posted).toHaveLength(3);
    expect(times.at(-1)).toBeNull();
    expect(await stored()).toMatchObject([{ state: 'failed', reason: 'status 500', attempts: 3, body: 'body' }]);
  });

  test('tries a duplicate of debug mode once', async () => {
    await store.create(operation({ debugMode: { enabled: true, key: null } }));
    const { idle } = createSender(() => refused);
    await idle();
    expect(await states()).toEqual(['debug failed', 'live pending']);
  });

  test('does not send again what nobody answered', async () => {
    await store.create(operation());
    const { idle, posted } = createSender(() => ({ problem: said('no answer'), isUnanswered: true }));
    await idle();
    expect(posted).toHaveLength(1);
    expect(await stored()).toMatchObject([{ state: 'failed', reason: because('reasonUnanswered', 'no answer') }]);
  });

  test('tries again where there is no public key', async () => {
    await store.create(operation());
    let hasKey = false;
    const { idle, posted } = createSender(
      () => 'accepted',
      async () => {
        if (!hasKey) throw new Error('no public key');
        return 'body';
      },
    );
    await idle();
    expect(await stored()).toMatchObject([{ state: 'pending', reason: 'no public key', attempts: 1, due: NOW + 5 * MINUTE }]);
    hasKey = true;
    environment.currentWallTime += 5 * MINUTE;
    await idle();
    expect(posted).toHaveLength(1);
    expect(await states()).toEqual(['live sent']);
  });

  test('sends nothing any more that an origin had waiting when it cleared its data, and what others have', async () => {
    environment.delay = 'manual';
    await store.create(operation());
    await store.create(operation({ reportingOrigin: 'https://b.example' }));
    expect(await store.failPending('https://a.example', said('cleared'))).toMatchObject([
      { report: { reportingOrigin: 'https://a.example' } },
    ]);
    await store.reschedule('none');
    const { idle, posted } = createSender(() => 'accepted');
    await idle();
    expect(posted).toHaveLength(1);
    const reasons = (await stored()).map(({ report: { reportingOrigin }, state, reason }) => [reportingOrigin, state, reason]);
    expect(reasons.sort()).toEqual([
      ['https://a.example', 'failed', 'cleared'],
      ['https://b.example', 'sent', null],
    ]);
  });

  test('of the next worker sends what the last one had not begun to, and not what it had', async () => {
    await store.create(operation());
    const stopped = createSender(() => new Promise(() => undefined));
    void stopped.sender.wake();
    await expect.poll(states).toEqual(['live sending']);
    await store.create(operation());
    const { idle, posted } = createSender(() => 'accepted');
    await idle();
    expect(posted).toHaveLength(1);
    expect(await states()).toEqual(['live failed', 'live sent']);
    const [interrupted] = (await stored()).filter(({ state }) => state === 'failed');
    expect(interrupted?.reason).toEqual(because('reasonInterrupted'));
    // A person may decide otherwise.
    await store.sendNow(interrupted?.key ?? '');
    await idle();
    expect(posted).toHaveLength(2);
    expect(await states()).toEqual(['live sent', 'live sent']);
  });
});

describe('a sender', () => {
  test('begins once with a report that is found just as it is handed over', async () => {
    const created = await store.create(operation());
    const prepare = vi.fn(async () => 'body');
    const { sender, posted, idle } = createSender(() => 'accepted', prepare);
    await sender.wake();
    sender.send(created?.stored ?? [], NOW);
    await idle();
    expect([prepare.mock.calls.length, posted.length]).toEqual([1, 1]);
  });

  const ready = async () => ({ body: 'body', plaintext: new Uint8Array([1]) });

  test('sends the duplicate of debug mode as it is stored, in one transaction, and the report after it; their content is kept', async () => {
    const claim = vi.spyOn(store, 'claim');
    let release = () => {};
    const held = new Promise<PostResult>((resolve) => (release = () => resolve('accepted')));
    const { sender, posted, idle } = createSender(() => held);
    const created = await sender.create(
      (sending) => store.create(operation({ debugMode: { enabled: true, key: null } }), sending),
      handed(ready),
    );
    const begun = created?.stored.map(({ kind, state, attempts }) => `${kind} ${state} ${attempts}`);
    expect(begun).toEqual(['debug sending 1', 'live pending 0']);
    expect(posted).toEqual([created?.stored[0]?.key]);
    await expect.poll(async () => (await stored()).find(({ kind }) => kind === 'debug')?.body).toBe('body');
    expect(claim).not.toHaveBeenCalled();
    sender.send(created?.stored ?? [], NOW);
    release();
    await idle();
    expect(await states()).toEqual(['debug sent', 'live sent']);
    expect(posted).toEqual(created?.stored.map(({ key }) => key));
    expect((await stored()).map(({ body }) => body)).toEqual(['body', 'body']);
  });

  test('writes two times what is answered at once: that it is being sent, and what it was and what became of it', async () => {
    const keepContent = vi.spyOn(store, 'keepContent');
    const { sender, idle } = createSender(() => 'accepted');
    await sender.create((sending) => store.create(operation({ debugMode: { enabled: true, key: null } }), sending), handed(ready));
    const debug = async () => (await stored()).find(({ kind }) => kind === 'debug');
    await expect.poll(debug).toMatchObject({ state: 'sent', body: 'body', plaintext: new Uint8Array([1]) });
    expect(keepContent).not.toHaveBeenCalled();
    await idle();
  });

  test('keeps the rest of each report until no other has come for a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
    const settle = vi.spyOn(store, 'settle');
    const { sender, posted, idle } = createSender(() => 'accepted');
    const has = async (condition: () => boolean) => {
      while (!condition()) await new Promise(setImmediate);
    };
    const made = [];
    for (let index = 1; index <= 5; index++) {
      made.push(sender.create((sending) => store.create(operation({ debugMode: { enabled: true, key: null } }), sending), handed(ready)));
      await has(() => posted.length === index);
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(settle).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(10);
    await has(() => settle.mock.calls.length === 5);
    vi.useRealTimers();
    await Promise.all(made);
    await idle();
    expect((await states()).filter((state) => state === 'debug sent')).toHaveLength(5);
  });

  test('sends none before it is stored, nor what could not be stored', async () => {
    const { sender, posted, idle } = createSender(() => 'accepted');
    const failing = sender.create(async (sending) => {
      await store.create(operation(), sending);
      throw new Error('no disk');
    }, handed(ready));
    await expect(failing).rejects.toThrow('no disk');
    expect(posted).toEqual([]);
    // Nobody is told of its end: who finds it, as a worker that starts does, says that it is not known.
    await idle();
    expect(posted).toEqual([]);
    expect(await states()).toEqual(['live failed']);
  });

  test('has no more than four under way to an origin, and leaves the others to be found', async () => {
    let release = () => {};
    const held = new Promise<PostResult>((resolve) => (release = () => resolve('accepted')));
    const { sender, posted, idle } = createSender(() => held);
    const made = await Promise.all(
      Array.from({ length: 9 }, () => sender.create((sending) => store.create(operation(), sending), handed(ready))),
    );
    const begun = made.flatMap((created) => created?.stored ?? []).filter(({ state }) => state === 'sending');
    expect(begun).toHaveLength(4);
    expect(posted).toHaveLength(4);
    release();
    await idle();
    expect(new Set(posted).size).toBe(9);
    expect(posted).toHaveLength(9);
  });

  test('waits for its time with what is not due, and tries again what could not be encrypted', async () => {
    environment.delay = 'native';
    const { sender, posted, idle } = createSender(() => 'accepted');
    await sender.create((sending) => store.create(operation(), sending), handed(ready));
    expect(await states()).toEqual(['live pending']);
    environment.delay = 'none';
    await sender.create(
      (sending) => store.create(operation(), sending),
      handed(async () => {
        throw new Error('no key');
      }),
    );
    await expect
      .poll(async () => (await stored()).find(({ reason }) => reason === 'no key'))
      .toMatchObject({
        ...{ state: 'pending', attempts: 1, due: NOW + 5 * MINUTE },
      });
    environment.currentWallTime += 5 * MINUTE;
    await idle();
    expect(posted).toHaveLength(1);
  });

  test('lets a report rest of which the disk takes nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const complain = vi.spyOn(console, 'error').mockReturnValue();
    try {
      const claim = vi.spyOn(store, 'claim').mockRejectedValue(new Error('no disk'));
      await store.create(operation());
      const { sender, posted, idle } = createSender(() => 'accepted');
      await sender.wake();
      await vi.waitFor(() => expect(complain).toHaveBeenCalled(), { timeout: 30_000 });
      for (let round = 0; round < 5; round++) await sender.wake();
      expect(claim).toHaveBeenCalledTimes(1);
      claim.mockRestore();
      await vi.advanceTimersByTimeAsync(60_000);
      await idle();
      expect(posted).toHaveLength(1);
    } finally {
      complain.mockRestore();
      vi.useRealTimers();
    }
  });
});

describe('the store', () => {
  test('keeps the beginning of what a page can make as long as it likes', async () => {
    await store.create(operation({ operationName: 'n'.repeat(1_000_000), moduleURL: `data:text/javascript,${'m'.repeat(1_000_000)}` }));
    const [report] = await stored();
    expect(JSON.stringify(report?.operation).length).toBeLessThan(2000);
  });

  test('keeps the newest reports, and all that are to be sent', async () => {
    store = new ReportStore(async () => environment, connection, undefined, { ...REPORT_LIMITS, settled: 100 });
    environment.delay = 'manual';
    await store.create(operation({ reportingOrigin: 'https://b.example' }));
    environment.delay = 'none';
    const { idle } = createSender(() => 'accepted');
    const first = await store.create(operation());
    for (let index = 0; index < 120; index++) {
      environment.currentWallTime++;
      await store.create(operation());
      if (index % 50 === 0) await idle();
    }
    await idle();
    await store.prune();
    const kept = await stored();
    expect(kept).toHaveLength(101);
    expect(kept.at(-1)?.state).toBe('pending');
    expect(kept.some(({ report }) => report.reportId === first?.report?.reportId)).toBe(false);
  });

  test('forgets everything when a person says so', async () => {
    await store.create(contributing(2 ** 16));
    await store.clear();
    expect(await stored()).toEqual([]);
    expect((await store.create(contributing(2 ** 16)))?.refusal).toBeNull();
  });
});
