/** What is remembered of frames with opaque URLs: as long as they are there, and at no other site's cost. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-frame-records-'));
/** The hosts and queries of the creatives that were loaded. */
const loaded: string[] = [];

async function startLab(): Promise<void> {
  lab = await Lab.open({ profile });
  lab.serve('/creative', (_request, response, url) => {
    loaded.push(url.search.slice(1));
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' })
      .end('<!doctype html><title>creative</title>');
  });
  lab.serve('/select.js', `register('select', class { async run() { return 1; } })`);
}
beforeAll(startLab);
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close().catch(() => undefined);
  await untilTidied(async () => (await remembered()).length === 0);
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(profile, { recursive: true, force: true });
});

type Page = Awaited<ReturnType<Lab['page']>>;

const pages: Page[] = [];

async function open(site: string): Promise<Page> {
  const page = await lab.page(site);
  pages.push(page);
  return page;
}

const creative = (name: string) => `${lab.origin('ads')}/creative?${name}`;
const isLoaded = (name: string) => until(() => loaded.includes(name));

/** Shows the second of two URLs in an iframe, and in a fenced frame. */
const show = (page: Page, name: string) =>
  page.evaluate(`(async () => {
    await sharedStorage.worklet.addModule('/select.js');
    const urls = [0, 1].map((index) => ({ url: ${JSON.stringify(creative(name))} + '-iframe-' + index }));
    const urn = await sharedStorage.selectURL('select', urls, { keepAlive: true });
    document.body.append(Object.assign(document.createElement('iframe'), { src: urn }));
    const config = new FencedFrameConfig(${JSON.stringify(creative(name))} + '-fencedframe');
    document.body.append(Object.assign(document.createElement('fencedframe'), { config }));
  })()`);

async function showFenced(page: Page, name: string, realm = 'globalThis'): Promise<void> {
  await page.evaluate(`{
    const realm = ${realm};
    const config = new realm.FencedFrameConfig(${JSON.stringify(creative(name))});
    realm.document.body.append(Object.assign(realm.document.createElement('fencedframe'), { config }));
  }`);
  // Not only asked for: a page with a frame that is on its way is not kept.
  const frame = await lab.browser.attach(({ type, url }) => type === 'iframe' && url.startsWith(creative(name)));
  await until(() => frame.evaluate(`document.readyState === 'complete'`));
  await frame.detach();
}

async function showAndWait(page: Page, name: string): Promise<void> {
  await show(page, name);
  await isLoaded(`${name}-iframe-1`);
  await isLoaded(`${name}-fencedframe`);
}

const remembered = () => lab.records<{ value: { origin?: string; fenced?: boolean } }>('shared-storage-documents', 'records');
const contents = async () => (await remembered()).filter(({ value }) => value.fenced !== undefined);

/** Lets the alarm that looks what is left to remember go off at once, as often as it takes: the browser may have to let go of a document first. */
const untilTidied = (condition: () => Promise<boolean>) =>
  until(async () => {
    await lab.inExtension(`chrome.alarms.create('fence', { when: Date.now(), periodInMinutes: 1 })`);
    return condition();
  });

const hasFenceScript = () =>
  lab.inExtension<boolean>(`chrome.scripting.getRegisteredContentScripts({ ids: ['fence'] }).then(({ length }) => length > 0)`);

test("long URLs and much reporting metadata of one site do not keep another's frames from being filled", async () => {
  const greedy = await open('greedy');
  // Taken away at once: frames with such URLs are hard work for the browser.
  await greedy.evaluate(`(async () => {
    const long = 'x'.repeat(1_900_000);
    for (let index = 0; index < 20; index++) {
      const config = new FencedFrameConfig(${JSON.stringify(creative('never#'))} + long);
      const frame = document.body.appendChild(Object.assign(document.createElement('fencedframe'), { config }));
      frame.remove();
    }
    await sharedStorage.worklet.addModule('/select.js');
    for (let index = 0; index < 6; index++) {
      const reportingMetadata = { click: 'https://reports.example/?' + long };
      const urls = [0, 1].map((number) => ({ url: ${JSON.stringify(creative('metadata-'))} + index + '-' + number, reportingMetadata }));
      const urn = await sharedStorage.selectURL('select', urls, { keepAlive: true });
      document.body.append(Object.assign(document.createElement('iframe'), { src: urn }));
    }
  })()`);
  await isLoaded('metadata-0-1');
  const other = await open('other');
  await showAndWait(other, 'other');
  await greedy.evaluate(`{
    const config = new FencedFrameConfig(${JSON.stringify(creative('greedy'))});
    document.body.append(Object.assign(document.createElement('fencedframe'), { config }));
  }`);
  await isLoaded('greedy');
});

test('what is remembered goes with the frame, with the page, and at last with the script that their documents need', async () => {
  const page = await open('going');
  await showAndWait(page, 'going');
  await until(async () => (await contents()).length === 2);
  await page.evaluate(`document.querySelector('iframe').remove()`);
  await untilTidied(async () => (await contents()).length === 1);
  expect(await hasFenceScript()).toBe(true);
  await page.close();
  await untilTidied(async () => (await remembered()).length === 0 && !(await hasFenceScript()));
});

/** Fenced frames alone: in a window that shows the browser's dialog about a URN in an iframe, no page is kept. */
test('a page that may be gone back to keeps what is remembered of it', async () => {
  const page = await open('back');
  await page.evaluate(`addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; }), 0`);
  await showFenced(page, 'back-outer');
  // The document of another frame is the embedder.
  await page.evaluate(`new Promise((resolve) => {
    document.body.append(Object.assign(document.createElement('iframe'), { src: '/blank.html', id: 'embedder', onload: resolve }));
  }).then(() => undefined)`);
  await showFenced(page, 'back-nested', `document.querySelector('#embedder').contentWindow`);
  await until(async () => (await contents()).length === 2);
  await page.evaluate(`location.href = '/blank.html?elsewhere'`);
  await until(() => page.evaluate(`location.search === '?elsewhere'`).catch(() => false));
  // What belongs to others is forgotten meanwhile.
  const other = await open('other');
  await showFenced(other, 'forgotten');
  await until(async () => (await contents()).length === 3);
  await other.close();
  await untilTidied(async () => (await contents()).length <= 2);
  await until(async () => {
    await page.evaluate(`if (location.search !== '') history.back(); 0`).catch(() => undefined);
    return page.evaluate(`location.search === '' && document.readyState === 'complete'`).catch(() => false);
  });
  const why = `JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)`;
  await until(() => page.evaluate('globalThis.cameBack')).catch(async () => expect(await page.evaluate(why)).toBe('nothing'));
  expect(await contents()).toHaveLength(2);
});

test('a page that may be gone back to keeps what was selected for it, and what that cost', async () => {
  type Selection = { page: { documentId: string }; embedderOrigin: string };
  const selections = () => lab.records<Selection>('shared-storage-selections', 'selections');
  const selectionsOf = async (site: string) => (await selections()).filter(({ embedderOrigin }) => embedderOrigin === lab.origin(site));
  const budgets = async () => {
    const stored = await lab.records<{ siteCharged: object }>('shared-storage-selections', 'pageBudgets');
    return stored.filter(({ siteCharged }) => Object.keys(siteCharged).some((site) => site.includes('selected')));
  };
  const select = (page: Page, name: string) =>
    page.evaluate(`(async () => {
      addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; });
      await sharedStorage.worklet.addModule('/select.js');
      const urls = [0, 1].map((index) => ({ url: ${JSON.stringify(creative(name))} + '-' + index }));
      globalThis.config = await sharedStorage.selectURL('select', urls, { keepAlive: true, resolveToConfig: true });
    })()`);
  const page = await open('selected');
  await select(page, 'selected');
  await until(async () => (await budgets()).length === 1);
  await page.evaluate(`location.href = '/blank.html?elsewhere'`);
  await until(() => page.evaluate(`location.search === '?elsewhere'`).catch(() => false));
  const other = await open('closed');
  await select(other, 'closed');
  await other.close();
  // The alarm that comes every hour.
  await until(async () => {
    await lab.inExtension(`chrome.alarms.create('purge expired entries', { when: Date.now(), periodInMinutes: 60 })`);
    return (await selectionsOf('closed')).length === 0;
  });
  await until(async () => {
    await page.evaluate(`if (location.search !== '') history.back(); 0`).catch(() => undefined);
    return page.evaluate(`location.search === ''`).catch(() => false);
  });
  const why = `JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)`;
  expect(await page.evaluate(`globalThis.cameBack || ${why}`)).toBe(true);
  expect(await selectionsOf('selected')).toHaveLength(1);
  expect(await budgets()).toMatchObject([{ overallCharged: 1 }]);
  await page.evaluate(`document.body.append(Object.assign(document.createElement('fencedframe'), { config: globalThis.config })), 0`);
  await isLoaded('selected-1');
});

test('nothing of it is left when the browser is started again', async () => {
  await showAndWait(await open('restarted'), 'restarted');
  await until(async () => (await contents()).length === 2);
  await lab.close();
  await startLab();
  const page = await open('after');
  await showAndWait(page, 'after');
  expect((await contents()).map(({ value }) => value.origin)).toEqual([lab.origin('ads'), lab.origin('ads')]);
});
