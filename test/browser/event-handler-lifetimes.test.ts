/** What becomes of handlers when their document goes, their service worker is stopped, or somebody has changed their mind. docs/possibilities.md */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { called, configureHandlers, linesOf, listen, openPage, outcome, SWITCHED_ON } from './event-handlers';
import { Lab, type Page, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve(
    '/driven.html',
    `<!doctype html><script>
      onmessage = async ({ data, source }) => {
        let result;
        try { result = String(await (0, eval)(data)); } catch (error) { result = error.name + ': ' + error.message; }
        source.postMessage(result, '*');
      };
    </script>`,
  );
});
beforeEach(() => configureHandlers(lab));
afterAll(() => lab.close());

/** The keys that have handlers, as the database says. */
const watched = () => lab.records<string>('shared-storage', 'watched');

/** Whatever was changed before has been heard of by the handlers of all pages. */
async function settled(page: Page): Promise<void> {
  const value = String(++changes);
  await listen(page, 'note', { key: 'last' });
  await page.evaluate(`sharedStorage.set('last', '${value}')`);
  await until(() => linesOf(page).includes(called('last', 'set', value)));
}

let changes = 0;

/** Evaluates something in the page's only frame, which is of driven.html. */
const inFrame = (page: Page, expression: string) =>
  page.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data), { once: true });
    frames[0].postMessage(${JSON.stringify(expression)}, '*');
  })`);

const addFrame = (page: Page, url: string, allow = '') =>
  page.evaluate(`new Promise((resolve) => {
    const frame = Object.assign(document.createElement('iframe'), { src: '${url}', allow: '${allow}', onload: () => resolve() });
    document.body.append(frame);
  })`);

const REGISTER = `sharedStorage.worklet.addModule('/on-change.js').then(() => sharedStorage.addEventListener('key', 'count', { key: 'k' }))`;

test('a handler ends with its document', async () => {
  const page = await openPage(lab, 'ended');
  await addFrame(page, '/driven.html');
  expect(await inFrame(page, REGISTER)).toBe('undefined');
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(async () => (await lab.stored('ended'))['count of k'] === '|');
  await page.evaluate(`document.querySelector('iframe').remove()`);
  await until(async () => (await watched()).length === 0);
  await page.evaluate(`sharedStorage.set('k', '2')`);
  await settled(page);
  expect((await lab.stored('ended'))['count of k']).toBe('|');
  await page.close();
  await until(async () => (await watched()).length === 0);
});

test('of a document in the back/forward cache the calls wait, and are made when it is back', async () => {
  const page = await openPage(lab, 'cached');
  const other = await openPage(lab, 'cached');
  await page.evaluate(`addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; }), 0`);
  await listen(page, 'count', { key: 'k' });
  await page.evaluate(`location.href = '?elsewhere'; 0`);
  await until(async () => (await page.evaluate('location.search').catch(() => '')) === '?elsewhere');
  await other.evaluate(`sharedStorage.set('k', '1'), sharedStorage.append('k', '2')`);
  await settled(other);
  expect((await lab.stored('cached'))['count of k']).toBeUndefined();
  await page.evaluate(`history.back(); 0`);
  await until(async () => (await page.evaluate('globalThis.cameBack').catch(() => false)) === true);
  await until(async () => (await lab.stored('cached'))['count of k'] === '||');
  await page.close();
  await other.close();
});

const errorsOf = ({ console }: Page) => console.filter(({ level }) => level === 'error').map(({ args }) => String(args[0]));

/** What the event log says of calls that were refused. */
const refusals = async () => {
  const events = await lab.events<{ method: string; refusal: string | null }>();
  return events.flatMap(({ method, refusal }) => (method === 'event handler' && refusal ? [refusal] : []));
};

test.each([
  [{ enabled: false }, 'settings.enabled is false'],
  [{ enrollment: [] }, 'The site is not in settings.enrollment'],
])('with the settings changed to %j later, it is not called any more, and the console and the event log say why', async (later, reason) => {
  const page = await openPage(lab, 'later');
  const other = await openPage(lab, 'later');
  await page.evaluate(`sharedStorage.delete('k')`);
  await listen(page, 'note', { key: 'k' });
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(() => linesOf(page).length === 1);
  await lab.inExtension(`chrome.storage.local.set({ settings: ${JSON.stringify({ ...SWITCHED_ON, ...later })} })`);
  await until(async () => (await outcome(other, `sharedStorage.set('other', '1')`)) !== 'undefined');
  // A person may change it by hand all the same.
  await byHand(page, [{ type: 'append', key: 'k', value: '2' }]);
  await until(() => errorsOf(page).some((line) => line === `The event handler 'note' was not called for 'append' of 'k': ${reason}`));
  await until(async () => (await refusals()).includes(reason));
  await configureHandlers(lab);
  // What is refused is lost, and the handler is there still.
  await page.evaluate(`sharedStorage.set('k', '3')`);
  await until(() => linesOf(page).includes(called('k', 'set', '3')));
  expect(linesOf(page)).toEqual([called('k', 'set', '1'), called('k', 'set', '3')]);
  await page.close();
  await other.close();
});

test('while the setting is false, nothing is noted, nobody is called, and documents from before get no handler', async () => {
  const page = await openPage(lab, 'off');
  await listen(page, 'note', { key: 'k' });
  await configureHandlers(lab, {});
  expect(await outcome(page, `sharedStorage.addEventListener('key', 'note', { key: 'l' })`)).toBe(
    'NotSupportedError: settings.possibilities.eventHandlers is false',
  );
  await page.evaluate(`sharedStorage.set('k', '1')`);
  expect((await lab.stored('off')).k).toBe('1');
  expect(await lab.records('shared-storage', 'changes')).toEqual([]);
  await page.evaluate(`sharedStorage.run('write', { data: [['append', 'k', '2']], keepAlive: true })`);
  await until(async () => (await refusals()).includes('settings.possibilities.eventHandlers is false'));
  expect(linesOf(page)).toEqual(['written']);
  await page.close();
});

async function byHand(page: Page, methods: readonly object[]): Promise<void> {
  const origin = await page.evaluate('location.origin');
  const own = await lab.browser.openPage(`chrome-extension://${lab.browser.extensionId}/src/options/index.html`);
  await own.evaluate(
    `chrome.runtime.sendMessage({ to: 'extension-page', method: 'entries.update', params: ${JSON.stringify({ dataOrigin: origin, methods, tabId: null })} })`,
  );
  await own.close();
}

test('with a permissions policy that denies it later, it is not called any more', async () => {
  const page = await lab.page('outer');
  const inner = await openPage(lab, 'inner');
  await addFrame(page, `${lab.origin('inner')}/driven.html`, 'shared-storage');
  expect(await inFrame(page, REGISTER)).toBe('undefined');
  await inner.evaluate(`sharedStorage.set('k', '1')`);
  await until(async () => (await lab.stored('inner'))['count of k'] === '|');
  await page.evaluate(`document.querySelector('iframe').allow = "shared-storage 'none'"`);
  const before = (await refusals()).length;
  // The next worker reads the policy anew.
  await lab.stopServiceWorker();
  await inner.evaluate(`sharedStorage.set('k', '2')`);
  await until(async () => (await refusals()).length > before);
  expect((await refusals()).at(-1)).toBe(`policy denies: "shared-storage" is not enabled for ${lab.origin('inner')}`);
  expect((await lab.stored('inner'))['count of k']).toBe('|');
  // Nor is another one registered.
  expect(await inFrame(page, `sharedStorage.addEventListener('key', 'count', { key: 'l' })`)).toBe(
    `InvalidAccessError: Failed to execute 'addEventListener' on 'SharedStorage': The "shared-storage" Permissions Policy denied the method for the worklet origin.`,
  );
  await page.close();
  await inner.close();
});

test('a service worker that is stopped between a change and its call takes neither along', async () => {
  const page = await openPage(lab, 'stopped');
  await listen(page, 'note', { key: 'k' });
  // The worker does not hear any more that what it has written is stored, and so tells nobody.
  await lab.inExtension(`(() => {
    const { addEventListener } = IDBTransaction.prototype;
    IDBTransaction.prototype.addEventListener = function (type, ...rest) {
      if (type !== 'complete' || !this.objectStoreNames.contains('entries')) return addEventListener.call(this, type, ...rest);
    };
  })()`);
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(async () => (await lab.records('shared-storage', 'changes')).length === 1);
  expect(linesOf(page)).toEqual([]);
  await lab.stopServiceWorker();
  await until(() => linesOf(page).length > 0);
  await settled(page);
  expect(linesOf(page).filter((line) => line.includes('"k"'))).toEqual([called('k', 'set', '1')]);
  await page.close();
});

// By what the calls write: the browser may drop a console line that is on its way through a service worker that is stopped.
test('handlers and their calls survive the service worker, whenever it is stopped, and each change calls once', {
  timeout: 60_000,
}, async () => {
  const page = await openPage(lab, 'stops');
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  for (const key of keys) await listen(page, 'echo', { key });
  for (const [index, key] of keys.entries()) {
    const written = page.evaluate(`sharedStorage.set('${key}', 'x')`);
    // Between the call and its answer, or so much later that it may be applied by then.
    if (index % 2 === 0) await written;
    if (index % 4 === 0) await lab.records('shared-storage', 'changes');
    await lab.stopServiceWorker();
    await written;
  }
  await settled(page);
  const stored = () => lab.stored('stops');
  await until(async () => (await stored()).echoed?.length === keys.length);
  const { last: _last, ...written } = await stored();
  expect(written).toEqual({ ...Object.fromEntries(keys.map((key) => [key, 'x+'])), echoed: '+'.repeat(keys.length) });
  await page.close();
});

test('with its worklet a handler is gone, and what the next one hears begins with itself', async () => {
  const page = await openPage(lab, 'again');
  await page.evaluate(`sharedStorage.createWorklet('/on-change.js').then((worklet) => {
    globalThis.first = worklet;
    return sharedStorage.addEventListener('key', 'note', { key: 'k', worklet });
  })`);
  await until(async () => (await watched()).includes('k'));
  const alive = await lab.inExtension<string[]>(
    `chrome.runtime.sendMessage({ to: 'offscreen', method: 'host.alive', params: {} }).then(({ value }) => value)`,
  );
  const names = alive.map((name) => ({ documentId: name.split('/')[0], workletId: Number(name.split('/')[1]) }));
  const worklet = names.sort((a, b) => b.workletId - a.workletId)[0];
  await lab.inExtension(
    `chrome.runtime.sendMessage({ to: 'offscreen', method: 'host.end', params: { worklet: ${JSON.stringify(worklet)} } })`,
  );
  await until(async () => !(await watched()).includes('k'));
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await settled(page);
  await listen(page, 'note', { key: 'k' });
  await page.evaluate(`sharedStorage.set('k', '2')`);
  await settled(page);
  expect(linesOf(page).filter((line) => line.includes('"k"'))).toEqual([called('k', 'set', '2')]);
  await page.close();
});
