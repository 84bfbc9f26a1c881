/** The test kit in a real browser, over the protocol: what pages do, it reads; what it sets, pages find. The adapters are tried by the projects in examples/. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attachSharedStorageLab, type SharedStorageLab } from '../../src/kit/cdp';
import { matchers } from '../../src/kit/matchers';
import { Lab, type Page, until } from './lab';
import { receiveReports } from './reports';

let lab: Lab;
let kit: SharedStorageLab;
beforeAll(async () => {
  lab = await Lab.open();
  kit = await attachSharedStorageLab(lab.browser.devtools);
});
beforeEach(async () => {
  await kit.replaceSettings(lab.hasNative ? { preferPolyfill: true } : {});
});
afterAll(() => lab.close());

const STRANGE = '\ud800 "\\\u2028 é 😀';

/** A page with a worklet. */
async function withModule(site: string, module: string): Promise<Page> {
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule(${JSON.stringify(module)})`);
  return page;
}

describe('entries', () => {
  test('that a page has set are read, in the order of iteration, with what the protocol said of the origin', async () => {
    const origin = lab.origin('kit-reads');
    const page = await lab.page('kit-reads');
    await page.evaluate(
      `Promise.all([sharedStorage.set('b', '1'), sharedStorage.set('a', ${JSON.stringify(STRANGE)}), sharedStorage.append('b', '2')])`,
    );
    expect(await kit.entries(origin)).toEqual([
      { key: 'a', value: STRANGE },
      { key: 'b', value: '12' },
    ]);
    const { creationTime, ...metadata } = await kit.metadata(origin);
    expect(metadata).toEqual({ length: 2, remainingBudget: 12, bytesUsed: 2 * ('ab'.length + STRANGE.length + '12'.length) });
    expect(Math.abs(creationTime - Date.now() / 1000)).toBeLessThan(60);
    expect(await kit.metadata(lab.origin('kit-nothing'))).toEqual({ creationTime: 0, length: 0, remainingBudget: 12, bytesUsed: 0 });
  });

  test('that a test has set are found by worklets, and those that it removes are not', async () => {
    const origin = lab.origin('kit-writes');
    await kit.setEntries(origin, { kept: '1', removed: '1', [STRANGE]: STRANGE });
    await kit.setEntries(origin, [{ key: 'kept', value: '2' }], { ignoreIfPresent: true });
    await kit.deleteEntry(origin, 'removed');
    await kit.deleteEntry(origin, 'never there');
    expect(await lab.stored('kit-writes')).toEqual({ kept: '1', [STRANGE]: STRANGE });
    await kit.clear(origin);
    expect(await lab.stored('kit-writes')).toEqual({});
  });

  test('are those that everybody has written by then, each time that they are read', async () => {
    const origin = lab.origin('kit-anew');
    lab.serve('/kit-set.js', `register('set', class { async run({ value }) { await sharedStorage.set('worklet', value); } })`);
    const page = await withModule('kit-anew', '/kit-set.js');
    const expected: Record<string, string> = {};
    const read = async () => Object.fromEntries((await kit.entries(origin)).map(({ key, value }) => [key, value]));
    for (const value of ['1', '2', '3']) {
      // Nobody has waited for it.
      await page.evaluate(`void sharedStorage.set('window', ${JSON.stringify(value)})`);
      Object.assign(expected, { window: value });
      await kit.waitForEvent({ ownerOrigin: origin, scope: 'window', method: 'set', params: { value } });
      expect(await read()).toEqual(expected);
      await page.evaluate(`sharedStorage.run('set', { data: { value: ${JSON.stringify(value)} }, keepAlive: true })`);
      Object.assign(expected, { worklet: value });
      await kit.waitForEvent({ ownerOrigin: origin, scope: 'sharedStorageWorklet', method: 'set', params: { value } });
      expect(await read()).toEqual(expected);
      await kit.setEntries(origin, { test: value });
      Object.assign(expected, { test: value });
      expect(await read()).toEqual(expected);
      await page.evaluate(`sharedStorage.append('acknowledged', '+')`);
      Object.assign(expected, { acknowledged: '+'.repeat(Number(value)) });
      expect(await read()).toEqual(expected);
    }
    await page.evaluate(`sharedStorage.clear()`);
    expect(await read()).toEqual({});
  });

  test('that do not fit are refused, all of them, and the reason is said', async () => {
    const origin = lab.origin('kit-full');
    await kit.settings({ quotaBytes: 100 });
    await expect(kit.setEntries(origin, { small: '1', large: 'x'.repeat(100) })).rejects.toThrow(origin);
    expect(await kit.entries(origin)).toEqual([]);
    await expect(kit.entries('shop.example')).rejects.toThrow('"shop.example" is no origin, such as "https://shop.example".');
    const slash = kit.setEntries(`${origin}/`, { k: 'v' });
    await expect(slash).rejects.toThrow(`"${origin}/" is no origin as browsers write it: "${origin}" is.`);
    await expect(kit.setEntries(origin, { '': 'v' })).rejects.toThrow('entries.update');
  });

  test('are expected by a matcher, which shows those that were there', async () => {
    const origin = lab.origin('kit-matcher');
    await kit.setEntries(origin, { kind: 'new' });
    const { toHaveSharedStorageEntry } = matchers;
    expect((await toHaveSharedStorageEntry.call({}, kit, origin, 'kind', 'new')).pass).toBe(true);
    const result = await toHaveSharedStorageEntry.call({}, kit, origin, 'kind', 'returning', { timeout: 50 });
    expect(result.pass).toBe(false);
    expect(result.message()).toContain('"kind": "new"');
  });
});

describe('accesses', () => {
  test('come as they happen: of windows, of worklets and of headers', async () => {
    const origin = lab.origin('kit-events');
    lab.serve('/kit-header', (_request, response) => response.writeHead(200, { 'Shared-Storage-Write': 'set;key=h;value=1' }).end());
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { scope, method, params } of kit.events({ ownerOrigin: origin })) {
        seen.push(`${scope} ${method} ${params.key ?? params.operationName ?? ''}`);
        if (scope === 'header') return;
      }
    })();
    const page = await withModule('kit-events', '/read-all.js');
    await page.evaluate(`sharedStorage.set('w', '1').then(() => sharedStorage.run('read all', { keepAlive: true }))`);
    await kit.waitForEvent({ ownerOrigin: origin, scope: 'sharedStorageWorklet', method: 'entries' });
    await page.evaluate(`fetch('/kit-header', { sharedStorageWritable: true })`);
    await watching;
    expect(seen).toEqual(
      expect.arrayContaining(['window addModule ', 'window set w', 'window run read all', 'sharedStorageWorklet entries ']),
    );
    expect(seen.at(-1)).toMatch(/^header Shared-Storage-Write/);
  });

  test('that never come are waited for no longer than was said, and those that came are named', async () => {
    const page = await lab.page('kit-waits');
    await page.evaluate(`sharedStorage.set('present', '1')`);
    const ownerOrigin = lab.origin('kit-waits');
    await kit.waitForEvent({ ownerOrigin });
    await expect(kit.waitForEvent({ ownerOrigin, method: 'clear' }, { timeout: 50 })).rejects.toThrow(/set of .*present/);
  });
});

describe('selectURL()', () => {
  const select = (page: Page) =>
    page.evaluate(
      `sharedStorage.selectURL('select', [{ url: '/0' }, { url: '/1' }, { url: '/2' }], { data: { returns: 1 }, keepAlive: true })`,
    );

  test('selects what a test forces, and afterwards what the operation says', async () => {
    const origin = lab.origin('kit-select');
    const page = await withModule('kit-select', '/select-url.js');
    await kit.selectUrl.force(origin, 'select', 2);
    const forced = await select(page);
    await until(async () => (await kit.selectUrl.last(origin))?.urn === forced);
    expect(await kit.selectUrl.last(origin)).toMatchObject({ origin, operationName: 'select', index: 2, url: `${origin}/2` });
    expect(await kit.selectUrl.last(origin)).toMatchObject({ reason: 'The setting selectUrl.forceIndex says so.', forcedOthers: [] });
    // There are three URLs.
    await kit.selectUrl.force(origin, 'select', 3);
    const outside = await select(page);
    await until(async () => (await kit.selectUrl.last(origin))?.urn === outside);
    expect(await kit.selectUrl.last(origin)).toMatchObject({ index: 1, reason: expect.stringMatching(/says 3, .* the call has 3 URLs/) });
    await kit.selectUrl.force(origin, 'select', 2);
    await kit.selectUrl.force(origin, 'another', 1);
    expect(await kit.selectUrl.last(origin)).toMatchObject({ operationName: 'select', forcedOthers: ['another'] });
    await kit.selectUrl.unforce(origin, 'never forced');
    expect(await kit.settings()).toMatchObject({ selectUrl: { forceIndex: { [origin]: { select: 2, another: 1 } } } });
    await kit.selectUrl.unforce(origin);
    expect(await kit.settings()).toMatchObject({ selectUrl: { forceIndex: {} } });
    const free = await select(page);
    await until(async () => (await kit.selectUrl.last(origin))?.urn === free);
    expect(await kit.selectUrl.last(origin)).toMatchObject({ index: 1, reason: null });
  });
});

describe('reports', () => {
  test('that there are none of are none, and nothing is sent', async () => {
    const none = { reportingOrigin: 'https://none.example' };
    expect(await kit.reports(none)).toEqual([]);
    await kit.sendReports(none);
    await expect(kit.waitForReport(none, { timeout: 0 })).rejects.toThrow(/not within 0 ms\. Instead there are/);
  });

  test('wait until a test sends them, and are found by what they contain', async () => {
    const received = receiveReports(lab);
    const origin = lab.origin('kit-reports');
    lab.serve(
      '/kit-contribute.js',
      `register('contribute', class { run() { privateAggregation.contributeToHistogram({ bucket: 5n, value: 7 }); } })`,
    );
    await kit.settings({ privateAggregation: { delay: 'manual' } });
    const page = await withModule('kit-reports', '/kit-contribute.js');
    await page.evaluate(`sharedStorage.run('contribute', { privateAggregationConfig: { contextId: 'visit' } })`);
    const filter = { reportingOrigin: origin, contribution: { bucket: 5n, value: 7 } };
    const report = await kit.waitForReport(filter);
    expect(report).toMatchObject({ kind: 'live', state: 'pending', contextId: 'visit', operation: { name: 'contribute' } });
    expect((await matchers.toHaveContributed.call({}, kit, origin, { bucket: 5n })).pass).toBe(true);
    expect(received).toEqual([]);
    await kit.sendReports({ reportingOrigin: origin });
    await kit.waitForReport({ ...filter, state: 'sent' });
    expect(received).toHaveLength(1);
    await expect(kit.waitForReport({ contribution: { bucket: 6n } }, { timeout: 50 })).rejects.toThrow(/reports?:.*"bucket":"5n"/s);
  });
});

describe('settings', () => {
  test('are changed one at a time, and an unknown one is refused', async () => {
    await kit.settings({ budgets: { pageBits: 3 } });
    const settings = await kit.settings({ blockedSites: ['https://blocked.example'] });
    expect(settings).toMatchObject({ budgets: { pageBits: 3, sitePageBits: 6 }, blockedSites: ['https://blocked.example'] });
    // @ts-expect-error TypeScript refuses it as well.
    await expect(kit.settings({ colour: 'red' })).rejects.toThrow('settings.colour');
    await expect(kit.settings({ budgets: { pageBits: -1 } })).rejects.toThrow('settings.budgets.pageBits');
    expect(await kit.settings()).toEqual(settings);
  });

  test('move the clock: what is too old is gone', async () => {
    const origin = lab.origin('kit-clock');
    await kit.setEntries(origin, { old: '1' });
    await kit.clock.advance(29 * 24 * 3600 * 1000);
    expect(await kit.entries(origin)).toHaveLength(1);
    await kit.clock.advance(2 * 24 * 3600 * 1000);
    expect(await kit.entries(origin)).toEqual([]);
    await expect(kit.clock.advance(Number.POSITIVE_INFINITY)).rejects.toThrow('settings.clockOffsetMs is invalid');
    await kit.clock.advance(-32 * 24 * 3600 * 1000);
    expect(await kit.settings()).toMatchObject({ clockOffsetMs: -24 * 3600 * 1000 });
    await kit.clock.reset();
    expect(await kit.settings()).toMatchObject({ clockOffsetMs: 0 });
  });
});

test('a fixture replaces the entries of its origins, and one that makes no sense changes nothing', async () => {
  const origin = lab.origin('kit-fixture');
  await kit.setEntries(origin, { old: '1' });
  const worker = `sharedStorageLab.request('state.export', { withKeyPair: false, recording: null })`;
  const fixture = JSON.parse(await lab.inExtension<string>(worker));
  await kit.setEntries(origin, { old: '2', new: '1' });
  await kit.loadFixture(fixture);
  expect(await kit.entries(origin)).toEqual([{ key: 'old', value: '1' }]);
  await expect(kit.loadFixture({ ...fixture, entries: 5 })).rejects.toThrow('entries');
  expect(await kit.entries(origin)).toHaveLength(1);
});

test('worklets are listed, with what they were asked for and what they said', async () => {
  const page = await withModule('kit-worklets', '/read-all.js');
  await page.evaluate(`sharedStorage.run('read all')`);
  const dataOrigin = lab.origin('kit-worklets');
  const worklet = await until(async () =>
    (await kit.worklets()).find(
      ({ runs, isAlive, ...one }) =>
        one.dataOrigin === dataOrigin && !isAlive && runs.length > 0 && runs.every(({ isRunning }) => !isRunning),
    ),
  );
  expect(worklet).toMatchObject({
    moduleURL: `${dataOrigin}/read-all.js`,
    operations: ['read all'],
    runs: [{ name: 'read all', failure: null, isRunning: false }],
  });
  expect(worklet.lines.join()).toContain('stored:');
});

test('how documents are keyed is told for each tab', async () => {
  const page = await lab.page('kit-isolation');
  const url = `${lab.origin('kit-isolation')}/blank.html`;
  const tab = (await kit.isolation()).find((one) => one.url === url);
  expect(tab?.documents).toMatchObject([{ url, originKeyed: await page.evaluate('originAgentCluster'), source: 'browser' }]);
});

test('events can be left at any time, and nobody is asked for more then', async () => {
  const origin = lab.origin('kit-leaves');
  const page = await lab.page('kit-leaves');
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  for await (const { params } of kit.events({ ownerOrigin: origin })) {
    expect(params.key).toBe('k');
    break;
  }
  const events = kit.events({ ownerOrigin: origin, method: 'clear' });
  const waiting = events.next();
  await events.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('a browser that is closed in the middle of waiting is told as it is, at once', async () => {
  const other = await Lab.open();
  const kitOfOther = await attachSharedStorageLab(other.browser.devtools);
  const waiting = Promise.allSettled([
    kitOfOther.waitForEvent({ method: 'never' }, { timeout: 3_600_000 }),
    kitOfOther.events({ method: 'never' }).next(),
    matchers.toHaveSharedStorageEntry.call({}, kitOfOther, other.origin('closed'), 'k', undefined, { timeout: 3_600_000 }),
  ]);
  await other.close();
  for (const outcome of await waiting)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.stringMatching(/has gone/) } });
  // The one beside it has felt nothing.
  expect(await kit.entries(lab.origin('kit-nothing'))).toEqual([]);
});

test('a service worker that was stopped is woken for the next request', async () => {
  const origin = lab.origin('kit-stopped');
  await kit.setEntries(origin, { k: 'v' });
  await lab.stopServiceWorker();
  expect(await kit.entries(origin)).toEqual([{ key: 'k', value: 'v' }]);
});

test('pages see nothing of it', async () => {
  const page = await lab.page('kit-unseen');
  expect(await page.evaluate(`typeof sharedStorageLab`)).toBe('undefined');
});
