/** Pages and frames that attack what keeps frames with opaque URLs apart from their page, and a cut frame from the network. */

import dgram from 'node:dgram';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';

let lab: Lab;
let page: Awaited<ReturnType<Lab['page']>>;
const received: string[] = [];

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/inner', (_request, response, url) => {
    received.push(url.pathname + url.search);
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' });
    response.end('<!doctype html><title>inner</title><body>');
  });
  lab.serve('/nested', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' });
    // The frame around it waits for it to give up its network.
    response.end(`<!doctype html><title>nested</title><script>
      const image = new Image();
      image.onload = image.onerror = () => fence.disableUntrustedNetwork();
      onload = () => { image.src = '/receive?nested'; };
    </script>`);
  });
  lab.serve('/receive', (_request, response, url) => {
    received.push(url.pathname + url.search);
    response.writeHead(200, { 'Content-Type': 'image/gif', 'Access-Control-Allow-Origin': '*' }).end('received');
  });
  lab.serve('/select.js', `register('select', class { async run(urls, data) { return data.index; } })`);
});

afterAll(() => lab.close());

afterEach(async () => {
  await page?.close();
  received.length = 0;
});

const inner = (query: string) => `${lab.origin('ads')}/inner?${query}`;
const receive = (query: string) => JSON.stringify(`${lab.origin('evil')}/receive?${query}`);

/** Shows the URL in a new fenced frame of the page. */
async function show(url: string): Promise<Session> {
  await page.evaluate(`{
    const frame = document.createElement('fencedframe');
    frame.config = new FencedFrameConfig(${JSON.stringify(url)});
    document.body.append(frame);
  }`);
  return inside(url);
}

/** The document in the frame, once it is there. */
async function inside(url: string): Promise<Session> {
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
  await until(() => session.evaluate(`document.readyState === 'complete'`));
  return session;
}

test('the closed shadow tree of a fenced frame stays closed for a page that defines the element in it', async () => {
  page = await lab.page('site');
  await page.evaluate(`{
    globalThis.found = [];
    customElements.define('shared-storage-lab-frame', class extends HTMLElement {
      constructor() { super(); found.push(this.attachInternals()); }
    });
  }`);
  await page.evaluate(`{
    const frame = document.createElement('fencedframe');
    frame.config = new FencedFrameConfig(${JSON.stringify(inner('closed'))});
    document.body.append(frame);
  }`);
  // Another page's frame is later than this one's would have been.
  const other = page;
  page = await lab.page('site');
  await (await show(inner('later'))).detach();
  expect(await other.evaluate(`found.map(({ shadowRoot }) => shadowRoot)`)).toEqual([null]);
  expect(received).toEqual(['/inner?later']);
  await other.close();
});

test("a fenced frame's own URN fills no other frame", async () => {
  page = await lab.page('site');
  // Where a page has no worklet, the browser's dialog about a URL that it does not know may come over it at any time.
  await page.evaluate(`sharedStorage.worklet.addModule('/select.js')`);
  const frame = await show(inner('reused'));
  const name = (await frame.evaluate(`{
    const child = document.body.appendChild(document.createElement('iframe'));
    Object.getOwnPropertyDescriptor(child.contentWindow, 'name').get.call(window);
  }`)) as string;
  expect(name).toMatch(/^urn:uuid:/);
  await page.evaluate(`{
    const f = document.createElement('iframe'); f.credentialless = true; f.name = f.src = ${JSON.stringify(name)}; document.body.append(f);
  }`);
  await (await show(inner('afterwards'))).detach();
  expect(received).toEqual(['/inner?reused', '/inner?afterwards']);
  await frame.detach();
});

async function openWithUrn(name: string): Promise<void> {
  page = await lab.page('site');
  await page.evaluate(`(async () => {
    await sharedStorage.worklet.addModule('/select.js');
    const urls = [0, 1].map((index) => ({ url: ${JSON.stringify(inner(name))} + '-' + index }));
    globalThis.urn = await sharedStorage.selectURL('select', urls, { data: { index: 1 }, keepAlive: true });
  })()`);
}

test.each([['before'], ['when it sees the frame leave']])('a policy that the page adds %s reports no selected URL', async (when) => {
  await openWithUrn('policy');
  await page.evaluate(`(async () => {
    globalThis.seen = [];
    addEventListener('securitypolicyviolation', ({ blockedURI }) => seen.push(blockedURI));
    const frame = document.createElement('iframe');
    frame.src = '/blank.html';
    document.body.append(frame);
    await new Promise((resolve) => { frame.onload = resolve; });
    const add = () => {
      const policy = document.createElement('meta');
      policy.httpEquiv = 'Content-Security-Policy';
      policy.content = "frame-src 'self' urn: chrome-extension:";
      document.head.append(policy);
    };
    frame.contentWindow.navigation.addEventListener('navigate', ({ destination }) => {
      seen.push(destination.url.replace(/[0-9a-f-]{36}|[a-p]{32}/g, 'ID'));
      if (${when !== 'before'}) add();
    });
    if (${when === 'before'}) add();
    frame.src = urn;
  })()`);
  await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { src: urn }))`);
  // The policy forbids it. A frame that is filled later has been filled.
  const other = page;
  await openWithUrn('later');
  await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { src: urn }))`);
  await until(() => received.length > 0);
  expect(received).toEqual(['/inner?later-1']);
  expect(await other.evaluate(`seen.filter((uri) => uri.startsWith('http'))`)).toEqual([]);
  await other.close();
});

test('a cut frame has no network by way of what it had before', async () => {
  page = await lab.page('site');
  const frame = await show(inner('ways'));
  const code = `const go = ({ data }) => fetch(data, { mode: 'no-cors' }).then(() => 'reached', () => 'failed');
    onmessage = async (event) => (globalThis.parent ?? self).postMessage(await go(event), globalThis.parent ? '*' : undefined);
    onconnect = ({ ports: [port] }) => { port.onmessage = async (event) => port.postMessage(await go(event)); };`;
  await frame.evaluate(`(async () => {
    const code = ${JSON.stringify(code)};
    const url = 'data:text/javascript,' + encodeURIComponent(code);
    const ask = (target, source = target) => (what) => new Promise((resolve) => {
      source.addEventListener('message', ({ data }) => resolve(data), { once: true });
      target.postMessage(what, target === source ? undefined : '*');
    });
    // For what has no answer to give: it is waited for once the others have answered.
    const askInVain = (target) => (what) => Promise.race([ask(target)(what), new Promise((resolve) => setTimeout(resolve, 1500, 'nothing'))]);
    globalThis.ways = {};
    const child = document.createElement('iframe');
    child.sandbox = 'allow-scripts';
    child.srcdoc = '<script>' + code + '</' + 'script>';
    document.body.append(child);
    await new Promise((resolve) => { child.onload = resolve; });
    ways.sandboxed = ask(child.contentWindow, window);
    const headless = document.createElement('iframe');
    headless.sandbox = 'allow-scripts';
    headless.srcdoc = '<script>document.head.remove();' + code + '</' + 'script>';
    document.body.append(headless);
    await new Promise((resolve) => { headless.onload = resolve; });
    ways.headless = ask(headless.contentWindow, window);
    const working = document.createElement('iframe');
    working.sandbox = 'allow-scripts';
    working.srcdoc = '<script>const worker = new Worker(URL.createObjectURL(new Blob([' + JSON.stringify(code) + ']))); onmessage = ({ data }) => worker.postMessage(data); worker.onmessage = ({ data }) => parent.postMessage(data, "*")</' + 'script>';
    document.body.append(working);
    await new Promise((resolve) => { working.onload = resolve; });
    ways.working = ask(working.contentWindow, window);
    ways.worker = askInVain(new Worker(url));
    try { const shared = new SharedWorker(url); shared.port.start(); ways.shared = askInVain(shared.port); } catch (error) { ways.shared = () => String(error); }
    globalThis.tryAll = async (target) => { const results = {}; for (const name in ways) results[name] = await ways[name](target + name); return results; };
  })()`);
  const before = await frame.evaluate(`tryAll(${receive('before-')})`);
  // Workers of `data:` URLs there are none: a shared one has neither a host nor a tab, and no rule of the browser would fit it.
  expect(before).toEqual({ worker: 'nothing', shared: 'nothing', sandboxed: 'reached', headless: 'reached', working: 'reached' });
  expect(received.length).toBe(4);
  expect(await frame.evaluate(`fence.disableUntrustedNetwork().then(String)`)).toBe('undefined');
  const failed = { sandboxed: 'failed', headless: 'failed', working: 'failed' };
  expect(await frame.evaluate(`tryAll(${receive('after-')})`)).toEqual({ worker: 'nothing', shared: 'nothing', ...failed });
  expect(received.filter((path) => path.includes('after'))).toEqual([]);
  // A frame of another host that comes later is none of its business.
  await page.evaluate(`new Promise((resolve) => {
    const other = Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(`${lab.origin('other')}/inner?other`)}, onload: resolve });
    document.body.append(other);
  })`);
  const other = await inside(`${lab.origin('other')}/inner?other`);
  expect(
    await other.evaluate(
      `(async () => { for (;;) if (await fetch('/receive?other').then(() => true, () => false)) return 'received'; })()`,
    ),
  ).toBe('received');
  await other.detach();
  await frame.detach();
});

test('a cut frame has nobody asked in its place: no data origin by its name, no server of a connection', async () => {
  lab.serve('/cut.js', `register('nothing', class { async run() {} })`);
  page = await lab.page('site');
  const frame = await show(inner('in-its-place'));
  await frame.evaluate('fence.disableUntrustedNetwork().then(String)');
  const server = dgram.createSocket('udp4');
  let isAsked = false;
  server.on('message', () => {
    isAsked = true;
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  const connect = `(async () => {
    const connection = new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${server.address().port}' }] });
    connection.createDataChannel('c');
    await connection.setLocalDescription(await connection.createOffer());
    return 'connected';
  })().catch(({ name }) => name)`;
  const create = `sharedStorage.createWorklet('/cut.js', { dataOrigin: ${JSON.stringify(lab.origin('what-it-read'))} }).then(() => 'created', String)`;
  expect(await frame.evaluate(connect)).toBe('InvalidStateError');
  expect(await frame.evaluate(create)).toBe(
    `OperationError: Failed to load ${lab.origin('ads')}/cut.js error = net::ERR_NETWORK_ACCESS_REVOKED.`,
  );
  expect(lab.requests.filter((request) => request.startsWith('what-it-read.'))).toEqual([]);
  // A page that has its network asks both.
  expect(await page.evaluate(connect)).toBe('connected');
  await until(() => isAsked);
  await page.evaluate(create);
  expect(lab.requests.filter((request) => request.startsWith('what-it-read.'))).toHaveLength(1);
  server.close();
  await frame.detach();
});

test('a frame without a head is cut off all the same', async () => {
  page = await lab.page('site');
  const frame = await show(inner('headless'));
  await frame.evaluate(`document.head.remove()`);
  const outcome = await frame.evaluate(`fence.disableUntrustedNetwork().then(String, ({ message }) => message)`);
  const blocked = await frame.evaluate(`new Promise((resolve) => {
    const image = new Image();
    image.onload = () => resolve(false);
    image.onerror = () => resolve(true);
    image.src = ${receive('headless')};
  })`);
  expect([outcome, blocked]).toEqual(['undefined', true]);
  expect(received).not.toContain('/receive?headless');
  await frame.detach();
});

test('images that the policy forbids are not asked for again, whatever the steps of the clock make of their time', async () => {
  page = await lab.page('site');
  await page.evaluate(`(async () => {
    const policy = document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = "img-src 'none'";
    document.head.append(policy);
    performance.setResourceTimingBufferSize(1000);
    for (let count = 0; count < 400; count++) {
      const url = ${receive('forbidden')} + count;
      performance.mark(url);
      const image = document.createElement('img');
      image.setAttribute('sharedstoragewritable', '');
      image.setAttribute('src', url);
      document.body.append(image);
      await new Promise((resolve) => { image.onerror = image.onload = resolve; });
    }
  })()`);
  expect(received).toEqual([]);
});

test('a cut frame that goes to a URN stays cut off, and so does what is in it', async () => {
  page = await lab.page('site');
  const frame = await show(inner('stays'));
  const urn = await frame.evaluate(`(async () => {
    const nested = document.createElement('fencedframe');
    nested.config = new FencedFrameConfig(${JSON.stringify(`${lab.origin('ads')}/nested`)});
    document.body.append(nested);
    await sharedStorage.worklet.addModule('/select.js');
    return sharedStorage.selectURL('select', [{ url: '/inner?0' }, { url: '/inner?1' }], { data: { index: 1 }, keepAlive: true });
  })()`);
  await until(() => received.includes('/receive?nested'));
  await frame.evaluate('fence.disableUntrustedNetwork().then(String)');
  const worker = await lab.browser.serviceWorker();
  const asked = worker.evaluate(`new Promise((resolve) => {
    chrome.runtime.onMessage.addListener(({ to }) => { if (to === 'selected-url') resolve(); });
  })`);
  await frame.evaluate(`location.href = '${urn}'`);
  await asked;
  await (await show(inner('afterwards'))).detach();
  const records = await lab.records<{ time: number; value: { isNetworkRevoked?: boolean } }>('shared-storage-documents', 'records');
  const contents = records.filter(({ value }) => value.isNetworkRevoked !== undefined).toSorted((a, b) => a.time - b.time);
  expect(contents.slice(-3).filter(({ value }) => value.isNetworkRevoked).length).toBeGreaterThanOrEqual(2);
  await worker.detach();
  await frame.detach();
});
