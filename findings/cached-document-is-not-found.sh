#!/usr/bin/env bash
# Chromium 156: chrome.webNavigation.getFrame() does not know the document of a page that the browser keeps to go back to, though it has a lifecycle for it.
#
# By its documentation getFrame({ documentId }) finds the frame of a document, and the answer's `documentLifecycle` is one of "prerender", "active", "cached" and
# "pending_deletion". Yet for a document that is cached it answers null, as for one that never was. It is there all the while: after history.back() the same id
# is found again, "active".
#
# Needs Node 20 or newer, and Chromium: CHROME_PATH, or one in the PATH. Fails where this has changed.
set -euo pipefail
chromium=${CHROME_PATH:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/extension"
cat > "$folder/extension/manifest.json" <<'JSON'
{
  "manifest_version": 3, "name": "asks", "version": "1",
  "permissions": ["webNavigation", "tabs"], "host_permissions": ["<all_urls>"],
  "background": { "service_worker": "worker.js" }
}
JSON
cat > "$folder/extension/worker.js" <<'JS'
// Asked from outside.
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
const browser = await start(chromium, folder, (_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>page</title>'));
console.log(browser.version);

const find = (documentId) => browser.inExtension(`chrome.webNavigation.getFrame({ documentId: '${documentId}' })`);

try {
  const evaluate = await browser.open(`${browser.origin('a')}/`);
  const isAt = (site) => until(() => evaluate(`location.origin === '${browser.origin(site)}' && document.readyState === 'complete'`).catch(() => false));
  await isAt('a');
  const documentId = await browser.inExtension(`chrome.tabs.query({ url: '${browser.origin('a')}/'.replace(/:[0-9]+/, '') + '*' })
    .then(([{ id }]) => chrome.webNavigation.getFrame({ tabId: id, frameId: 0 })).then((frame) => frame.documentId)`);
  assert.equal((await find(documentId)).documentLifecycle, 'active');
  await evaluate(`void (location.href = '${browser.origin('b')}/')`).catch(() => undefined);
  await isAt('b');
  const kept = await find(documentId);
  console.log(`while the page is kept: ${JSON.stringify(kept)}`);
  assert.equal(kept, null);
  await evaluate('history.back()').catch(() => undefined);
  await isAt('a');
  const back = await until(() => find(documentId));
  console.log(`after going back: ${back.documentLifecycle}`);
  assert.equal(back.documentLifecycle, 'active');
} finally {
  await browser.close();
}
JS
node "$folder/main.mjs" "$chromium" "$folder"
