#!/usr/bin/env bash
# Chromium 156: a rule of declarativeNetRequest for documents does not apply to a page whose service worker passes the navigation on, unchanged.
#
# By its documentation `resourceTypes: ["main_frame"]` is for top-level navigations. Once the page has a service worker with nothing but
# `respondWith(fetch(event.request))`, which everybody takes for no change, the request for the same document is an `xmlhttprequest` for the rules (and the
# server is told `Sec-Fetch-Dest: empty`). What a rule does with documents is done on the first visit, and on no later one.
#
# Needs Node 20 or newer, and Chromium: CHROME_PATH, or one in the PATH. Fails where this has changed.
set -euo pipefail
chromium=${CHROME_PATH:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/extension"
cat > "$folder/extension/manifest.json" <<'JSON'
{
  "manifest_version": 3, "name": "marks documents", "version": "1",
  "permissions": ["declarativeNetRequest"], "host_permissions": ["<all_urls>"],
  "background": { "service_worker": "worker.js" },
  "declarative_net_request": { "rule_resources": [{ "id": "rules", "enabled": true, "path": "rules.json" }] }
}
JSON
cat > "$folder/extension/rules.json" <<'JSON'
[
  {
    "id": 1, "condition": { "urlFilter": "/page?", "resourceTypes": ["main_frame"] },
    "action": { "type": "modifyHeaders", "responseHeaders": [{ "header": "Server-Timing", "operation": "append", "value": "main_frame" }] }
  },
  {
    "id": 2, "condition": { "urlFilter": "/page?", "resourceTypes": ["xmlhttprequest"] },
    "action": { "type": "modifyHeaders", "responseHeaders": [{ "header": "Server-Timing", "operation": "append", "value": "xmlhttprequest" }] }
  }
]
JSON
cat > "$folder/extension/worker.js" <<'JS'
// The rules do everything.
JS
cat > "$folder/browser.mjs" <<'JS'
// Starts the browser with the extension, talks to it through its debugging pipe, and serves pages on two sites.
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
  const { id } = await send('Extensions.loadUnpacked', { path: `${folder}/extension` });
  const worker = await until(async () => {
    const { targetInfos } = await send('Target.getTargets');
    return targetInfos.find(({ type, url }) => type === 'service_worker' && url.includes(id));
  });
  return {
    version: (await send('Browser.getVersion')).product,
    origin: (site) => `http://${site}.localhost:${server.address().port}`,
    inExtension: await attach(worker.targetId),
    open: async (url) => attach((await send('Target.createTarget', { url })).targetId),
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
import { start, until } from './browser.mjs';

const [, , chromium, folder] = process.argv;
const asked = [];
const browser = await start(chromium, folder, ({ url, headers }, response) => {
  const isScript = url === '/worker.js';
  if (url.startsWith('/page')) asked.push(headers['sec-fetch-dest']);
  response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
  response.end(isScript ? `addEventListener('fetch', (event) => event.respondWith(fetch(event.request)));` : '<!doctype html><title>page</title>');
});
console.log(browser.version);

/** Which of the two rules has set its header on the page. */
async function visit(path) {
  const evaluate = await browser.open(`${browser.origin('a')}${path}`);
  await until(() => evaluate(`document.readyState === 'complete' && document.title === 'page'`).catch(() => false));
  const types = await evaluate(`performance.getEntriesByType('navigation')[0].serverTiming.map(({ name }) => name).join()`);
  console.log(`${path}: asked for as ${asked.at(-1)}, for the rules ${types}`);
  return { evaluate, types };
}

try {
  const { evaluate, types } = await visit('/page?1');
  assert.equal(types, 'main_frame');
  await evaluate(`navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(() => undefined)`);
  await until(() => evaluate(`navigator.serviceWorker.getRegistration().then(({ active }) => active?.state === 'activated')`));
  assert.equal((await visit('/page?2')).types, 'xmlhttprequest');
  assert.deepEqual(asked, ['document', 'empty']);
} finally {
  await browser.close();
}
JS
node "$folder/main.mjs" "$chromium" "$folder"
