// Records what native Chromium 150 says of its own interface objects and errors into test/browser/native-facts.json,
// with the same pages that the browser tests load. Needed only when those pages change.

import fs from 'node:fs';
import http from 'node:http';
import { launchNative150, native150Problem } from './browser/native.mjs';

const PAGES = new URL('../test/pages/', import.meta.url);
const FACTS = new URL('../test/browser/native-facts.json', import.meta.url);

const problem = native150Problem();
if (problem) throw new Error(problem);

const read = (/** @type {string} */ name) => fs.readFileSync(new URL(name, PAGES), 'utf8');
const WORKLET = read('describe.js') + read('describe-worklet.js');

const server = http.createServer((request, response) => {
  const file = new URL(`.${request.url}`, PAGES);
  const isWorklet = request.url === '/worklet-facts.js';
  if (!isWorklet && !fs.existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': file.pathname.endsWith('.js') ? 'text/javascript' : 'text/html' });
  response.end(isWorklet ? WORKLET : fs.readFileSync(file));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const browser = await launchNative150();
try {
  const page = await browser.openPage(`http://facts.localhost:${port}/blank.html`);
  await page.evaluate(read('describe.js'));
  await page.evaluate(read('describe-interfaces.js'));
  const window = await page.evaluate('describeWindow()');
  const worklet = await describeWorklet(page);
  const { product } = await browser.devtools.send('Browser.getVersion');
  fs.writeFileSync(FACTS, `${JSON.stringify({ product, window, worklet }, null, 1)}\n`);
  console.log(`${product}: recorded`);
} finally {
  await browser.close();
  server.close();
}

/**
 * Native worklets log to their own target.
 * @param {import('./browser/launch.mjs').Session} page
 */
async function describeWorklet(page) {
  const logged = new Promise((resolve) => {
    page.on('Target.attachedToTarget', async ({ sessionId }) => {
      page.browser.devtools.on(`${sessionId}:Runtime.consoleAPICalled`, ({ args }) => {
        if (args[0].value === 'described') resolve(JSON.parse(args[1].value));
      });
      // The worklets of the page before are going away.
      const send = (/** @type {string} */ method) => page.browser.devtools.send(method, {}, sessionId).catch(() => {});
      await send('Runtime.enable');
      await send('Runtime.runIfWaitingForDebugger');
    });
  });
  await page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  await page.navigate(await page.evaluate('location.href'));
  await page.evaluate(
    `sharedStorage.clear().then(() => sharedStorage.worklet.addModule('/worklet-facts.js')).then(() => sharedStorage.run('describe'))`,
  );
  return logged;
}
