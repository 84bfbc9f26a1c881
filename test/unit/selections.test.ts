/** The calls of selectURL() in the database: what a service worker and an offscreen document do to them, one after the other and at once. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { because, becauseOf, said } from '../../src/spec/reason';
import type { SelectionEnvironment } from '../../src/spec/select-url';
import { readBudgets, readSelections, resetBudget } from '../../src/store/select-url/read-selections';
import { connectToSelections, type SelectionsConnection, type StoredSelection } from '../../src/store/select-url/schema';
import { Selections } from '../../src/store/select-url/selections';

const SITE = 'https://a.example';
const MODULE = 'https://a.example/w.js';
const DAY = 24 * 60 * 60 * 1000;

let environment: SelectionEnvironment;
let selections: Selections;
let connection: SelectionsConnection;
let count: number;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  environment = {
    currentWallTime: 100 * DAY,
    navigationEntropyAllowance: 12,
    pageAllowances: { overall: 12, site: 6 },
    forcedIndex: () => undefined,
  };
  connection = connectToSelections();
  selections = new Selections(() => environment, connection);
  count = 0;
});

async function add(changes: Partial<StoredSelection> = {}, urlCount = 8): Promise<string> {
  const selectionId = ++count;
  const urn = `urn:uuid:${selectionId}`;
  const urls = Array.from({ length: urlCount }, (_, index) => ({ url: `https://a.example/${index}`, reportingMetadata: [] }));
  await selections.add({
    urn,
    documentId: 'd',
    selectionId,
    workletId: 1,
    embedderOrigin: 'https://top.example',
    page: { tabId: 1, documentId: 'top' },
    dataOrigin: SITE,
    site: SITE,
    operation: 'select',
    urls,
    savedQuery: '',
    time: 0,
    result: null,
    pendingBits: Math.log2(urlCount),
    ...changes,
  });
  return urn;
}

const none = () => false;
const resultOf = async (urn: string) => (await selections.get(urn))?.result;

test('a call is found by its URN and by its number, and gets one result', async () => {
  const urn = await add();
  expect((await selections.find('d', 1))?.urn).toBe(urn);
  expect(await selections.find('another', 1)).toBeUndefined();
  expect(await selections.begin(urn, MODULE, none)).toBe('run');
  expect(await selections.finish(urn, MODULE, { index: 5 })).toMatchObject([{ urn, result: { index: 5, reason: null, charged: true } }]);
  expect(await selections.finish(urn, MODULE, { index: 6 })).toEqual([]);
  expect(await selections.begin(urn, MODULE, none)).toMatchObject({ result: { index: 5 } });
  expect(await resultOf(urn)).toEqual({ index: 5, reason: null, charged: true });
});

test('nothing is known of what was never added', async () => {
  expect(await selections.get('urn:uuid:x')).toBeUndefined();
  expect(await selections.begin('urn:uuid:x', MODULE, none)).toBe('unknown');
  expect(await selections.finish('urn:uuid:x', MODULE, { index: 0 })).toEqual([]);
});

describe('budgets', () => {
  test('of the page are used up by calls that finish at once, exactly', async () => {
    const urns = await Promise.all([1, 2, 3].map(() => add()));
    const finished = await Promise.all(urns.map((urn) => selections.finish(urn, MODULE, { index: 7 })));
    expect(finished.flat().map(({ result }) => result.index)).toEqual([7, 7, 0]);
  });

  test('of the page are shared by all sites and by nobody else', async () => {
    const at = async (site: string, page: string, bits = 3) => {
      const urn = await add({ site, page: { tabId: 1, documentId: page } }, 2 ** bits);
      await selections.finish(urn, MODULE, { index: 1 });
      return (await resultOf(urn))?.index;
    };
    const sites = ['https://a.example', 'https://b.example', 'https://c.example'];
    for (const site of sites.slice(0, 2))
      expect([await at(site, 'top'), await at(site, 'top'), await at(site, 'top', 1)]).toEqual([1, 1, 0]);
    expect(await at('https://c.example', 'top')).toBe(0);
    expect(await at('https://a.example', 'another top')).toBe(1);
  });

  test('survive whoever keeps them', async () => {
    await selections.finish(await add(), MODULE, { index: 1 });
    connection = connectToSelections();
    selections = new Selections(() => environment, connection);
    await selections.finish(await add(), MODULE, { index: 1 });
    const third = await add();
    connection = connectToSelections();
    selections = new Selections(() => environment, connection);
    await selections.finish(third, MODULE, { index: 1 });
    expect((await resultOf(third))?.index).toBe(0);
  });

  test('of a site are charged once for each call that leads to a navigation, and come back after 24 hours', async () => {
    const urns = await Promise.all([1, 2, 3, 4].map((page) => add({ page: { tabId: 1, documentId: `top ${page}` } })));
    for (const urn of urns) await selections.finish(urn, MODULE, { index: 1 });
    expect(await selections.remainingNavigationBudget(SITE)).toBe(12);
    const [first = '', second = '', ...others] = urns;
    expect(await selections.chargeNavigation([first, second, 'urn:uuid:x'])).toEqual([
      { site: SITE, bits: 3 },
      { site: SITE, bits: 3 },
    ]);
    expect(await selections.chargeNavigation([first])).toEqual([]);
    expect(await selections.remainingNavigationBudget(SITE)).toBe(6);
    expect(await selections.remainingNavigationBudget('https://b.example')).toBe(12);
    await selections.chargeNavigation(others);
    const late = await add({ page: { tabId: 1, documentId: 'late' } }, 2);
    await selections.finish(late, MODULE, { index: 1 });
    expect(await resultOf(late)).toMatchObject({ index: 0, reason: because('reasonSiteBudget') });
    environment = { ...environment, currentWallTime: environment.currentWallTime + DAY + 1 };
    expect(await selections.remainingNavigationBudget(SITE)).toBe(12);
    await selections.purgeExpiredBitDebits();
    environment = { ...environment, currentWallTime: environment.currentWallTime - DAY };
    expect(await selections.remainingNavigationBudget(SITE)).toBe(12);
  });
});

test('what the budget of a site does not suffice for gives the default URL, and the navigation costs nothing', async () => {
  const left: number[] = [];
  const indices: number[] = [];
  for (let round = 0; round < 10; round++) {
    const urn = await add({ page: { tabId: 1, documentId: `page ${round}` } }, 3);
    const [settled] = await selections.finish(urn, MODULE, { index: 2 });
    indices.push(settled?.result.index ?? -1);
    await selections.chargeNavigation([urn]);
    left.push(await selections.remainingNavigationBudget(SITE));
  }
  expect(indices).toEqual([2, 2, 2, 2, 2, 2, 2, 0, 0, 0]);
  expect(left.slice(6)).toEqual(Array(4).fill(left[6]));
  expect(left[6]).toBeCloseTo(12 - 7 * Math.log2(3));
  // Two URLs cost a bit, and there is less than that; one costs none.
  const single = await add({ page: { tabId: 1, documentId: 'single' } }, 1);
  expect(await selections.finish(single, MODULE, { index: 0 })).toMatchObject([{ result: { index: 0, reason: null } }]);
});

describe('saved queries', () => {
  const saved = (changes: Partial<StoredSelection> = {}, urlCount = 8) => add({ savedQuery: 'q', ...changes }, urlCount);
  const running =
    (...urns: string[]) =>
    (urn: string) =>
      urns.includes(urn);

  test('run once, are charged once, and answer everybody on the page', async () => {
    const first = await saved();
    const second = await saved({ documentId: 'a frame' });
    expect(await selections.begin(first, MODULE, none)).toBe('run');
    expect(await selections.begin(second, MODULE, running(first))).toBe('wait');
    expect(await resultOf(second)).toBeNull();
    const settled = await selections.finish(first, MODULE, { index: 4 });
    expect(settled.map(({ urn, result }) => [urn, result.index, result.charged])).toEqual([
      [first, 4, true],
      [second, 4, false],
    ]);
    const third = await saved();
    expect(await selections.begin(third, MODULE, none)).toMatchObject({ urn: third, result: { index: 4, charged: false } });
    const charged = await add();
    await selections.finish(charged, MODULE, { index: 1 });
    expect((await resultOf(charged))?.charged).toBe(true);
  });

  test.each([
    ['page', { page: { tabId: 1, documentId: 'another' } }, MODULE],
    ['data origin', { dataOrigin: 'https://b.example' }, MODULE],
    ['operation', { operation: 'another' }, MODULE],
    ['name', { savedQuery: 'another' }, MODULE],
    ['script', {}, 'https://a.example/another.js'],
  ])('are another query with another %s', async (_what, changes, moduleURL) => {
    const first = await saved();
    await selections.begin(first, MODULE, none);
    await selections.finish(first, MODULE, { index: 4 });
    expect(await selections.begin(await saved(changes), moduleURL, none)).toBe('run');
  });

  test('save the default index where the operation failed', async () => {
    for (const result of [{ error: said('threw') }, { index: 8 }, { index: 2 ** 32 - 1 }]) {
      const savedQuery = JSON.stringify(result);
      const first = await saved({ savedQuery }, 2);
      await selections.begin(first, MODULE, none);
      await selections.finish(first, MODULE, result);
      expect(await selections.begin(await saved({ savedQuery }, 2), MODULE, none)).toMatchObject({ result: { index: 0, reason: null } });
    }
  });

  test('check their index against each list of URLs', async () => {
    const first = await saved();
    await selections.begin(first, MODULE, none);
    await selections.finish(first, MODULE, { index: 2 });
    expect(await selections.begin(await saved({}, 1), MODULE, none)).toMatchObject({ result: { index: 0 } });
    expect(await selections.begin(await saved({}, 3), MODULE, none)).toMatchObject({ result: { index: 2 } });
  });

  test('save nothing that was not paid for', async () => {
    await selections.finish(await add(), MODULE, { index: 1 });
    await selections.finish(await add(), MODULE, { index: 1 });
    const first = await saved();
    await selections.begin(first, MODULE, none);
    await selections.finish(first, MODULE, { index: 4 });
    expect((await resultOf(first))?.index).toBe(0);
    expect(await selections.begin(await saved(), MODULE, none)).toMatchObject({ result: { index: 0 } });
  });

  test('are run anew where the operation that was to decide is lost', async () => {
    const lost = await saved();
    await selections.begin(lost, MODULE, none);
    const next = await saved();
    expect(await selections.begin(next, MODULE, none)).toBe('run');
    await selections.finish(lost, '', { error: said('lost') });
    const [settled] = await selections.finish(next, MODULE, { index: 3 });
    expect(settled?.result.index).toBe(3);
    expect(await selections.begin(await saved(), MODULE, none)).toMatchObject({ result: { index: 3 } });
  });
});

test('an index that a setting prescribes wins over everything, where there is such a URL', async () => {
  environment = {
    ...environment,
    pageAllowances: { overall: 0, site: 0 },
    forcedIndex: (origin, operation) => (origin === SITE && operation === 'select' ? 2 : undefined),
  };
  const urn = await add();
  await selections.finish(urn, MODULE, { error: said('threw') });
  expect(await resultOf(urn)).toMatchObject({ index: 2, reason: because('reasonForced') });
  const two = await add({}, 2);
  await selections.finish(two, MODULE, { index: 1 });
  const notForced = becauseOf('reasonNotForced', 2, 2);
  expect(await resultOf(two)).toMatchObject({ index: 0, reason: because('reasonAndReason', notForced, because('reasonPageBudget')) });
  environment = { ...environment, pageAllowances: { overall: 12, site: 12 } };
  const own = await add({}, 2);
  await selections.finish(own, MODULE, { index: 1 });
  expect(await resultOf(own)).toMatchObject({ index: 1, reason: notForced });
});

test('what belonged to a page that is gone is forgotten, and its name means a new page', async () => {
  const page = { tabId: 2, documentId: 'gone' };
  const kept = await add();
  const gone = await add({ page, savedQuery: 'q' });
  for (const urn of [kept, gone]) {
    await selections.begin(urn, MODULE, none);
    await selections.finish(urn, MODULE, { index: 1 });
  }
  await selections.forgetPages(async ({ documentId }) => documentId === 'gone');
  expect(await selections.get(gone)).toBeUndefined();
  expect((await resultOf(kept))?.index).toBe(1);
  expect(await selections.begin(await add({ page, savedQuery: 'q' }), MODULE, none)).toBe('run');
});

describe('what a person looks at', () => {
  const left = async (page: string, sites: string[] = []) => readBudgets(connection, environment, page, sites);

  test('a call tells how its result came about, and what the budgets were before and after', async () => {
    const [returned, outside, threw] = [await add(), await add({}, 4), await add({}, 2)];
    await selections.finish(returned, MODULE, { index: 7 });
    await selections.finish(outside, MODULE, { index: 4 });
    await selections.finish(threw, MODULE, { error: said('it threw') });
    environment = { ...environment, forcedIndex: () => 1 };
    const forced = await add({}, 2);
    await selections.finish(forced, MODULE, { index: 0 });
    const accounts = (await readSelections(connection, 1)).toReversed().map(({ account }) => account);
    expect(accounts.map((account) => [account?.how, account?.before.sitePage, account?.after.sitePage, account?.short])).toEqual([
      ['returned', 6, 3, null],
      ['out of range', 3, 1, null],
      ['failed', 1, 0, null],
      ['forced', 0, 0, 'sitePage'],
    ]);
  });

  test('calls are those of the tab, the newest first', async () => {
    const urns = [await add({ time: 1 }), await add({ time: 2, page: { tabId: 2, documentId: 'other' } }), await add({ time: 3 })];
    expect((await readSelections(connection, 1)).map(({ urn }) => urn)).toEqual([urns[2], urns[0]]);
  });

  test('budgets are those that calls are charged by, and come back when they are reset or the day is over', async () => {
    const urn = await add();
    await selections.finish(urn, MODULE, { index: 7 });
    await selections.chargeNavigation([urn]);
    const refills = [{ bits: 3, time: 101 * DAY }];
    const other = { site: 'https://b.example', page: 9, sitePage: 6, siteDaily: 12, refills: [] };
    expect(await left('top', ['https://b.example'])).toEqual([{ site: SITE, page: 9, sitePage: 3, siteDaily: 9, refills }, other]);
    expect(await left('another', [SITE])).toEqual([{ site: SITE, page: 12, sitePage: 6, siteDaily: 9, refills }]);
    await resetBudget(connection, { type: 'page', page: 'top' });
    expect(await left('top', [SITE])).toEqual([{ site: SITE, page: 12, sitePage: 6, siteDaily: 9, refills }]);
    await resetBudget(connection, { type: 'site', site: SITE });
    expect(await left('top', [SITE])).toEqual([{ site: SITE, page: 12, sitePage: 6, siteDaily: 12, refills: [] }]);
    await selections.finish(await add(), MODULE, { index: 7 });
    expect(await left('top')).toMatchObject([{ page: 9, sitePage: 3 }]);
  });

  test('what a site spent is back after a day', async () => {
    const urn = await add();
    await selections.finish(urn, MODULE, { index: 7 });
    await selections.chargeNavigation([urn]);
    environment = { ...environment, currentWallTime: 101 * DAY + 1 };
    expect(await left('another', [SITE])).toEqual([{ site: SITE, page: 12, sitePage: 6, siteDaily: 12, refills: [] }]);
  });
});
