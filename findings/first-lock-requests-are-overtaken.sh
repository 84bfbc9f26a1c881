#!/usr/bin/env bash
# Chromium 156: of the first lock requests of a document, later ones are granted before earlier ones.
#
# By the Web Locks specification exclusive requests of one name are granted in the order in which they were made: each call adds a step to one queue.
# Here each frame makes 60 of them, three in a task. In most new documents the first of a later task comes before the second and third of the first, as in
# 0, 3, 4, 5, 1, 2, 6, 7 … . In a document that has awaited one navigator.locks.query() before, all are granted in their order. So the order of the first
# calls can be relied on only after a question that needs no order.
#
# Needs Node 20 or newer, and Chromium: CHROME_PATH, or one in the PATH. Fails where this has changed.
set -euo pipefail
chromium=${CHROME_PATH:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/page.html" <<'HTML'
<!doctype html>
<title>locks</title>
<body>
<script>
  // Resolves in another task.
  const task = () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(null);
    });

  // In which order a new document is granted its requests.
  async function orderOf(name, queriesFirst) {
    const frame = document.createElement('iframe');
    const loaded = new Promise((resolve) => (frame.onload = resolve));
    frame.src = '/frame';
    document.body.append(frame);
    await loaded;
    const { locks } = frame.contentWindow.navigator;
    if (queriesFirst) await locks.query();
    const granted = [];
    const requests = [];
    for (let number = 0; number < 60; number++) {
      requests.push(locks.request(name, () => void granted.push(number)));
      if (number % 3 === 2) await task();
    }
    await Promise.all(requests);
    frame.remove();
    return granted;
  }

  (async () => {
    const orders = { first: [], afterQuery: [] };
    for (let index = 0; index < 60; index++) {
      orders.first.push(await orderOf(`first ${index}`, false));
      orders.afterQuery.push(await orderOf(`after query ${index}`, true));
    }
    await fetch('/orders', { method: 'POST', body: JSON.stringify(orders) });
  })();
</script>
HTML
cat > "$folder/main.mjs" <<'JS'
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { text } from 'node:stream/consumers';

const [, , chromium, folder] = process.argv;
console.log(execFileSync(chromium, ['--version'], { encoding: 'utf8' }).trim());
const page = fs.readFileSync(`${folder}/page.html`);
const { promise, resolve } = (() => {
  let resolve;
  return { promise: new Promise((given) => (resolve = given)), resolve };
})();
const server = http.createServer(async (request, response) => {
  if (request.method === 'POST') resolve(JSON.parse(await text(request)));
  response.writeHead(200, { 'Content-Type': 'text/html' }).end(request.url === '/' ? page : '<!doctype html><title>frame</title>');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const switches = ['--headless=new', '--no-first-run', `--user-data-dir=${folder}/profile`, ...(process.getuid() === 0 ? ['--no-sandbox'] : [])];
const child = spawn(chromium, [...switches, `http://localhost:${server.address().port}/`], { stdio: 'ignore' });
const exited = new Promise((ended) => child.once('exit', ended));
const tooLong = setTimeout(() => {
  console.error('no answer within two minutes');
  process.exit(1);
}, 120_000);
try {
  const { first, afterQuery } = await promise;
  const outOfOrder = (orders) => orders.filter((order) => order.some((number, index) => number !== index));
  console.log(`first requests: ${outOfOrder(first).length} of ${first.length} documents out of order, such as ${outOfOrder(first)[0]?.slice(0, 12)}`);
  console.log(`after a query: ${outOfOrder(afterQuery).length} of ${afterQuery.length} documents out of order`);
  assert.notEqual(outOfOrder(first).length, 0);
  assert.equal(outOfOrder(afterQuery).length, 0);
} finally {
  clearTimeout(tooLong);
  child.kill();
  await exited;
  server.closeAllConnections();
  server.close();
}
JS
node "$folder/main.mjs" "$chromium" "$folder"
