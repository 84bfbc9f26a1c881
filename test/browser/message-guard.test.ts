/** What is bound to an agent cluster stays in its origin, is explained where it was dropped, and nothing else is touched. */

import fs from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { type ConsoleLine, Lab, until } from './lab';

let lab: Lab;
let worker: Session;
/** In a cross-origin isolated document that isolation was asked for, the guard looks through every message from another origin. */
let serveIsolated: (pathname: string, html: string) => void;
beforeAll(async () => {
  lab = await Lab.open({ args: ['--disable-popup-blocking', '--host-resolver-rules=MAP insecure.test 127.0.0.1'] });
  worker = await lab.browser.serviceWorker();
  const isolated = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  };
  const serve = (headers: http.OutgoingHttpHeaders) => (_request: unknown, response: http.ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/html', ...headers });
    response.end(fs.readFileSync(path.join(import.meta.dirname, '../pages/border.html')));
  };
  lab.serve('/isolated', serve(isolated));
  serveIsolated = (pathname, html) =>
    lab.serve(pathname, (_request, response) => response.writeHead(200, { 'Content-Type': 'text/html', ...isolated }).end(html));
  const preset = (await worker.evaluate(`chrome.storage.local.get('settings')`)).settings ?? {};
  const isolation = {
    [lab.origin('a.tight')]: 'origin-keyed',
    [lab.origin('b.tight')]: 'origin-keyed',
    [lab.origin('a.loose')]: 'site-keyed',
    [lab.origin('b.loose')]: 'site-keyed',
    [insecure()]: 'origin-keyed',
  };
  await worker.evaluate(`chrome.storage.local.set({ settings: ${JSON.stringify({ ...preset, isolation })} })`);
  await until(() =>
    worker.evaluate(
      `chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.some(({ id }) => id.startsWith('message-guard')))`,
    ),
  );
});
afterAll(() => lab.close());

interface LoggedEvent {
  readonly method: string;
  readonly dataOrigin: string;
  readonly parameters: { channel: string | null; from: string | null; to: string; contains: string };
  readonly refusal: string;
}

const events = () => lab.events<LoggedEvent>();

const lines = (page: { console: ConsoleLine[] }) =>
  page.console.map(({ args }) => String(args[0])).filter((line) => line.startsWith('[origin isolation]'));

const insecure = () => `http://insecure.test:${lab.port}`;

const ALL = ['plain', 'module', 'memory', 'buffer'] as const;
const count = (list: readonly string[], text: string) => list.filter((one) => one === text).length;

/** Waits until nothing more is on its way: the last that was sent has arrived. */
async function exchange(page: Session, url: string, how: 'frame' | 'popup', wanted: number): Promise<string[]> {
  await page.evaluate(`exchange(${JSON.stringify(url)}, '${how}', ${JSON.stringify(ALL)}).then(() => undefined)`);
  await until(() => page.evaluate(`got.length >= ${wanted}`));
  return page.evaluate('got');
}

describe.each([
  ['tight', 'frame'],
  ['tight', 'popup'],
  ['loose', 'frame'],
  ['loose', 'popup'],
] as const)('without cross-origin isolation, %s, %s', (site, how) => {
  test('a module becomes a messageerror, by window and by either end of a port; plain data and the order stay', async () => {
    const page = await lab.page(`a.${site}`, '/border.html');
    // Sent by both: one thrown for each shared thing and channel here.
    const got = await exchange(page, `${lab.origin(`b.${site}`)}/border.html`, how, 8);
    const arrived = got.filter((one) => !one.startsWith('thrown'));
    expect(arrived.filter((one) => one.startsWith('window'))).toEqual([
      'window: plain Object',
      `window: messageerror null from b.${site}.localhost`,
    ]);
    expect(arrived.filter((one) => one.startsWith('local'))).toEqual(['local port: plain Object', 'local port: messageerror']);
    expect(count(got, 'thrown: memory DataCloneError')).toBe(2);
    // Frames of one site may share a process, and then a console.
    const dropped = `A message from ${lab.origin(`b.${site}`)} to ${lab.origin(`a.${site}`)} over window.postMessage() was dropped by the browser`;
    const line = await until(() => lines(page).find((one) => one.includes(dropped)));
    expect(line).toContain('WebAssembly.Module');
    expect(line).toContain(site === 'tight' ? 'agent cluster of its own' : 'keyed by site, but since Chrome');
    await until(() => lines(page).some((one) => one.includes('the holder of the other port')));
    const event = await until(async () =>
      (await events()).find(
        ({ method, parameters }) =>
          method === 'message dropped' && parameters.to === lab.origin(`a.${site}`) && parameters.channel === 'window',
      ),
    );
    expect(event).toMatchObject({ dataOrigin: lab.origin(`a.${site}`), parameters: { from: lab.origin(`b.${site}`) } });
    // The other document had the same from us, and knows where its port came from.
    const other = await until(async () =>
      (await events()).find(({ parameters }) => parameters?.to === lab.origin(`b.${site}`) && parameters.channel === 'port'),
    );
    expect(other.parameters.from).toBe(lab.origin(`a.${site}`));
    await page.close();
  });
});

test('with cross-origin isolation shared memory becomes a messageerror too', async () => {
  const page = await lab.page('a.tight', '/isolated');
  expect(await page.evaluate('crossOriginIsolated')).toBe(true);
  const got = await exchange(page, `${lab.origin('b.tight')}/isolated`, 'frame', 8);
  const error = 'window: messageerror null from b.tight.localhost';
  expect(got.filter((one) => one.startsWith('window'))).toEqual(['window: plain Object', error, error, error]);
  expect(got.filter((one) => one.startsWith('local'))).toEqual(['local port: plain Object', ...Array(3).fill('local port: messageerror')]);
  await until(() => lines(page).some((one) => one.includes('SharedArrayBuffer')));
  await page.close();
});

test.each(['frame', 'popup'] as const)('between documents of one origin everything passes, and nothing is said: %s', async (how) => {
  const page = await lab.page('a.tight', '/isolated');
  const got = await exchange(page, `${lab.origin('a.tight')}/isolated`, how, 8);
  const passed = (channel: string) =>
    ['plain Object', 'module WebAssembly.Module', 'memory WebAssembly.Memory', 'buffer SharedArrayBuffer'].map(
      (one) => `${channel}: ${one}`,
    );
  expect(got.filter((one) => one.startsWith('window'))).toEqual(passed('window'));
  expect(got.filter((one) => one.startsWith('local'))).toEqual(passed('local port'));
  expect(lines(page)).toEqual([]);
  await page.close();
});

test('a site that nobody asked isolation for has no guard, and is not logged', async () => {
  const page = await lab.page('a.plain', '/border.html');
  const got = await exchange(page, `${lab.origin('b.plain')}/border.html`, 'frame', 8);
  expect(got).toContain('window: messageerror null from b.plain.localhost');
  expect(await page.evaluate(`String(MessageChannel)`)).toContain('MessageChannel');
  expect(lines(page)).toEqual([]);
  expect((await events()).some(({ dataOrigin }) => dataOrigin?.includes('plain'))).toBe(false);
  await page.close();
});

test('an insecure document is told, too, and so is the event log', async () => {
  const page = await lab.page('a.plain');
  await page.navigate(`${insecure()}/border.html`);
  await exchange(page, `${lab.origin('b.plain')}/border.html`, 'frame', 4);
  const line = `[origin isolation] A message from ${lab.origin('b.plain')} to ${insecure()} over window.postMessage() was dropped by the browser`;
  await until(() => lines(page).some((one) => one.startsWith(line)));
  await until(async () => (await events()).some(({ method, dataOrigin }) => method === 'message dropped' && dataOrigin === insecure()));
  await page.close();
});

test('document.domain that does nothing is explained; where it does something nothing is said', async () => {
  const tight = await lab.page('a.tight');
  expect(await tight.evaluate(`document.domain = 'tight.localhost', document.domain`)).toBe('a.tight.localhost');
  const line = await until(() => lines(tight)[0]);
  expect(line).toBe(
    `[origin isolation] document.domain = "tight.localhost" was ignored in ${lab.origin('a.tight')}. ${lab.origin('a.tight')} is in an agent cluster of its own (originAgentCluster is true): setting document.domain does nothing, and no other origin gets synchronous access.`,
  );
  await until(async () =>
    (await events()).some(({ method, dataOrigin }) => method === 'document.domain' && dataOrigin === lab.origin('a.tight')),
  );
  const loose = await lab.page('a.loose');
  expect(await loose.evaluate(`document.domain = 'loose.localhost', document.domain`)).toBe('loose.localhost');
  expect(lines(loose)).toEqual([]);
  await Promise.all([tight.close(), loose.close()]);
});

test('the badge counts', async () => {
  const page = await lab.page('a.tight');
  await page.evaluate(`document.domain = 'tight.localhost'`);
  await page.evaluate(`document.domain = 'tight.localhost'`);
  // What was stopped says more than that the API was used.
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  await until(() =>
    worker.evaluate(
      `chrome.tabs.query({}).then((tabs) => Promise.all(tabs.map(({ id }) => chrome.action.getBadgeText({ tabId: id })))).then((texts) => texts.includes('⛔2'))`,
    ),
  );
  await page.close();
});

test('a guarded page does not notice: descriptors, names, lengths, instances and errors are the native ones', async () => {
  const look = `[MessageChannel, BroadcastChannel, Object.getOwnPropertyDescriptor(Document.prototype, 'domain').set, MessagePort.prototype.start,
    Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage').set, Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'ports').get].map((one) => [
    one.name, one.length, String(one).includes('[native code]'), Object.getOwnPropertyNames(one).sort().join(),
  ].join(' | ')).concat(
    new MessageChannel().constructor === MessageChannel, new MessageChannel() instanceof MessageChannel, Object.prototype.toString.call(new BroadcastChannel('x')),
    new (class Own extends MessageChannel { own() { return 'own'; } })().own(), JSON.stringify(Object.getOwnPropertyDescriptor(window, 'MessageChannel')),
    (() => { try { MessagePort.prototype.start.call({}); } catch (error) { return String(error); } })(),
    (() => { try { MessagePort.prototype.onmessage = null; } catch (error) { return String(error); } })(),
    (() => { try { MessageChannel(); } catch (error) { return String(error); } })(),
    (() => { try { new BroadcastChannel(); } catch (error) { return String(error); } })(),
    (() => { try { document.domain = 'elsewhere.example'; } catch (error) { return String(error).replace(location.hostname, ''); } })(),
    Object.getOwnPropertyNames(window).length)`;
  const guarded = await lab.page('a.tight');
  const plain = await lab.page('a.plain');
  expect(await guarded.evaluate(look)).toEqual(await plain.evaluate(look));
  await Promise.all([guarded.close(), plain.close()]);
});

test('what a page dispatches by itself, and what it made of the platform, comes to it untouched', async () => {
  serveIsolated(
    '/hostile',
    `<!doctype html><script>
    let touched = ''; let heard = ''; let errors = 0; onerror = () => { errors++; };
    const hostile = new Proxy({}, { get(_t, key) { touched += String(key); throw 1; }, ownKeys() { touched += 'ownKeys '; throw 1; }, getPrototypeOf() { touched += 'prototype '; throw 1; } });
    for (const name of ['data', 'origin', 'ports', 'source']) {
      const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, name);
      Object.defineProperty(MessageEvent.prototype, name, { get() { touched += name; return get.call(this); } });
    }
    Object.defineProperty(Array.prototype, '0', { get() { touched += '[0] '; }, set() { touched += '[0]= '; }, configurable: true });
    onmessage = (event) => heard += event.isTrusted + ',';
    onmessageerror = () => heard += 'messageerror,';
    dispatchEvent(new MessageEvent('message', { data: hostile, origin: 'https://other.example' }));
    dispatchEvent(new MessageEvent('message', { data: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])), origin: 'https://other.example' }));
    dispatchEvent(new Event('message'));
    dispatchEvent(new Event('messageerror'));
  </script>`,
  );
  serveIsolated(
    '/sends',
    `<!doctype html><script>const a = []; a.length = 3; a.self = a; parent.postMessage({ a, deep: [[[{}]]] }, '*')</script>`,
  );
  const page = await lab.page('a.tight', '/hostile');
  await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { src: '${lab.origin('b.tight')}/sends' }))`);
  await until(() => page.evaluate(`heard.split(',').length > 5`));
  expect(await page.evaluate('[heard, touched, errors]')).toEqual(['false,false,false,messageerror,true,', '', 0]);
  await page.close();
});

test('a port that the page takes out of the data is watched too', async () => {
  lab.serve(
    '/port-in-data',
    `<script>
    const { port1, port2 } = new MessageChannel();
    parent.postMessage({ port: port2 }, '*', [port2]);
    port1.postMessage(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
  </script>`,
  );
  const page = await lab.page('a.tight');
  await page.evaluate(`new Promise((resolve) => {
    onmessage = ({ data }) => { data.port.onmessageerror = () => resolve(); data.port.start(); };
    document.body.append(Object.assign(document.createElement('iframe'), { src: '${lab.origin('b.tight')}/port-in-data' }));
  })`);
  const line = `A message from ${lab.origin('b.tight')} to ${lab.origin('a.tight')} over a MessagePort was dropped by the browser`;
  await until(() => lines(page).some((one) => one.includes(line)));
  await page.close();
});

test('a document that was opened anew is still watched', async () => {
  const page = await lab.page('a.tight');
  await page.evaluate(`document.open(), document.write('<script src="/border.js"><' + '/script>'), document.close(), 0`);
  await until(() => page.evaluate(`typeof exchange === 'function'`));
  await exchange(page, `${lab.origin('b.tight')}/border.html`, 'frame', 6);
  await until(() => lines(page).some((one) => one.includes(`to ${lab.origin('a.tight')} over window.postMessage()`)));
  await page.close();
});

test('graphs of a million objects and 100 MB arrive whole, the array without a copy', async () => {
  serveIsolated(
    '/big',
    `<!doctype html><script>onmessage = ({ source }) => {
    const nodes = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
    source.postMessage({ nodes }, '*');
    const bytes = new Uint8Array(100_000_000); bytes[99_999_999] = 7;
    source.postMessage({ bytes }, '*', [bytes.buffer]);
  }</script>`,
  );
  const page = await lab.page('a.tight', '/isolated');
  const result = await page.evaluate(`(async () => {
    const frame = Object.assign(document.createElement('iframe'), { src: '${lab.origin('b.tight')}/big' });
    await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
    const datas = [];
    const both = new Promise((resolve) => { onmessage = (event) => { datas.push(event.data, event.data); if (datas.length === 4) resolve(); }; });
    frame.contentWindow.postMessage('go', '*');
    await both;
    const [a, b, c, d] = datas;
    return [a.nodes.length, a.nodes[999_999].i, a === b, c.bytes.length, c.bytes[99_999_999], c === d];
  })()`);
  expect(result).toEqual([1_000_000, 999_999, true, 100_000_000, 7, true]);
  await page.close();
});
