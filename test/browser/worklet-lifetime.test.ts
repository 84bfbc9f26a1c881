/** How long worklets live, and what becomes of the others when one, or the process of all, dies. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** Workers of the sandbox, one of which stands ready for the next worklet. */
const workers = (): number => [...lab.browser.targets.values()].filter(({ type }) => type === 'worker').length;
const workletsAre = (count: number) => until(() => workers() === count + 1);

const add = `sharedStorage.worklet.addModule('/lifetime.js')`;

test('a worklet ends after the operation that did not ask to keep it, and not before', async () => {
  const page = await lab.page('keep');
  await page.evaluate(add);
  await page.evaluate(`sharedStorage.run('end', { keepAlive: true })`);
  await workletsAre(1);
  await page.evaluate(`sharedStorage.run('end')`);
  await workletsAre(0);
  await page.close();
});

test('worklets end with their document, however many it has', async () => {
  const page = await lab.page('many');
  await page.evaluate(`Promise.all([0, 1, 2].map(() => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    return frame.contentWindow.${add};
  })).then(() => undefined)`);
  await workletsAre(3);
  await page.evaluate(`document.querySelector('iframe').remove()`);
  await workletsAre(2);
  await page.close();
  await workletsAre(0);
});

test('an operation may finish after its document is gone; one that does not is ended', async () => {
  const page = await lab.page('grace');
  await page.evaluate(add);
  await page.evaluate(`sharedStorage.run('never end', { keepAlive: true })`);
  await page.evaluate(`sharedStorage.run('write when the page is gone', { data: { key: 'k' } })`);
  await page.close();
  await until(async () => (await lab.stored('grace')).k === 'written');
  await workletsAre(0);
});

test('an endless loop holds up nothing but its own worklet, and ends with its document', async () => {
  const spinning = await lab.page('spin');
  await spinning.evaluate(add);
  await spinning.evaluate(`sharedStorage.run('spin', { keepAlive: true })`);
  await until(() => spinning.console.some(({ args }) => args[1] === 'spinning'));
  await spinning.evaluate(`sharedStorage.set('k', 'v')`);
  expect(await lab.stored('spin')).toEqual({ k: 'v' });
  await spinning.close();
  await workletsAre(0);
});

test('the frame of a hundred workers takes no more, and goes with the last of them', async () => {
  const frames = () =>
    [...lab.browser.targets.values()].filter(({ url }) => url.includes('/src/worklet/frame.html')).map(({ targetId }) => targetId);
  const kept = await lab.page('kept');
  await kept.evaluate(add);
  const [first] = frames();
  const page = await lab.page('hundred');
  await page.evaluate(`(async () => {
    for (let made = 0; made < 100; made++) {
      const worklet = await sharedStorage.createWorklet('/lifetime.js');
      await worklet.run('end');
    }
  })()`);
  // The next one stands ready in a frame of its own.
  await until(() => frames().some((frame) => frame !== first));
  await kept.evaluate(`sharedStorage.run('write when the page is gone', { data: { key: 'k' }, keepAlive: true })`);
  await kept.close();
  await until(async () => (await lab.stored('kept')).k === 'written');
  await until(() => !frames().includes(String(first)));
  expect(frames()).toHaveLength(1);
  await page.close();
  await workletsAre(0);
});

test('the death of the process of all worklets rejects what waits, and the next worklet works', async () => {
  lab.serve('/loading-forever.js', `console.log('loading'); for (;;);`);
  const page = await lab.page('crash');
  await page.evaluate(`globalThis.added = sharedStorage.worklet.addModule('/loading-forever.js').catch(({ name }) => name); undefined`);
  await until(() => page.console.some(({ args }) => args[1] === 'loading'));
  const frame = await lab.browser.attach(({ url }) => String(url).includes('/src/worklet/frame.html'));
  // The answer never comes: the target is gone.
  frame.send('Page.crash').catch(() => undefined);
  expect(await page.evaluate('added')).toBe('OperationError');
  await page.evaluate(`sharedStorage.set('after', 'the crash')`);
  expect(await lab.stored('crash')).toEqual({ after: 'the crash' });
});

test('a worklet is made also when the offscreen document has closed since the last one', async () => {
  await lab.stored('reopened');
  const offscreen = await lab.browser.attach(({ url }) => String(url).endsWith('/src/offscreen/index.html'));
  await offscreen.evaluate('window.close()').catch(() => undefined);
  await until(() => !lab.browser.targets.has(offscreen.targetId));
  const page = await lab.page('reopened');
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  expect(await lab.stored('reopened')).toEqual({ k: 'v' });
});

test('where a document has used the API, a worker stands ready before it makes a worklet', async () => {
  await lab.stored('ready');
  const offscreen = await lab.browser.attach(({ url }) => String(url).endsWith('/src/offscreen/index.html'));
  await offscreen.evaluate('window.close()').catch(() => undefined);
  await until(() => !lab.browser.targets.has(offscreen.targetId));
  await lab.stopServiceWorker();
  const page = await lab.page('ready');
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  await workletsAre(0);
  await page.close();
});

test('a worklet is made while its module is on its way, and goes where that does not come', async () => {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  lab.serve('/late.js', async (_request, response) => {
    await released;
    response.writeHead(404).end();
  });
  const page = await lab.page('late');
  const worker = await lab.browser.serviceWorker();
  const documentId = await worker.evaluate(
    `chrome.tabs.query({ url: '${lab.origin('late')}/*' }).then(([{ id }]) => chrome.webNavigation.getFrame({ tabId: id, frameId: 0 })).then(({ documentId }) => documentId)`,
  );
  const message = { to: 'offscreen', method: 'host.dataOrigin', params: { worklet: { documentId, workletId: 1 } } };
  /** Undefined where there is no offscreen document. */
  const dataOrigin = () =>
    worker.evaluate(`chrome.runtime.sendMessage(${JSON.stringify(message)}).then(({ value }) => value, () => undefined)`);
  await page.evaluate(`globalThis.added = sharedStorage.worklet.addModule('/late.js').catch(({ name }) => name); undefined`);
  await until(async () => (await dataOrigin()) === lab.origin('late'));
  release();
  expect(await page.evaluate('added')).toBe('OperationError');
  await until(async () => (await dataOrigin()) === null);
  await worker.detach();
  await page.close();
});

test('a worklet whose module takes more than ten seconds to come waits for it, and no other is made', async () => {
  let asked = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  lab.serve('/slow.js', async (_request, response) => {
    asked++;
    await released;
    response.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-store' }).end('');
  });
  const page = await lab.page('slow');
  await page.evaluate(`globalThis.added = sharedStorage.worklet.addModule('/slow.js').then(() => 'loaded', String); undefined`);
  await until(() => asked === 1);
  // The limit of the offscreen document for worklets of which no document says that it is there.
  setTimeout(() => release(), 11_000);
  expect(await page.evaluate('added')).toBe('loaded');
  expect(asked).toBe(1);
  await page.close();
});
