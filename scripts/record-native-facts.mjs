// Records what native Chromium 120 says of its own interface objects and errors into test/browser/native-facts.json,
// with the same pages that the browser tests load. Needed only when those pages change.

import fs from 'node:fs';
import http from 'node:http';
import { launchNative, nativeReferenceProblem } from './browser/native.mjs';

const PAGES = new URL('../test/pages/', import.meta.url);
const FACTS = new URL('../test/browser/native-facts.json', import.meta.url);

const problem = nativeReferenceProblem();
if (problem) throw new Error(problem);

const server = http.createServer((request, response) => {
  const file = new URL(`.${request.url}`, PAGES);
  response.writeHead(200, { 'Content-Type': file.pathname.endsWith('.js') ? 'text/javascript' : 'text/html' });
  fs.createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const browser = await launchNative();
try {
  const page = await browser.openPage(`http://facts.localhost:${port}/blank.html`);
  await page.evaluate(fs.readFileSync(new URL('describe-interfaces.js', PAGES), 'utf8'));
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
      await page.browser.devtools.send('Runtime.enable', {}, sessionId);
      await page.browser.devtools.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
    });
  });
  await page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  await page.navigate(await page.evaluate('location.href'));
  await page.evaluate(
    `sharedStorage.clear().then(() => sharedStorage.worklet.addModule('/describe-worklet.js')).then(() => sharedStorage.run('describe'))`,
  );
  return logged;
}
