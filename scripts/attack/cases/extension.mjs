// Pages that turn to the extension itself: its messages, its pages, its files.

const FILES = `['manifest.json', 'panel.html', 'src/panel/panel.html', 'src/options/index.html', 'src/popup/popup.html', 'src/devtools/index.html', 'src/offscreen/offscreen.html', 'src/offscreen/index.html',
  'src/worklet/frame.html', 'passage.html', 'passage.js', 'service-worker.js', 'service-worker-loader.js', 'src/content/bridge.iife.js', 'src/page/install.iife.js', 'rules/storage-writable.json', '_locales/en/messages.json']`;

/** @type {import('../case.mjs').Attack[]} */
export default [
  {
    name: 'extension-messages',
    tries: 'The page sends the extension every message that it understands, by chrome.runtime.',
    page: `
      const id = stage.extension.split('/')[2];
      const messages = [{ to: 'extension-page', method: 'entries.list' }, { to: 'service-worker', facts: null, requests: [{ method: 'database.get', sequence: 1, after: 0, repeated: false, params: { key: 'canary' } }] },
        { to: 'extension-page', method: 'state.export', params: {} }, { to: 'offscreen', method: 'read' }];
      for (const message of messages) await kit.each({
        send: () => chrome.runtime.sendMessage(id, message), connect: () => { const port = chrome.runtime.connect(id); port.onMessage.addListener((answer) => kit.got(answer)); port.postMessage(message); },
        native: () => chrome.runtime.sendNativeMessage(id, message), own: () => chrome.runtime.sendMessage(message), post: () => postMessage(message, '*'), channel: () => new BroadcastChannel('events').postMessage(message) });`,
  },
  {
    name: 'extension-frames',
    tries: "The page shows the extension's pages in frames, and listens to them and looks into them.",
    page: `
      kit.listenEverywhere();
      for (const file of ${FILES}) {
        const frame = document.createElement('iframe');
        frame.src = stage.extension + '/' + file + '?tab=1';
        const loaded = new Promise((resolve) => { frame.onload = frame.onerror = resolve; });
        document.body.append(frame); await loaded;
        await kit.each({ document: () => frame.contentDocument?.documentElement.outerHTML, window: () => frame.contentWindow.sharedStorageLab, post: () => frame.contentWindow.postMessage({ type: 'ping' }, '*'), name: () => frame.contentWindow.document.title });
        frame.remove();
      }`,
  },
  {
    name: 'extension-windows',
    tries: "The page opens the extension's pages in windows of its own, and goes there itself.",
    page: `
      for (const file of ${FILES}) {
        const opened = open(stage.extension + '/' + file);
        await kit.each({ location: () => opened?.location.href, document: () => opened?.document?.documentElement.outerHTML, chrome: () => opened?.chrome?.runtime?.sendMessage, post: () => opened?.postMessage({ ask: 'entries' }, '*') });
        opened?.close();
      }`,
  },
  {
    name: 'extension-files',
    tries: "The page fetches, imports and loads the extension's files as scripts, styles, workers and images.",
    page: `
      for (const file of ${FILES}) {
        const url = stage.extension + '/' + file;
        await kit.each({
          fetch: async () => (await fetch(url)).text(), noCORS: async () => (await fetch(url, { mode: 'no-cors' })).type, import: () => import(url), worker: () => String(new Worker(url)),
          script: () => new Promise((resolve) => document.body.append(Object.assign(document.createElement('script'), { src: url, onload: () => resolve('loaded'), onerror: () => resolve('refused') }))),
          image: () => new Promise((resolve) => Object.assign(new Image(), { src: url, onload: () => resolve('loaded'), onerror: () => resolve('refused') })),
        });
      }`,
  },
  {
    name: 'extension-objects',
    tries: 'The page looks for objects, names and functions of the extension in its own realm.',
    page: `
      const found = [];
      const seen = new Set();
      const walk = (value, path, depth) => {
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || depth > 4 || seen.size > 30000) return;
        seen.add(value);
        for (const key of Reflect.ownKeys(value)) {
          if (/sharedStorageLab|shared-storage-lab|chrome-extension/.test(String(key))) found.push(path + '.' + String(key));
          let member; try { member = Reflect.getOwnPropertyDescriptor(value, key)?.value; } catch { continue; }
          walk(member, path + '.' + String(key), depth + 1);
        }
      };
      walk(window, 'window', 0);
      kit.got('found', found, globalThis.sharedStorageLab, globalThis.sharedStorageLabWaker, globalThis.sharedStorageLabURL, Object.keys(chrome ?? {}));`,
  },
  {
    name: 'extension-storage',
    tries: 'The page opens databases, caches, locks and channels by the names that the extension gives its own.',
    page: `
      kit.listenEverywhere();
      const read = (name) => new Promise((resolve, reject) => { const request = indexedDB.open(name); request.onsuccess = () => { resolve([...request.result.objectStoreNames]); request.result.close(); indexedDB.deleteDatabase(name); }; request.onerror = () => reject(request.error); });
      for (const name of ['shared-storage', 'shared-storage-documents', 'shared-storage-events', 'shared-storage-reports']) {
        const channel = new BroadcastChannel(name); channel.onmessage = ({ data }) => kit.got('heard', data); channel.postMessage({ topic: 'entries' });
        await kit.each({ database: () => read(name), lock: () => navigator.locks.request(name, () => 'locked'), cache: async () => (await (await caches.open(name)).keys()).length, query: async () => JSON.stringify(await navigator.locks.query()), local: () => localStorage.getItem(name) });
      }`,
  },
  {
    name: 'extension-passage',
    tries: "The page leads frames to the extension's one page that pages may load, with guessed tokens, and reads where they end.",
    page: `
      for (const token of ['', '#', '?token=1', '#00000000-0000-4000-8000-000000000000', '?url=' + encodeURIComponent(stage.trap)]) {
        const frame = document.createElement('iframe'); frame.src = stage.extension + '/passage.html' + token;
        const loaded = new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 1000); });
        document.body.append(frame); await loaded;
        await kit.each({ location: () => frame.contentWindow.location.href, entries: () => performance.getEntriesByType('resource').map(({ name }) => name) });
        frame.remove();
      }`,
  },
  {
    name: 'extension-reload-url',
    tries: 'The page imitates the addresses of the panel and of developer tools with the number of its tab.',
    page: `
      await kit.each({ panel: () => open(stage.extension + '/panel.html?tab=1', '_blank', 'noopener'), self: () => fetch(stage.extension + '/panel.html?tab=1'), devtools: () => open('devtools://devtools/bundled/inspector.html'),
        chrome: () => open('chrome://extensions'), debugger: () => chrome.debugger.attach({}, '1'), view: () => open('view-source:' + stage.extension + '/manifest.json') });`,
  },
];
