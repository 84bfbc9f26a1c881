#!/usr/bin/env bash
# Chromium 156: a browser context that has been disposed of lives on, with what an extension keeps in memory for it, as long as the extension has an offscreen document there.
#
# An extension in split incognito mode has a service worker, databases and an offscreen document of its own for each incognito profile. The documentation of the protocol says of
# Target.disposeBrowserContext that it deletes the context, and an incognito profile is to leave nothing behind when its last window closes. Without an offscreen document that is so:
# some moments later none of the extension's targets is left in the context. With one, the command succeeds and the page is gone, but document and context stay, until the document
# closes itself: it can read, half a minute later, what the context's databases hold.
#
# Needs Node 20 or newer, and Chromium: CHROME_PATH, or one in the PATH. Fails where this has changed.
set -euo pipefail
chromium=${CHROME_PATH:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/extension"
cat > "$folder/extension/manifest.json" <<'JSON'
{ "manifest_version": 3, "name": "stays", "version": "1", "incognito": "split", "permissions": ["offscreen"], "background": { "service_worker": "worker.js" } }
JSON
cat > "$folder/extension/worker.js" <<'JS'
self.create = () => chrome.offscreen.createDocument({ url: 'document.html', reasons: ['WORKERS'], justification: 'to see how long it lives' });
JS
cat > "$folder/extension/document.html" <<'HTML'
<!doctype html><script src="document.js"></script>
HTML
cat > "$folder/extension/document.js" <<'JS'
self.kept = new Promise((resolve) => {
  const opening = indexedDB.open('kept');
  opening.onupgradeneeded = () => opening.result.createObjectStore('values').put('of the incognito window', 'value');
  opening.onsuccess = () => resolve(opening.result);
});
self.read = async () => {
  const request = (await self.kept).transaction('values').objectStore('values').get('value');
  return new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
};
JS
cat > "$folder/browser.mjs" <<'JS'
// Starts the browser with the extension, talks to it through its debugging pipe, and serves a page.
import { spawn } from 'node:child_process';
import http from 'node:http';

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function until(condition) {
  for (let attempt = 0; attempt < 300; attempt++, await sleep(50)) {
    const value = await condition();
    if (value) return value;
  }
  throw new Error(`never came true: ${condition}`);
}

export async function start(chromium, folder, respond) {
  const server = http.createServer(respond);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sandbox = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const switches = ['--headless=new', '--no-first-run', '--remote-debugging-pipe', '--enable-unsafe-extension-debugging', `--user-data-dir=${folder}/profile`];
  const child = spawn(chromium, [...switches, ...sandbox, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const waiting = new Map();
  let text = '';
  let lastId = 0;
  child.stdio[4].on('data', (chunk) => {
    const messages = (text + chunk).split('\0');
    text = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const settle = waiting.get(id);
      waiting.delete(id);
      if (error) settle?.reject(new Error(error.message));
      else settle?.resolve(result);
    }
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++lastId, { resolve, reject });
      child.stdio[3].write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
    });
  const attach = async (targetId) => {
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    return async (expression) => {
      const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
  };
  const { id } = await send('Extensions.loadUnpacked', { path: `${folder}/extension`, enableInIncognito: true });
  return {
    version: (await send('Browser.getVersion')).product,
    origin: `http://localhost:${server.address().port}`,
    id,
    send,
    attach,
    close: async () => {
      await send('Browser.close').catch(() => undefined);
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve()));
      server.closeAllConnections();
      server.close();
    },
  };
}
JS
cat > "$folder/main.mjs" <<'JS'
import assert from 'node:assert/strict';
import { sleep, start, until } from './browser.mjs';

const [, , chromium, folder] = process.argv;
const browser = await start(chromium, folder, (_request, response) => response.end('<!doctype html><title>page</title>'));
console.log(browser.version);

const ofExtension = async (contextId, type) => {
  const { targetInfos } = await browser.send('Target.getTargets', { filter: [{}] });
  return targetInfos.find((one) => one.browserContextId === contextId && one.url.includes(browser.id) && (!type || one.type === type));
};

/** A page in a context of its own, and the extension's service worker there. */
async function openIncognito() {
  const { browserContextId } = await browser.send('Target.createBrowserContext');
  await browser.send('Target.createTarget', { url: `${browser.origin}/`, browserContextId });
  const worker = await until(() => ofExtension(browserContextId, 'service_worker'));
  return { browserContextId, worker };
}

try {
  const without = await openIncognito();
  await browser.send('Target.disposeBrowserContext', { browserContextId: without.browserContextId });
  await until(async () => !(await ofExtension(without.browserContextId)));
  console.log('without an offscreen document: nothing of the extension is left in the context');

  const { browserContextId, worker } = await openIncognito();
  const inWorker = await browser.attach(worker.targetId);
  await until(() => inWorker(`typeof chrome === 'object' && Boolean(chrome.offscreen)`));
  await inWorker('self.create()');
  const inDocument = await browser.attach((await until(() => ofExtension(browserContextId, 'background_page'))).targetId);
  assert.equal(await inDocument('self.read()'), 'of the incognito window');
  await browser.send('Target.disposeBrowserContext', { browserContextId });
  await sleep(30_000);
  const value = await inDocument('self.read()');
  console.log(`with one, 30 seconds after the context was disposed of: it reads "${value}"`);
  assert.equal(value, 'of the incognito window');
} finally {
  await browser.close();
}
JS
node "$folder/main.mjs" "$chromium" "$folder"
