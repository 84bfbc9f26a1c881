/** The store in the browser: settings read live by every part, expiry, clearing, the event log. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';

let lab: Lab;
let worker: Session;
beforeAll(async () => {
  lab = await Lab.open();
  worker = await lab.browser.serviceWorker();
});
afterAll(() => lab.close());
afterEach(() => lab.configure({}));

const events = async () => await lab.events<{ method: string; scope: string; dataOrigin: string; refusal: string | null }>();

/** The event that says why. */
const refusal = (site: string, reason: RegExp) =>
  until(async () => (await events()).find((event) => event.dataOrigin === lab.origin(site) && reason.test(event.refusal ?? '')));

test('an update over the quota comes to nothing, its page is not told, the log says why', async () => {
  await lab.configure({ quotaBytes: 20 });
  const page = await lab.page('quota');
  await page.evaluate(`sharedStorage.set('k', '12345')`);
  await page.evaluate(`sharedStorage.append('k', '67890')`);
  expect(await lab.stored('quota')).toEqual({ k: '12345' });
  expect(await refusal('quota', /quota of 20 bytes/)).toMatchObject({ scope: 'window', method: 'append', result: false });
});

test('in a worklet an update over the quota is rejected', async () => {
  await lab.configure({ quotaBytes: 20 });
  lab.serve(
    '/fill.js',
    `register('fill', class { async run() {
      await sharedStorage.append('k', '12345');
      await sharedStorage.append('k', '67890').catch((error) => console.log('refused:', String(error)));
    } });`,
  );
  const page = await lab.page('worklet-quota');
  await page.evaluate(`sharedStorage.worklet.addModule('/fill.js').then(() => sharedStorage.run('fill'))`);
  const line = await until(() => page.console.find(({ args }) => args[1] === 'refused:'));
  expect(line.args[2]).toBe('OperationError: sharedStorage.append() failed');
  expect(await refusal('worklet-quota', /quota of 20 bytes/)).toMatchObject({ scope: 'worklet', method: 'append' });
  expect(await lab.stored('worklet-quota')).toEqual({ k: '12345' });
});

test('a worklet sees no entry that expired by a clock that was put forward while it ran', async () => {
  lab.serve(
    '/clock.js',
    `register('look', class { async run() { console.log('seen:', await sharedStorage.length(), String(await sharedStorage.get('k'))); } });`,
  );
  const page = await lab.page('clock');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => sharedStorage.worklet.addModule('/clock.js'))`);
  const seen = async () => {
    const count = page.console.length;
    await page.evaluate(`sharedStorage.run('look', { keepAlive: true })`);
    return (await until(() => page.console.slice(count).find(({ args }) => args[1] === 'seen:'))).args.slice(2);
  };
  expect(await seen()).toEqual([1, 'v']);
  await lab.configure({ clockOffsetMs: 30 * 24 * 60 * 60 * 1000 });
  await until(async () => (await seen())[0] === 0);
  expect(await seen()).toEqual([0, 'undefined']);
});

test('a worklet iterates entries in the order of their bytes in UTF-16LE', async () => {
  lab.serve(
    '/iterate.js',
    `register('iterate', class { async run() {
      const units = (key) => Array.from(key, (_, index) => key.charCodeAt(index).toString(16)).join('');
      const keys = [];
      for await (const key of sharedStorage.keys()) keys.push(units(key));
      console.log('iterated:', keys.join(' '));
    } });`,
  );
  const page = await lab.page('iterated');
  await page.evaluate(`(async () => {
    await Promise.all(['a', '\\n', '\u0100', '\\ud800', 'b'].map((key) => sharedStorage.set(key, '')));
    await sharedStorage.worklet.addModule('/iterate.js');
    await sharedStorage.run('iterate');
  })()`);
  const line = await until(() => page.console.find(({ args }) => args[1] === 'iterated:'));
  expect(line.args[2]).toBe('100 d800 a 61 62');
});

test('a worklet iterates what was there when it began, however much comes in between, and whether it waits for each or asks for all at once', async () => {
  lab.serve(
    '/iterate-many.js',
    `register('iterate', class { async run() {
      const names = Array.from({ length: 20_000 }, (_, index) => String(index).padStart(5, '0'));
      await sharedStorage.batchUpdate(names.map((name) => new SharedStorageSetMethod(name, 'v' + name)));
      const isWhole = (list) => list.length === names.length && list.every((each, index) => each === names[index]);
      const waited = sharedStorage.entries();
      const atOnce = sharedStorage.keys();
      const early = names.concat('', '').map(() => atOnce.next());
      await sharedStorage.clear();
      const seen = [];
      for await (const [key, value] of waited) seen.push(value === 'v' + key ? key : value);
      const results = await Promise.all(early);
      const ends = results.splice(names.length).concat(await atOnce.next(), await waited.next());
      const left = await sharedStorage.values().next();
      console.log('iterated:', isWhole(seen), isWhole(results.map(({ value }) => value)), JSON.stringify(ends), left.done);
    } });`,
  );
  const page = await lab.page('iterated-many');
  await page.evaluate(`sharedStorage.worklet.addModule('/iterate-many.js').then(() => sharedStorage.run('iterate'))`);
  const line = await until(() => page.console.find(({ args }) => args[1] === 'iterated:'));
  expect(line.args.slice(2)).toEqual([true, true, JSON.stringify(Array(4).fill({ done: true })), true]);
});

test('a page that is a file may write, as natively; a sandboxed one may not', async () => {
  const page = await lab.browser.openPage(new URL('../pages/blank.html', import.meta.url).href);
  const outcomeOf = (call: string) => page.evaluate(`${call}.then(() => 'fulfilled', (error) => error.name + ': ' + error.message)`);
  for (const call of [`set('k', 'v')`, `append('k', 'v', { withLock: 'lock' })`, `delete('k')`, 'clear()', 'batchUpdate([])'])
    expect(await outcomeOf(`sharedStorage.${call}`)).toBe('fulfilled');
  expect(await outcomeOf(`sharedStorage.worklet.addModule('blank.html')`)).toMatch(/^OperationError: Failed to load file:/);
  const sandboxed = `new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data));
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.srcdoc = '<script>sharedStorage.set("k", "v").catch(({ message }) => parent.postMessage(message, "*"))<' + '/script>';
    document.body.append(frame);
  })`;
  expect(await page.evaluate(sandboxed)).toMatch(/opaque origin context$/);
  await page.close();
});

test('the alarm purges what has expired', async () => {
  const page = await lab.page('purge');
  await page.evaluate(`sharedStorage.set('k', 'old')`);
  // Windows' updates are acknowledged before they are applied.
  await until(async () => (await lab.records<{ value: string }>('shared-storage', 'entries')).some(({ value }) => value === 'old'));
  await lab.configure({ clockOffsetMs: 31 * 24 * 60 * 60 * 1000 });
  expect(await worker.evaluate(`chrome.alarms.getAll().then((alarms) => alarms.map(({ periodInMinutes }) => periodInMinutes))`)).toEqual([
    60,
  ]);
  await worker.evaluate(`chrome.alarms.create('purge expired entries', { when: Date.now(), periodInMinutes: 60 })`);
  await until(async () => (await lab.records('shared-storage', 'entries')).length === 0);
  expect(await lab.records('shared-storage', 'origins')).toEqual([]);
});

const rejection = (page: Session, call: string) =>
  page.evaluate(`${call}.then(() => 'resolved', ({ name, message }) => name + ': ' + message)`);

test('switched off, and for a site that is not enrolled or blocked, everything is refused as native refused', async () => {
  const page = await lab.page('refused');
  for (const settings of [{ enabled: false }, { enrollment: ['https://a.example'] }, { blockedSites: ['refused.localhost'] }]) {
    await lab.configure(settings);
    expect(await rejection(page, `sharedStorage.set('k', 'v')`)).toBe('OperationError: sharedStorage is disabled');
    const other = await lab.page('refused');
    expect(await rejection(other, `sharedStorage.worklet.addModule('/read-all.js')`)).toMatch(
      /^OperationError: sharedStorage.worklet.addModule is disabled because either/,
    );
    expect(await rejection(other, `sharedStorage.run('operation', { keepAlive: true })`)).toBe('OperationError: sharedStorage is disabled');
    expect(await rejection(other, `sharedStorage.selectURL('operation', [{ url: '/' }])`)).toBe(
      'OperationError: sharedStorage.selectURL is disabled',
    );
  }
  for (const reason of [/settings.enabled/, /settings.enrollment/, /settings.blockedSites/]) await refusal('refused', reason);
  await lab.configure({});
  expect(await lab.stored('refused')).toEqual({});
});

test('what the settings got wrong is in the event log', async () => {
  await worker.evaluate(`chrome.storage.local.set({ settings: { quotaByte: 1 } })`);
  await until(async () => (await events()).some(({ refusal }) => refusal === 'settings.quotaByte is unknown and ignored'));
});

test.each([
  ['"storage"', true],
  ['"cache", "*"', true],
  ['"cookies"', false],
])('Clear-Site-Data: %s', async (value, clears) => {
  const site = `cleared-${value.replace(/\W/g, '')}`;
  lab.serve('/clear', (_request, response) => response.writeHead(200, { 'Clear-Site-Data': value }).end());
  const page = await lab.page(site);
  const other = await lab.page('not-cleared');
  await other.evaluate(`sharedStorage.set('k', 'v')`);
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  await page.evaluate(`fetch('/clear').then(() => undefined)`);
  if (clears)
    await until(async () =>
      (await events()).some(({ method, dataOrigin }) => method === 'clear-site-data' && dataOrigin === lab.origin(site)),
    );
  expect(await lab.stored(site)).toEqual(clears ? {} : { k: 'v' });
  expect(await lab.stored('not-cleared')).toEqual({ k: 'v' });
});
