/** The options page: settings, simulations, the clock, and everything that is kept as one file. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, isSettingGroup } from '../../src/extension/settings';
import { Lab, MUCH_LONGER, until } from './lab';
import { button, chooseFile, click, faultsOf, openOwn, type } from './own-pages';
import { press } from './panel';
import { receiveReports } from './reports';

let lab: Lab;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-options-'));
beforeAll(async () => {
  lab = await Lab.open();
  await lab.browser.devtools.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const openOptions = (part: string) => openOwn(lab, `options/index.html#${part}`);
const storedSettings = () => lab.inExtension(`chrome.storage.local.get('settings').then(({ settings }) => settings)`);
/** Once these settings are stored, and no others. */
const untilStored = (expected: object) => until(async () => isDeepStrictEqual(await storedSettings(), expected));
const field = (name: string) =>
  `all('lab-setting').find(({ path }) => path === '${name}')?.shadowRoot.querySelector('input, select, textarea')`;
const status = (session: Awaited<ReturnType<typeof openOptions>>) =>
  session.evaluate(`all('[role=status]').map(({ textContent }) => textContent.trim()).join(' ')`);
const alerts = (session: Awaited<ReturnType<typeof openOptions>>) =>
  session.evaluate(`all('[role=alert]').map(({ textContent }) => textContent.trim()).join(' ')`);

test('every setting is shown with what it means and its default; what does not count is told while it is typed, and is not stored', async () => {
  await lab.configure({});
  const options = await openOptions('settings');
  const shown = await until(async () => {
    const rows: string[][] = await options.evaluate(
      `all('lab-setting').map(({ path, shadowRoot }) => [path, ...['#meaning', '.soft'].map((part) => shadowRoot.querySelector(part).textContent.trim())])`,
    );
    return rows.length > 0 && rows;
  });
  const names = Object.entries(DEFAULT_SETTINGS).flatMap(([name, value]) =>
    isSettingGroup(name) ? Object.entries(value as object).map(([inner, one]) => [`${name}.${inner}`, one]) : [[name, value]],
  );
  expect(new Map(shown.map(([name, , standard]) => [name, standard]))).toEqual(
    new Map(names.map(([name, value]) => [name, `Default: ${JSON.stringify(value)}`])),
  );
  for (const [name, meaning] of shown) expect(meaning, name).not.toBe('');

  const isInvalid = (): Promise<string> => options.evaluate(`${field('quotaBytes')}.getAttribute('aria-invalid')`);
  await type(options, field('quotaBytes'), '-1', false);
  await until(async () => (await isInvalid()) === 'true');
  await type(options, field('quotaBytes'), '-1');
  expect(await storedSettings()).toEqual({});
  await type(options, field('quotaBytes'), '10');
  await untilStored({ quotaBytes: 10 });
  expect(await isInvalid()).toBe('false');
  await type(options, field('budgets.pageBits'), '3');
  await type(options, field('isolation'), '{"https://a.example": "origin-keyed"}');
  await click(options, field('preferPolyfill'));
  const all = { quotaBytes: 10, budgets: { pageBits: 3 }, isolation: { 'https://a.example': 'origin-keyed' }, preferPolyfill: true };
  await untilStored(all);

  const page = await lab.page('limited');
  await page.evaluate(`sharedStorage.set('key', 'longer than that').then(() => undefined)`);
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  expect(await lab.stored('limited')).toEqual({ k: 'v' });

  for (const name of ['quotaBytes', 'budgets.pageBits', 'isolation', 'preferPolyfill'])
    await click(options, `all('lab-setting').find(({ path }) => path === '${name}').shadowRoot.querySelector('button')`);
  await untilStored({});
  expect(await faultsOf(options, 'options-settings')).toEqual([]);
  await Promise.all([options.close(), page.close()]);
});

test('something is simulated for an origin that is typed, until it is removed', async () => {
  const options = await openOptions('simulations');
  const page = await lab.page('simulated');
  await type(options, `first('#origin')`, `${lab.origin('simulated')}/path`, false);
  await until(() => options.evaluate(`first('#wrong').textContent.includes('no origin')`));
  await type(options, `first('#origin')`, lab.origin('simulated'), false);
  await click(options, button('Add'));
  await click(options, `all('label').find(({ textContent }) => textContent.includes('Not enrolled'))?.querySelector('input')`);
  await untilStored({ simulations: { [lab.origin('simulated')]: { notEnrolled: true } } });
  const isDelayWrong = (): Promise<boolean> => options.evaluate(`first('input.delay').getAttribute('aria-invalid') === 'true'`);
  await type(options, `first('input.delay')`, '60001', false);
  await until(isDelayWrong);
  expect(await options.evaluate(`all('[id^=wrong-delay]').some(({ textContent }) => textContent.includes('does not count'))`)).toBe(true);
  await type(options, `first('input.delay')`, '60002');
  expect(await storedSettings()).toEqual({ simulations: { [lab.origin('simulated')]: { notEnrolled: true } } });
  await type(options, `first('input.delay')`, '60000');
  await untilStored({ simulations: { [lab.origin('simulated')]: { notEnrolled: true, slowWorkletMs: 60_000 } } });
  await until(async () => !(await isDelayWrong()));
  // Where it is still being typed in, its card goes with a change of it.
  await options.evaluate(`first('input.delay').blur()`);
  const outcome = (): Promise<string> => page.evaluate(`sharedStorage.set('k', 'v').then(() => 'fulfilled', ({ message }) => message)`);
  await until(async () => (await outcome()) === 'sharedStorage is disabled');
  expect(await faultsOf(options, 'options-simulations')).toEqual([]);
  await click(options, button('Remove'));
  await until(async () => (await outcome()) === 'fulfilled');
  expect(await storedSettings()).toEqual({ simulations: {} });
  await Promise.all([options.close(), page.close()]);
});

test('by the keyboard alone a part is chosen, an origin added, a switch switched', async () => {
  await lab.configure({});
  const options = await openOptions('settings');
  await until(() => options.evaluate(`all('[role=tab]').length > 0`));
  await options.send('Page.bringToFront');
  const active = `(() => { let element = document.activeElement; while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement; return element; })()`;
  const focused = (): Promise<string> =>
    options.evaluate(
      `(({ role, id, textContent, labels }) => role || id || labels?.[0]?.textContent.trim() || textContent.trim())(${active})`,
    );
  const tabTo = async (what: string) => {
    for (let count = 0; count < 20 && (await focused()) !== what; count++) await press(options, 'Tab');
    expect(await focused()).toBe(what);
  };
  await tabTo('tab');
  await press(options, 'ArrowRight');
  await until(() => options.evaluate(`location.hash === '#simulations'`));
  await until(() => options.evaluate(`Boolean(first('#origin'))`));
  await tabTo('origin');
  await options.send('Input.insertText', { text: 'https://keys.example' });
  await until(() => options.evaluate(`first('form button').disabled === false`));
  await press(options, 'Enter');
  await until(() => options.evaluate(`Boolean(first('fieldset'))`));
  await tabTo('Not enrolled');
  await press(options, ' ');
  await untilStored({ simulations: { 'https://keys.example': { notEnrolled: true } } });
  await options.close();
});

test('the clock is put forward, and set right again', async () => {
  await lab.configure({ retentionDays: 2 });
  const page = await lab.page('clock');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  expect(await lab.stored('clock')).toEqual({ k: 'v' });
  const options = await openOptions('clock');
  for (const label of ['+1 hour', '+1 day']) await click(options, button(label));
  await until(async () => (await status(options)).includes('1.04'));
  expect(await lab.stored('clock')).toEqual({ k: 'v' });
  expect(await faultsOf(options, 'options-clock')).toEqual([]);
  await click(options, button('+1 day'));
  await until(async () => (await status(options)).includes('2.04'));
  await until(
    async () => (await lab.records<{ clockOffsetMs: number }>('shared-storage', 'settings'))[0]?.clockOffsetMs === 49 * 3_600_000,
  );
  expect(await lab.stored('clock')).toEqual({});
  await click(options, button('Set it right'));
  await until(async () => (await status(options)).includes('The clock is right.'));
  expect(await storedSettings()).toEqual({ retentionDays: 2 });
  await Promise.all([options.close(), page.close()]);
});

test('a clock that would be more than a hundred years off stays as it is, and says so', async () => {
  const clockOffsetMs = 100 * 366 * 86_400_000 - 1;
  await lab.configure({ clockOffsetMs });
  const options = await openOptions('clock');
  await click(options, button('+1 hour'));
  await until(async () => (await alerts(options)).includes('a hundred years off at most'));
  expect(await storedSettings()).toEqual({ clockOffsetMs });
  expect(await faultsOf(options, 'options-clock-far')).toEqual([]);
  await click(options, button('Set it right'));
  await untilStored({});
  await until(async () => (await alerts(options)) === '');
  await options.close();
});

/** Exports, and resolves to the file. */
async function exportFile(options: Awaited<ReturnType<typeof openOptions>>): Promise<string> {
  const before = new Set(fs.readdirSync(folder));
  await click(options, button('Export everything'));
  const said = await until(async () => (await alerts(options)) || /Exported as (\S+\.json)/.exec(await status(options))?.[1]);
  const name = await until(() => fs.readdirSync(folder).find((one) => one === said && !before.has(one))).catch(() => {
    throw new Error(`${said} is not among ${fs.readdirSync(folder)}`);
  });
  return path.join(folder, name);
}

const readState = (file: string) => {
  const { exported: _, ...state } = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  return state;
};

/** Keys, values and times of all entries, and what is said of their origins. */
const allEntries = () =>
  lab.inExtension(`(async () => {
    const settled = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
    const opened = await settled(indexedDB.open('shared-storage'));
    const transaction = opened.transaction(['entries', 'origins']);
    const [keys, values, origins, usages] = await Promise.all([
      settled(transaction.objectStore('entries').getAllKeys()), settled(transaction.objectStore('entries').getAll()),
      settled(transaction.objectStore('origins').getAllKeys()), settled(transaction.objectStore('origins').getAll()),
    ]);
    opened.close();
    return JSON.stringify({ keys, values, origins, usages: usages.map(({ bytes, count }) => ({ bytes, count })) });
  })()`);

test('what pages have made is exported, wiped and imported, and is the same, entry by entry', async () => {
  await lab.configure({ privateAggregation: { delay: 'manual' }, retentionDays: 60 });
  receiveReports(lab);
  for (const site of ['one', 'two', 'three']) {
    const page = await lab.page(site);
    await page.evaluate(`(async () => {
      for (const key of ['\\ud800', '\\udc00', '😀', 'a\\u0000', '\\uffff', '__proto__', ' ']) await sharedStorage.set(key, key + '${site}' + '\\udfff');
      await sharedStorage.set('empty', '');
      await sharedStorage.append('empty', '');
    })()`);
    await page.evaluate(`sharedStorage.worklet.addModule('/contribute.js')`);
    await page.evaluate(
      `sharedStorage.run('contribute', { data: { buckets: [1n, 2n ** 127n, 3n], debugKey: 2n ** 64n - 1n } }).then(() => undefined)`,
    );
  }
  const count = (store: string) =>
    lab.inExtension<number>(`(async () => {
    const settled = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    const opened = await settled(indexedDB.open('private-aggregation'));
    const found = await settled(opened.transaction('${store}').objectStore('${store}').count());
    opened.close();
    return found;
  })()`);
  // A report of each, and its duplicate.
  await until(async () => (await count('reports')) === 6);
  const options = await openOptions('state');
  const settledStates = () =>
    lab.inExtension<number>(`(async () => {
    const settled = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    const opened = await settled(indexedDB.open('private-aggregation'));
    const all = await settled(opened.transaction('reports').objectStore('reports').getAll());
    opened.close();
    return all.filter(({ state }) => state === 'sent').length;
  })()`);
  await until(async () => (await settledStates()) === 3);
  const entries = await allEntries();
  const file = await exportFile(options);
  const before = readState(file);
  expect(Object.keys(before.entries as object)).toEqual(expect.arrayContaining(['one', 'two', 'three'].map((site) => lab.origin(site))));
  expect(before.reports).toHaveLength(6);

  await click(options, button('Reset all…'));
  expect(await allEntries()).toBe(entries);
  await click(options, button('Yes, forget'));
  await until(async () => (await status(options)).includes('forgotten'));
  expect(await lab.stored('one')).toEqual({});
  // The import takes the place of what is in the event log by then: a worklet's reading comes into it a little later.
  await until(async () => {
    const events = await lab.records<{ method: string; dataOrigin: string }>('shared-storage-events', 'events');
    return events.some(({ method, dataOrigin }) => method === 'entries' && dataOrigin === lab.origin('one'));
  });
  expect([await count('reports'), await count('spendings')]).toEqual([0, 0]);
  await lab.configure({});

  await chooseFile(options, `first('#file')`, file);
  await click(options, button('Import everything'));
  await until(async () => (await status(options)).startsWith('Put in place: '));
  expect(await allEntries()).toBe(entries);
  expect(readState(await exportFile(options))).toEqual(before);
  expect(await lab.stored('two')).toMatchObject({ '\ud800': '\ud800two\udfff', empty: '' });
  expect(await faultsOf(options, 'options-state')).toEqual([]);
  await options.close();
});

test('a fixture changes the entries of the origins that it names; a file with a mistake changes nothing, and the mistake is named', async () => {
  await lab.configure({});
  const [page, other] = [await lab.page('fixture'), await lab.page('other')];
  for (const one of [page, other]) await one.evaluate(`sharedStorage.set('before', '1').then(() => undefined)`);
  const options = await openOptions('state');
  const write = (name: string, contents: object) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, JSON.stringify({ format: 'shared-storage-lab', version: 1, ...contents }));
    return file;
  };
  const entries = { [lab.origin('fixture')]: [{ key: 'visits', value: '3' }] };
  await chooseFile(options, `first('#file')`, write('fixture.json', { entries, settings: { enabled: false } }));
  await click(options, button('Load as fixture'));
  await until(async () => (await status(options)).startsWith('Put in place: 1 entry'));
  expect(await lab.stored('fixture')).toEqual({ visits: '3' });
  expect(await lab.stored('other')).toEqual({ before: '1' });

  const wrong = { entries: { [lab.origin('other')]: [{ key: 'k', value: 1 }] }, settings: { budgets: { pageBits: -1 } } };
  await chooseFile(options, `first('#file')`, write('wrong.json', wrong));
  await click(options, button('Import everything'));
  const told = await until(() => alerts(options));
  expect(told).toContain('Nothing was changed.');
  expect(told).toContain('/0/value is not a value');
  expect(told).toContain('/settings/budgets/pageBits is invalid');
  expect(await lab.stored('other')).toEqual({ before: '1' });
  expect(await faultsOf(options, 'options-state-wrong')).toEqual([]);

  // Many, in bounded time.
  const many = Array.from({ length: 100_000 }, (_, index) => ({ key: `key ${index}`, value: 'v', lastUpdated: Date.now() }));
  await chooseFile(options, `first('#file')`, write('many.json', { entries: { [lab.origin('many')]: many } }));
  const begun = performance.now();
  await click(options, button('Load as fixture'));
  await until(async () => (await status(options)).includes('100,000 entries'), MUCH_LONGER);
  console.log(`100,000 entries: ${Math.round(performance.now() - begun)} ms`);
  const reader = await lab.page('many');
  lab.serve('/length.js', `register('length', class { async run() { console.log('length:', await sharedStorage.length()); } });`);
  await reader.evaluate(`sharedStorage.worklet.addModule('/length.js').then(() => sharedStorage.run('length'))`);
  await until(() => reader.console.some(({ args }) => args[1] === 'length:' && args[2] === 100_000), MUCH_LONGER);
  await Promise.all([options, page, other, reader].map((one) => one.close()));
});
