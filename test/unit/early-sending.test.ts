/**
 * A report is sent while it is stored: never twice, whatever fails in between, and what became of it is stored where that is possible. `known` is called
 * once whoever hands it over knows that the request may have begun.
 */

import 'fake-indexeddb/auto';
import { IDBFactory, IDBTransaction } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PostResult } from '../../src/background/private-aggregation/post-report';
import { ReportSender } from '../../src/background/private-aggregation/report-sender';
import { type HandedOver, NothingSentError } from '../../src/background/private-aggregation/taken-report';
import type { OperationContributions } from '../../src/protocol/private-aggregation';
import { NATIVE_BUDGETS } from '../../src/spec/private-aggregation/budget';
import { DEFAULT_CONFIG } from '../../src/spec/private-aggregation/contributions';
import type { SchedulingEnvironment } from '../../src/spec/private-aggregation/scheduling';
import { because, said } from '../../src/spec/reason';
import { readReports } from '../../src/store/private-aggregation/read-reports';
import { type Outcome, ReportStore } from '../../src/store/private-aggregation/report-store';
import { connectToReports, type ReportsConnection } from '../../src/store/private-aggregation/schema';
import './promise-with-resolvers';

const NOW = 1_700_000_000_000;

let environment: SchedulingEnvironment;
let connection: ReportsConnection;
let store: ReportStore;
let count = 0;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  environment = { currentWallTime: NOW, clockOffset: 0, budgets: NATIVE_BUDGETS, delay: 'none', random: 0.5 };
  connection = connectToReports();
  store = new ReportStore(async () => environment, connection);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** In debug mode. */
const operation = (value = 2): OperationContributions => ({
  id: `document 1 ${++count}`,
  worklet: { documentId: 'document', workletId: 1 },
  tabId: 1,
  moduleURL: 'https://a.example/worklet.js',
  operationName: 'operation',
  reportingOrigin: 'https://a.example',
  contributions: [{ bucket: 1n, value, filteringId: 0n, errorEvent: null, count: 1 }],
  dropped: 0,
  debugMode: { enabled: true, key: null },
  config: DEFAULT_CONFIG,
  startTime: NOW - 100,
  end: 'finished',
});

const stored = () => readReports(connection, { limit: 100 });
const states = async () => (await stored()).map(({ kind, state }) => `${kind} ${state}`).sort();
const spent = async () => (await connection.use((open) => open.getAll('spendings'))).reduce((sum, { value }) => sum + value, 0);

const BEGUN = { reportId: '00000000-0000-4000-8000-000000000000', isBegun: true };

/** A service worker's sender, and how operations are handed over to it. */
function worker(answer: () => PostResult | Promise<PostResult> = () => 'accepted', ownStore = store) {
  const posted: string[] = [];
  const settled: string[] = [];
  const underWay: Promise<unknown>[] = [];
  const sender = new ReportSender(ownStore, {
    prepare: async () => ({ body: 'body', plaintext: new Uint8Array() }),
    async post({ key }) {
      posted.push(key);
      return answer();
    },
    settled: ({ kind }, outcome: Outcome) => void settled.push(outcome.sent ? `${kind} sent` : `${kind} ${JSON.stringify(outcome.reason)}`),
    wakeAt: () => undefined,
    keepAlive: (until) => void underWay.push(until),
  });
  const accept = async (
    given: OperationContributions,
    more: Partial<HandedOver> = {},
    after: () => Promise<void> = async () => undefined,
  ) => {
    const prepare = async () => ({ body: 'body', plaintext: new Uint8Array([1]) });
    const created = await sender.create(
      async (sending) => {
        const made = await ownStore.create(given, sending);
        await after();
        return made;
      },
      { prepare, reportId: crypto.randomUUID(), isBegun: false, known: null, ...more },
    );
    sender.send(created?.stored ?? [], NOW);
    return created;
  };
  const idle = async () => {
    await sender.wake();
    for (let done = 0; done < underWay.length; done++) await underWay[done];
  };
  return { accept, posted, settled, idle };
}

/** A first delivery: what it is sent under, and `hear`, after which whoever hands it over knows that it may be sent. */
function first() {
  let hear = () => {};
  const known = new Promise<void>((resolve) => (hear = resolve));
  return { given: { reportId: crypto.randomUUID(), known }, hear: () => hear() };
}

/** The next transaction that makes a report fails when `now` says so; `isClosed`: with its connection. Returns whether it has. */
function failing(now: () => boolean, isClosed = false): () => boolean {
  let hasFailed = false;
  vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
    const again = () => {
      if (!now()) {
        this.objectStore('operations').get('nothing').onsuccess = again;
        return;
      }
      this.abort();
      if (isClosed) this.db.close();
      hasFailed = true;
    };
    again();
  });
  return () => hasFailed;
}

/** Time for whatever could happen without being waited for. */
const aWhile = async () => {
  for (let step = 0; step < 50; step++) await new Promise(setImmediate);
};

/** Where all that the report depends on is in memory, it is made before there is a transaction. */
describe.each([true, false])('a report (with what its site has spent in memory: %s)', (isKnown) => {
  beforeEach(async () => {
    if (isKnown) await store.create({ ...operation(), contributions: [] });
  });

  test('begins once the one who handed it over knows of it, before it is stored, and no sooner', async () => {
    const { accept, posted, idle } = worker();
    const { given: delivery, hear } = first();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const accepted = accept(operation(), delivery, () => held);
    await expect.poll(states).toEqual(['debug sending', 'live pending']);
    await aWhile();
    expect(posted).toEqual([]);
    hear();
    await expect.poll(() => posted).toEqual([`${delivery.reportId} debug`]);
    release();
    await accepted;
    await idle();
    expect(await states()).toEqual(['debug sent', 'live sent']);
    expect(posted).toHaveLength(2);
  });

  test('begins when it is stored where nobody answers that, and where the same was delivered before', async () => {
    for (const knowing of [() => new Promise<void>(() => undefined), () => null, () => Promise.reject(new Error('closed'))]) {
      const { accept, posted, idle } = worker();
      let release = () => {};
      const accepted = accept(operation(), { known: knowing() }, () => new Promise<void>((resolve) => (release = resolve)));
      const before = (await stored()).length;
      await expect.poll(async () => (await stored()).length).toBe(before + 2);
      await aWhile();
      expect(posted).toEqual([]);
      release();
      await accepted;
      await idle();
      expect(posted).toHaveLength(2);
    }
  });

  test('never begins of what was handed over before, whichever worker had it', async () => {
    const given = operation();
    const earlier = worker();
    await earlier.accept(given, first().given);
    await earlier.idle();
    const second = worker(undefined, new ReportStore(async () => environment, connection));
    expect(await second.accept(given)).toBeNull();
    expect(await earlier.accept(given, BEGUN)).toBeNull();
    await second.idle();
    expect([earlier.posted.length, second.posted.length]).toEqual([2, 0]);
  });

  test('never begins where its transaction has failed before, also where it may a moment later; the next delivery sends it', async () => {
    const { accept, posted, idle } = worker();
    const { given: delivery, hear } = first();
    const given = operation(2 ** 16);
    failing(() => true);
    await expect(accept(given, delivery)).rejects.toThrow(NothingSentError);
    hear();
    await aWhile();
    expect(posted).toEqual([]);
    expect(await stored()).toEqual([]);
    await accept(given);
    await idle();
    expect(await states()).toEqual(['debug sent', 'live sent']);
    expect(posted).toHaveLength(2);
  });

  test('that had not begun when the browser closed the database is begun once, by whoever stores it then', async () => {
    const { accept, posted, idle } = worker();
    const { given: delivery, hear } = first();
    const hasFailed = failing(() => true, true);
    const accepted = accept(operation(), delivery);
    await expect.poll(hasFailed).toBe(true);
    hear();
    await accepted;
    await idle();
    expect(await states()).toEqual(['debug sent', 'live sent']);
    expect(posted.filter((key) => key.endsWith('debug'))).toEqual([`${delivery.reportId} debug`]);
  });

  test('that had begun when the browser closed the database is stored with what became of it, and not sent again', async () => {
    const { accept, posted, settled, idle } = worker();
    const { given: delivery, hear } = first();
    hear();
    failing(() => posted.length > 0, true);
    await accept(operation(), delivery);
    await idle();
    expect(await states()).toEqual(['debug sent', 'live sent']);
    expect(posted).toEqual(['debug', 'live'].map((kind) => `${delivery.reportId} ${kind}`));
    expect(settled.toSorted()).toEqual(['debug sent', 'live sent']);
    expect(await spent()).toBe(2);
  });

  test.each([true, false])(
    'that had begun when the disk refused it is stored by the next delivery, not sent again (answered before: %s)',
    async (isAnswered) => {
      let release = () => {};
      const held = new Promise<PostResult>((resolve) => (release = () => resolve('accepted')));
      const { accept, posted, settled, idle } = worker(() => (isAnswered ? 'accepted' : held));
      const { given: delivery, hear } = first();
      hear();
      const given = operation();
      failing(() => posted.length > 0);
      await expect(accept(given, delivery)).rejects.toThrow();
      await aWhile();
      expect([await stored(), settled]).toEqual([[], []]);
      const accepted = accept(given, { reportId: delivery.reportId, isBegun: true });
      await expect.poll(async () => (await stored()).length).toBe(2);
      release();
      await accepted;
      await idle();
      expect(await states()).toEqual(['debug sent', 'live sent']);
      expect(posted).toEqual(['debug', 'live'].map((kind) => `${delivery.reportId} ${kind}`));
      expect(settled.toSorted()).toEqual(['debug sent', 'live sent']);
      expect((await stored()).map(({ body }) => body)).toEqual(['body', 'body']);
    },
  );

  test('that had begun, and is never stored, is in the log once nobody tries any more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const { accept, posted, settled } = worker(() => ({ problem: said('status 500'), isUnanswered: false }));
    const { given: delivery, hear } = first();
    hear();
    failing(() => posted.length > 0);
    await Promise.all([expect(accept(operation(), delivery)).rejects.toThrow(), vi.advanceTimersByTimeAsync(2000)]);
    await vi.advanceTimersByTimeAsync(50_000);
    expect(settled).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(settled).toEqual(['debug "status 500"']);
  });

  test('that an earlier worker may have sent has failed: only the live report is sent, with the same id', async () => {
    const { accept, posted, settled, idle } = worker();
    await worker().idle();
    await idle();
    await accept(operation(), BEGUN);
    await idle();
    expect(posted).toEqual([`${BEGUN.reportId} live`]);
    expect(await states()).toEqual(['debug failed', 'live sent']);
    for (const { report, kind, reason } of await stored()) {
      expect(report).toMatchObject({ reportId: BEGUN.reportId });
      expect(reason).toEqual(kind === 'debug' ? because('reasonInterrupted') : null);
    }
    expect(settled.toSorted()).toEqual([`debug ${JSON.stringify(because('reasonInterrupted'))}`, 'live sent']);
  });

  test('that had begun, and could not be stored, is charged all the same: nobody else spends that, until it is stored or given up by a person', async () => {
    const { accept, posted } = worker();
    const { given: delivery, hear } = first();
    hear();
    const given = operation(2 ** 16 - 10);
    failing(() => posted.length > 0);
    await expect(accept(given, delivery)).rejects.toThrow();
    expect((await accept(operation(11)))?.refusal).toEqual(because('reasonNoReportBudget'));
    expect((await accept(operation(10)))?.refusal).toBeNull();
    expect((await accept(given, { reportId: delivery.reportId, isBegun: true }))?.refusal).toBeNull();
    expect(await spent()).toBe(2 ** 16);
    expect((await accept(operation(1)))?.refusal).toEqual(because('reasonNoReportBudget'));
    await store.clear();
    expect((await accept(operation(2 ** 16)))?.refusal).toBeNull();
  });

  test('counts for nothing where the database could not even be opened', async () => {
    const { accept } = worker();
    vi.spyOn(connection, 'use').mockRejectedValueOnce(new Error('no database'));
    await expect(accept(operation(2 ** 16), first().given)).rejects.toThrow(NothingSentError);
    expect((await accept(operation(2 ** 16), first().given))?.refusal).toBeNull();
  });

  test('counts from the moment when it is made: what comes before it is stored finds what is left, and no more', async () => {
    const { accept } = worker();
    const made = [2 ** 16 - 10, 11, 10, 1].map((value) => accept(operation(value), first().given));
    const refusals = (await Promise.all(made)).map((created) => created?.refusal);
    expect(refusals).toEqual([null, because('reasonNoReportBudget'), null, because('reasonNoReportBudget')]);
    expect(await spent()).toBe(2 ** 16);
  });

  test('is forgotten with all others while it is under way, and comes back neither with its answer nor as one to be sent', async () => {
    let release = () => {};
    const held = new Promise<PostResult>((resolve) => (release = () => resolve('accepted')));
    const { accept, posted, idle } = worker(() => held);
    const { given: delivery, hear } = first();
    hear();
    const accepted = accept({ ...operation(), debugMode: { enabled: false, key: null } }, delivery);
    await expect.poll(states).toEqual(['live sending']);
    expect(posted).toHaveLength(1);
    await store.clear();
    release();
    await accepted;
    await idle();
    expect([await stored(), posted.length]).toEqual([[], 1]);
  });
});
