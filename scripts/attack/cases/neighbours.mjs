// Whoever lives beside the victim: another extension, another profile, other tabs.

import { loadNeighbour } from '../neighbour.mjs';

/** @type {WeakMap<object, ReturnType<typeof loadNeighbour>>} */
const neighbours = new WeakMap();

/** One for each browser. @param {import('../../browser/launch.mjs').Browser} browser */
const neighbourOf = (browser) => {
  const loaded = neighbours.get(browser) ?? loadNeighbour(browser);
  neighbours.set(browser, loaded);
  return loaded;
};

const MESSAGES = `[{ to: 'extension-page', method: 'state.export', params: {} }, { to: 'extension-page', method: 'entries.origins', params: {} }, { to: 'extension-page', method: 'entries.list', params: { dataOrigin: VICTIM, filter: '', sortBy: 'key', desc: false } },
  { to: 'extension-page', method: 'entries.value', params: { dataOrigin: VICTIM, key: 'canary' } }, { to: 'service-worker', facts: null, requests: [{ method: 'database.get', sequence: 1, after: 0, repeated: false, params: { key: 'canary' } }] },
  { to: 'service-worker', facts: null, requests: [{ method: 'database.update', sequence: 1, after: 0, repeated: false, params: { withLock: null, methods: [{ type: 'set', key: 'forged', value: 'forged', ignoreIfPresent: false }] } }] },
  { to: 'offscreen', method: 'read', params: {} }, { to: 'passage', params: { token: '00000000-0000-4000-8000-000000000000' } }, { to: 'selected-url', params: { urn: 'urn:uuid:00000000-0000-4000-8000-000000000000', isOwn: true } }, 'text', null]`;

/** Sends our extension each message, in each way; reports what comes back. */
const SEND = `(async (ID, VICTIM) => {
  const answers = [];
  for (const message of ${MESSAGES}) {
    const soon = (asked) => Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 200, 'no answer'))]);
    for (const ask of [
      () => soon(chrome.runtime.sendMessage(ID, message)),
      () => soon(chrome.runtime.sendMessage(message)),
      () => soon(new Promise((resolve) => { const port = chrome.runtime.connect(ID, { name: 'request' }); port.onMessage.addListener(resolve); port.onDisconnect.addListener(() => resolve('closed')); port.postMessage([1, message]); })),
      () => soon(new Promise((resolve) => { for (const name of ['document', 'documents', 'panel', 'developer-tools']) { const port = chrome.runtime.connect(ID, { name }); port.onMessage.addListener(resolve); port.postMessage(message); } })),
    ]) try { answers.push(JSON.stringify(await ask())); } catch (error) { answers.push(error.message); }
  }
  return answers.join();
})`;

/** What page code can do with a port, if it has one. */
const ASK = `(async () => {
  const answers = ['overheard ' + (globalThis.overheard ?? []).length];
  for (const target of globalThis.overheard ?? []) {
    if (!target) continue;
    target.dispatchEvent(new Event('wake', { cancelable: true }));
    const root = target instanceof Element ? target.shadowRoot ?? globalThis.chrome?.dom?.openOrClosedShadowRoot?.(target) : null;
    for (const port of [target, root].filter(Boolean)) {
      port.addEventListener('response', ({ detail }) => answers.push(JSON.stringify(detail)));
      let id = 1000;
      for (const [method, params] of [['database.get', { key: 'canary' }], ['entries.value', { dataOrigin: origin, key: 'canary' }], ['state.export', {}], ['fence.disableNetwork', {}], ['worklet.run', { workletId: 0, name: 'x', data: null, keepAlive: true, isModuleLoaded: true, config: null }]])
        port.dispatchEvent(new CustomEvent('request', { cancelable: true, detail: { id: ++id, method, params } }));
    }
  }
  await globalThis.sharedStorage?.delete('own');
  return answers.join();
})()`;

/** Runs in another profile of the browser, which has no part in what this one stored. @param {import('../case.mjs').Act} act @param {(page: import('../../browser/launch.mjs').Session) => Promise<unknown>} look */
async function inIncognito({ browser, origins, got }, look) {
  const { browserContextId } = await browser.devtools.send('Target.createBrowserContext');
  const url = `${origins.victim}/kit.html`;
  const { targetId } = await browser.devtools.send('Target.createTarget', { url, browserContextId });
  const page = await browser.attach((target) => target.targetId === targetId);
  /** @type {string[]} */
  const lines = [];
  page.on('Runtime.consoleAPICalled', ({ args }) => lines.push(args.map((/** @type {any} */ { value }) => value).join(' ')));
  await page.send('Runtime.enable');
  await page.evaluate(
    `new Promise((resolve) => { const wait = () => (document.readyState === 'complete' && globalThis.sharedStorage ? resolve() : setTimeout(wait, 10)); wait(); })`,
  );
  await look(page);
  for (const deadline = Date.now() + 10_000; !lines.some((line) => line.includes('ended')) && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  if (!lines.some((line) => line.includes('ended'))) throw new Error('the worklet of the other profile did not end');
  got(lines.join('\n'));
  await browser.devtools.send('Target.disposeBrowserContext', { browserContextId });
}

const DUMP = `register('dump', class { async run() { for await (const one of sharedStorage.entries()) console.log('found', one.join()); console.log('canary', await sharedStorage.get('canary'), await sharedStorage.length()); await sharedStorage.set('forged', 'v'); console.log('ended'); } });`;

/** @type {import('../case.mjs').Attack[]} */
export default [
  {
    name: 'neighbour-messages',
    tries: 'Another extension sends ours every message that it understands, by sendMessage() and by ports, from its service worker.',
    drive: async ({ browser, origins, got }) => {
      const neighbour = await neighbourOf(browser);
      got(await neighbour.evaluate(`${SEND}(${JSON.stringify(browser.extensionId)}, ${JSON.stringify(origins.victim)})`));
    },
  },
  {
    name: 'neighbour-content-messages',
    tries: 'A content script of another extension in a page of the victim sends ours every message.',
    drive: async ({ browser, page, origins, got }) => {
      const neighbour = await neighbourOf(browser);
      const [{ result }] = await neighbour.evaluate(
        `chrome.tabs.query({ url: ${JSON.stringify(`${new URL(origins.victim).origin}/attack*`.replace(/:\d+/, ''))} }).then(([tab]) => chrome.scripting.executeScript({ target: { tabId: tab.id }, args: [${JSON.stringify(browser.extensionId)}, ${JSON.stringify(origins.victim)}], func: ${SEND} }))`,
      );
      got(result ?? 'nothing', page.targetId);
    },
  },
  {
    name: 'neighbour-overhears',
    tries: "Scripts of another extension, in the page's realm and in their own, overhear the handshake and ask by what they have got.",
    drive: async ({ browser, origins, open, got }) => {
      await neighbourOf(browser);
      const page = await open(`${origins.victim}/attack?neighbour`);
      got(await page.evaluate(ASK));
    },
  },
  {
    name: 'neighbour-isolated-world',
    tries: 'A content script of another extension looks for our channel, our elements and our globals in its own isolated world.',
    drive: async ({ browser, origins, got }) => {
      const neighbour = await neighbourOf(browser);
      const found =
        await neighbour.evaluate(`chrome.tabs.query({ url: ${JSON.stringify(`${origins.victim}/attack*`.replace(/:\d+/, ''))} }).then(([tab]) => chrome.scripting.executeScript({ target: { tabId: tab.id }, func: () => {
        const found = [typeof sharedStorageLab, typeof sharedStorageLabHost, typeof sharedStorageLabURL, typeof sharedStorage, document.documentElement.outerHTML];
        for (const element of document.querySelectorAll('*')) found.push(chrome.dom?.openOrClosedShadowRoot(element)?.innerHTML ?? '');
        for (const script of ['page', 'fence', 'interest']) { const element = document.createElement('div'); element.attachShadow({ mode: 'open' }).addEventListener('response', ({ detail }) => found.push(JSON.stringify(detail)));
          document.dispatchEvent(new SubmitEvent('shared-storage-lab ' + script, { submitter: element }));
          found.push(element.dispatchEvent(new Event('wake', { cancelable: true }))); element.shadowRoot.dispatchEvent(new CustomEvent('request', { cancelable: true, detail: { id: 1, method: 'database.get', params: { key: 'canary' } } })); }
        return found.join();
      } }))`);
      got(JSON.stringify(found));
    },
  },
  {
    name: 'neighbour-main-world',
    tries: "Another extension runs its code in the page's realm, before and after a worklet has the canary, with everything replaced.",
    module: `register('attack', class { async run() { await sharedStorage.get('canary'); tried(1); } });`,
    page: `kit.listenEverywhere(); kit.got(await kit.run());`,
    drive: async ({ browser, origins, got }) => {
      const neighbour = await neighbourOf(browser);
      const found =
        await neighbour.evaluate(`chrome.tabs.query({ url: ${JSON.stringify(`${origins.victim}/attack*`.replace(/:\d+/, ''))} }).then(([tab]) => chrome.scripting.executeScript({ target: { tabId: tab.id }, world: 'MAIN', func: async () => {
        const seen = []; const { dispatchEvent } = EventTarget.prototype; EventTarget.prototype.dispatchEvent = function (event) { seen.push(event.type, JSON.stringify(event.detail)); return dispatchEvent.call(this, event); };
        for (const ask of [() => sharedStorage.get('canary'), () => sharedStorage.run('attack', { keepAlive: true }), () => sharedStorage.entries()]) try { seen.push(String(await ask())); } catch (error) { seen.push(error.name); }
        EventTarget.prototype.dispatchEvent = dispatchEvent; return seen.join();
      } }))`);
      got(JSON.stringify(found));
    },
  },
  {
    name: 'neighbour-pages',
    tries: 'Another extension opens our pages, injects scripts into them, and reads our files and storage.',
    drive: async ({ browser, got }) => {
      const neighbour = await neighbourOf(browser);
      got(
        await neighbour.evaluate(`(async (ID) => {
        const answers = [];
        for (const file of ['panel.html?tab=1', 'src/options/index.html', 'manifest.json', 'passage.html', 'src/worklet/frame.html']) {
          const url = 'chrome-extension://' + ID + '/' + file;
          try { answers.push(await (await fetch(url)).text()); } catch (error) { answers.push(error.message); }
          try { const tab = await chrome.tabs.create({ url, active: false }); await new Promise((resolve) => setTimeout(resolve, 100));
            for (const world of ['MAIN', 'ISOLATED']) try { const [{ result }] = await chrome.scripting.executeScript({ target: { tabId: tab.id }, world, func: () => document.documentElement.outerHTML }); answers.push(result); } catch (error) { answers.push(error.message); }
            await chrome.tabs.remove(tab.id); } catch (error) { answers.push(error.message); }
        }
        answers.push(JSON.stringify(await chrome.storage.local.get()), JSON.stringify(await indexedDB.databases()));
        return answers.join().slice(0, 20000);
      })(${JSON.stringify(browser.extensionId)})`),
      );
    },
  },
  {
    name: 'profile-worklet',
    tries: 'A worklet of the victim in another profile of the browser reads and writes everything.',
    serve: { '/dump.js': DUMP },
    drive: (act) =>
      inIncognito(act, (page) => page.evaluate(`sharedStorage.worklet.addModule('/dump.js').then(() => sharedStorage.run('dump'))`)),
  },
  {
    name: 'profile-clear',
    tries: 'A page of the victim in another profile clears and deletes everything.',
    serve: { '/dump.js': DUMP, '/clear': { headers: { 'Clear-Site-Data': '"storage", "cookies"' } } },
    drive: (act) =>
      inIncognito(act, (page) =>
        page.evaluate(
          `sharedStorage.clear().then(() => sharedStorage.delete('canary')).then(() => sharedStorage.worklet.addModule('/dump.js')).then(() => sharedStorage.run('dump'))`,
        ),
      ),
  },
  {
    name: 'profile-clear-site-data',
    tries: 'A response in another profile has the data of the victim cleared, by Clear-Site-Data.',
    serve: { '/dump.js': DUMP, '/clear': { headers: { 'Clear-Site-Data': '"storage", "cookies"' } } },
    drive: (act) =>
      inIncognito(act, (page) =>
        page.evaluate(`fetch('/clear').then(() => sharedStorage.worklet.addModule('/dump.js')).then(() => sharedStorage.run('dump'))`),
      ),
  },
];
