/** Incognito windows have a store of their own, and leave nothing of it behind. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { configureHandlers, openPage } from './event-handlers';
import { Lab, readRecords, until } from './lab';

let lab: Lab;
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-incognito-'));
beforeAll(async () => {
  lab = await Lab.open({ incognito: true, profile });
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(profile, { recursive: true, force: true });
});

const MARK = 'a-value-that-nobody-else-writes';
const REGULAR = 'a-value-of-the-regular-window';

async function openIncognito(): Promise<{ contextId: string; page: Session }> {
  const { browserContextId } = await lab.browser.devtools.send('Target.createBrowserContext');
  const url = `${lab.origin('incognito')}/blank.html`;
  const { targetId } = await lab.browser.devtools.send('Target.createTarget', { url, browserContextId });
  const page = await lab.browser.attach((target) => target.targetId === targetId);
  await until(() => page.evaluate(`document.readyState === 'complete' && location.host !== '' && typeof sharedStorage === 'object'`));
  return { contextId: String(browserContextId), page };
}

/** All records in an object store of one browser context's. */
async function recordsOf(contextId: string, database: string, store: string): Promise<unknown[]> {
  const worker = await lab.browser.attach(
    ({ type, url, browserContextId }) =>
      type === 'service_worker' && url.startsWith('chrome-extension://') && browserContextId === contextId,
  );
  const records = (await worker.evaluate(readRecords(database, store))) as unknown[];
  // A worker that is debugged is not stopped.
  await worker.detach();
  return records;
}

async function values(contextId: string): Promise<string[]> {
  const entries = (await recordsOf(contextId, 'shared-storage', 'entries')) as { value: string }[];
  return entries.map(({ value }) => value);
}

function filesWith(text: string): string[] {
  const encodings = [Buffer.from(text, 'latin1'), Buffer.from(text, 'utf16le')];
  return fs
    .readdirSync(profile, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const content = fs.readFileSync(file);
      return encodings.some((encoded) => content.includes(encoded));
    });
}

test('what is written in an incognito window is in no other store, in no file, and gone with the window', async () => {
  const regular = await lab.page('regular');
  await regular.evaluate(`sharedStorage.set('k', '${REGULAR}')`);
  // Such files are found where there are any.
  await until(() => filesWith(REGULAR).length > 0);
  const first = await openIncognito();
  await first.page.evaluate(`sharedStorage.set('k', '${MARK}')`);
  // It was acknowledged when it was kept, a moment before it is applied.
  await until(async () => (await values(first.contextId)).length > 0);
  expect(await values(first.contextId)).toEqual([MARK]);
  expect(filesWith(MARK)).toEqual([]);
  await lab.browser.devtools.send('Target.disposeBrowserContext', { browserContextId: first.contextId });
  // Only the regular one is left. (In Chromium 150 the debugger's own list is wrong here, for any extension, and using it ends the browser.)
  await until(() => [...lab.browser.targets.values()].every(({ browserContextId }) => browserContextId !== first.contextId));
  expect(await values(String(lab.browser.targets.get(regular.targetId)?.browserContextId))).toEqual([REGULAR]);

  const second = await openIncognito();
  await second.page.evaluate(`sharedStorage.delete('nothing')`);
  expect(await values(second.contextId)).toEqual([]);
  expect(filesWith(MARK)).toEqual([]);
});

test('what comes to an incognito window clears nothing of the regular ones, and is not in their event log', async () => {
  lab.serve('/clear', (_request, response) => response.writeHead(200, { 'Clear-Site-Data': '"storage"' }).end());
  lab.serve('/write', (_request, response) => response.writeHead(200, { 'Shared-Storage-Write': 'set;key=k;value=v' }).end());
  lab.serve('/policy', (_request, response) => response.writeHead(200, { 'Origin-Policy': 'allowed=("x"), preferred="x"' }).end('here'));
  const regular = await lab.page('incognito');
  await regular.evaluate(`sharedStorage.set('k', '${REGULAR}')`);
  const idOfRegular = String(lab.browser.targets.get(regular.targetId)?.browserContextId);
  await until(async () => (await values(idOfRegular)).includes(REGULAR));
  const { contextId, page } = await openIncognito();
  await page.evaluate(`sharedStorage.set('k', '${MARK}')`);
  await until(async () => (await values(contextId)).includes(MARK));
  for (const path of ['/policy', '/write', '/clear']) await page.evaluate(`fetch('${path}?incognito').then((response) => response.text())`);
  await until(async () => (await values(contextId)).length === 0);
  // The browser tells of matches in their order: what the regular window asks for comes after all of these.
  await regular.evaluate(`fetch('/write?regular').then((response) => response.text())`);
  const logged = async () => JSON.stringify(await recordsOf(idOfRegular, 'shared-storage-events', 'events'));
  await until(async () => (await logged()).includes('/write?regular'));
  expect(await logged()).not.toContain('?incognito');
  expect(await values(idOfRegular)).toContain(REGULAR);
});

test('a handler of an incognito window hears of what is written in incognito windows, one of a regular window of what is written there', async () => {
  const regular = await openPage(lab, 'incognito');
  const idOfRegular = String(lab.browser.targets.get(regular.targetId)?.browserContextId);
  await configureHandlers(lab);
  // Both extensions, that of the incognito windows as well, give the methods to documents that are loaded from now on.
  await regular.navigate(`${lab.origin('incognito')}/blank.html`);
  const { contextId, page } = await openIncognito();
  await until(async () => {
    await page.navigate(`${lab.origin('incognito')}/blank.html`);
    return page.evaluate(`'addEventListener' in sharedStorage`);
  });
  for (const one of [regular, page]) {
    await one.evaluate(`sharedStorage.worklet.addModule('/on-change.js')`);
    await one.evaluate(`sharedStorage.addEventListener('key', 'count', { key: 'heard of' })`);
  }
  const countOf = async (id: string) => (await values(id)).filter((value) => /^\|+$/.test(value));
  await page.evaluate(`sharedStorage.set('heard of', 'in private')`);
  await until(async () => (await countOf(contextId)).includes('|'));
  await regular.evaluate(`sharedStorage.set('heard of', 'in public'), sharedStorage.append('heard of', '!')`);
  await until(async () => (await countOf(idOfRegular)).includes('||'));
  expect(await countOf(contextId)).toEqual(['|']);
  expect(await countOf(idOfRegular)).toEqual(['||']);
});
