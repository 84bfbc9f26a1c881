/** Fenced frames of URLs: what the embedder sees of them, what they are inside, and what they cannot reach. */

import type http from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, MUCH_LONGER, until } from './lab';

let lab: Lab;
let page: Awaited<ReturnType<Lab['page']>>;

interface Request {
  readonly path: string;
  readonly method: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const received: Request[] = [];

function record(request: http.IncomingMessage, url: URL, done: () => void): void {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    received.push({ path: `${url.pathname}${url.search}`, method: request.method ?? '', headers: request.headers, body });
    done();
  });
}

const requestOf = (path: string) => received.find((request) => request.path === path);

beforeAll(async () => {
  lab = await Lab.open();
  const html = { 'Content-Type': 'text/html', 'Access-Control-Allow-Origin': '*' };
  lab.serve('/inner', (request, response, url) =>
    record(request, url, () => {
      response.writeHead(200, { ...html, ...(url.searchParams.has('refuses') ? {} : { 'Supports-Loading-Mode': 'fenced-frame' }) });
      response.end('<!doctype html><title>inner</title><body><a id="link" href="/landing" target="_unfencedTop">out</a>');
    }),
  );
  lab.serve('/receive', (request, response, url) =>
    record(request, url, () => response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('received')),
  );
  lab.serve('/landing', '<!doctype html><title>landing</title>');
  lab.serve(
    '/read-context.js',
    `register('context', class { async run({ key }) { await sharedStorage.set(key, String(sharedStorage.context)); } })`,
  );
});

afterAll(() => lab.close());

afterEach(async () => {
  await page?.close();
  received.length = 0;
});

const inner = (query = '') => `${lab.origin('ads')}/inner${query}`;

const FRAME = `document.querySelector('fencedframe')`;

/** Shows the URL in a new fenced frame of the page. */
async function show(url: string, more = ''): Promise<void> {
  await page.evaluate(`{
    const frame = document.createElement('fencedframe');
    const config = new FencedFrameConfig(${JSON.stringify(url)});
    ${more}
    frame.config = config;
    document.body.append(frame);
  }`);
}

/** The document in the fenced frame, once it is there. */
async function inside(url: string): Promise<Session> {
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
  await until(() => session.evaluate(`document.readyState === 'complete'`));
  return session;
}

test('the frame loads the URL as a fenced frame, without cookies and referrer', async () => {
  page = await lab.page('site');
  await show(inner('?loads'));
  const { headers } = await until(() => requestOf('/inner?loads'));
  expect(headers['sec-fetch-dest']).toBe('fencedframe');
  expect(headers.referer).toBeUndefined();
  await (await inside(inner('?loads'))).detach();
  expect(page.browserLines.filter((line) => !line.includes('404'))).toEqual([]);
  expect(page.console).toEqual([]);
});

test('a document that does not support fenced frames is not shown', async () => {
  page = await lab.page('site');
  await show(inner('?refuses'));
  await show(inner('?after'));
  await until(() => requestOf('/inner?refuses'));
  await (await inside(inner('?after'))).detach();
  expect([...lab.browser.targets.values()].filter(({ url }) => url.startsWith(inner('?refuses')))).toEqual([]);
});

test('inside: a fence, no way to the embedder, no dialogs', async () => {
  page = await lab.page('site');
  await show(inner('?inside'));
  const frame = await inside(inner('?inside'));
  const seen = await frame.evaluate(`({
    fence: fence instanceof Fence, parent: parent === self, frameElement, opener, name, href: location.href, referrer: document.referrer,
    confirm: confirm('?'), prompt: prompt('?'), popup: open('about:blank'), configs: fence.getNestedConfigs(), length,
  })`);
  expect(seen).toEqual({
    fence: true,
    parent: true,
    frameElement: null,
    opener: null,
    name: '',
    href: inner('?inside'),
    referrer: '',
    confirm: false,
    prompt: null,
    popup: null,
    configs: [],
    length: 0,
  });
  await frame.detach();
});

test('inside: the permissions features that a fenced frame has, and no others', async () => {
  page = await lab.page('site');
  await show(inner('?features'));
  const frame = await inside(inner('?features'));
  const kept = await frame.evaluate(`document.featurePolicy.allowedFeatures()`);
  const allowed = ['attribution-reporting', 'private-aggregation', 'shared-storage', 'shared-storage-select-url'];
  expect((kept as string[]).filter((feature) => !allowed.includes(feature))).toEqual([]);
  expect(await frame.evaluate(`navigator.geolocation && document.featurePolicy.allowsFeature('geolocation')`)).toBe(false);
  expect(await frame.evaluate(`sharedStorage.set('k', 'v').then(() => 'stored')`)).toBe('stored');
  await frame.detach();
});

test("fence.notifyEvent(): the user's click is told to the embedder, as an event of the element and nothing else", async () => {
  page = await lab.page('site');
  await show(inner('?notify'), `frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0';`);
  await page.evaluate(
    `globalThis.told = []; for (const type of ['fencedtreeclick', 'click']) document.addEventListener(type, ({ target }) => told.push(type + ' ' + target.localName)); undefined`,
  );
  const frame = await inside(inner('?notify'));
  await frame.evaluate(`globalThis.outcomes = []; document.documentElement.onclick = (event) => {
    try { outcomes.push(String(fence.notifyEvent(event))); } catch ({ name, message }) { outcomes.push(name + ': ' + message); }
  }; undefined`);
  await frame.evaluate('document.documentElement.click()');
  await frame.evaluate(`try { fence.notifyEvent(new Event('click')); } catch ({ name }) { outcomes.push(name); }`);
  await frame.evaluate(`try { fence.notifyEvent({}); } catch ({ name }) { outcomes.push(name); }`);
  // Until the browser has drawn the frame, a click is one on the page.
  await until(async () => {
    await page.evaluate('told.length = 0');
    for (const type of ['mousePressed', 'mouseReleased'])
      await page.send('Input.dispatchMouseEvent', { type, x: 150, y: 120, button: 'left', clickCount: 1 });
    await frame.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))');
    return frame.evaluate('outcomes.length > 3');
  });
  await until(() => page.evaluate('told.length > 0'));
  expect(await page.evaluate('told')).toEqual(['fencedtreeclick fencedframe']);
  expect(((await frame.evaluate('outcomes')) as string[]).slice(0, 4)).toEqual([
    "SecurityError: Failed to execute 'notifyEvent' on 'Fence': The triggering_event object is in an invalid state.",
    'SecurityError',
    'TypeError',
    'undefined',
  ]);
  await frame.detach();
});

test.each([
  ['once', `fence.notifyEvent(event)`],
  ['twice', `fence.notifyEvent(event); fence.notifyEvent(event)`],
  ['after a popup', `open('/blank.html?popup'); fence.notifyEvent(event)`],
])('fence.notifyEvent(), called %s, tells of a click that nothing has used, and uses it up', async (name, code) => {
  page = await lab.page('site');
  const url = inner(`?${name.replaceAll(' ', '-')}`);
  await show(url, `frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0';`);
  // The handler is the element's, and comes in its turn.
  await page.evaluate(`globalThis.told = []; {
      const frame = document.querySelector('fencedframe');
      frame.onfencedtreeclick = function (event) { told.push(['handler', this === frame, event.eventPhase, event.currentTarget === frame].join()); };
      document.addEventListener('fencedtreeclick', () => told.push('document'));
    }`);
  const frame = await inside(url);
  await frame.evaluate(`globalThis.active = []; document.documentElement.onclick = (event) => {
      document.documentElement.onclick = null;
      active.push(navigator.userActivation.isActive);
      ${code};
      active.push(navigator.userActivation.isActive);
    }; undefined`);
  // Until the browser has drawn the frame, a click is one on the page.
  await until(async () => {
    for (const type of ['mousePressed', 'mouseReleased'])
      await page.send('Input.dispatchMouseEvent', { type, x: 150, y: 120, button: 'left', clickCount: 1 });
    return frame.evaluate('active.length > 1');
  });
  expect(await frame.evaluate('active')).toEqual([true, false]);
  if (name === 'after a popup') await (await lab.browser.attach(({ url }) => url.endsWith('?popup'))).close();
  else await until(() => page.evaluate('told.length > 0'));
  // What a second one would have told is there before what the page asks for now.
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  expect(await page.evaluate('told')).toEqual(name === 'after a popup' ? [] : ['handler,true,2,true', 'document']);
  await frame.detach();
});

test.each(['an iframe in a fenced frame', 'an iframe with a URN'])('fence.notifyEvent() in %s throws', async (where) => {
  page = await lab.page('site');
  const url = inner('?throws');
  if (where === 'an iframe with a URN') {
    await page.evaluate(`(async () => {
      await sharedStorage.worklet.addModule('/select-url.js');
      const src = await sharedStorage.selectURL('select', [{ url: ${JSON.stringify(url)} }], { data: { returns: 0 }, keepAlive: true });
      document.body.append(Object.assign(document.createElement('iframe'), { src }));
    })()`);
  } else {
    await show(inner('?around'));
    const around = await inside(inner('?around'));
    await around.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(url.replace('ads', 'child'))} }))`,
    );
    await around.detach();
  }
  const frame = await inside(where === 'an iframe with a URN' ? url : url.replace('ads', 'child'));
  expect(
    await frame.evaluate(
      `(() => { try { fence.notifyEvent(new Event('click')); } catch ({ name, message }) { return name + ': ' + message; } })()`,
    ),
  ).toBe("SecurityError: Failed to execute 'notifyEvent' on 'Fence': notifyEvent is only available in fenced frame roots.");
  await frame.detach();
});

test('no message goes in or out', async () => {
  page = await lab.page('site', '/blank.html', async (session) => {
    // A debugger's script is there before any other, so that it hears what nobody else does.
    const source = `addEventListener('message', ({ data }) => { document.documentElement.title += data + ' '; });`;
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: 'debugger' });
  });
  await page.evaluate(`globalThis.heard = []; addEventListener('message', ({ data }) => heard.push(data)); undefined`);
  await show(inner('?messages'));
  const frame = await inside(inner('?messages'));
  await frame.evaluate(`parent.postMessage('to-parent', '*'); top.postMessage('to-top', '*')`);
  await until(() => page.evaluate(`document.documentElement.title.includes('to-top')`));
  await page.evaluate(`new Promise((resolve) => { addEventListener('message', resolve, { once: true }); postMessage('own', '*'); })`);
  expect(await page.evaluate('heard')).toEqual(['own']);
  expect(await page.evaluate(`[length, ${FRAME}.contentWindow, frames[0]].map(String)`)).toEqual(['0', 'undefined', 'undefined']);
  await frame.detach();
});

test('after document.open(), which takes all listeners away, fenced frames stay empty', async () => {
  const open = `document.open(); addEventListener('message', ({ data }) => heard.push(data)); document.write('<!doctype html><body></body>'); document.close();`;
  page = await lab.page('site');
  await page.evaluate(`globalThis.heard = []; undefined`);
  await show(inner('?before-opening'));
  const frame = await inside(inner('?before-opening'));
  await frame.evaluate(`void setInterval(() => top.postMessage('to-top', '*'))`);
  await frame.detach();
  // The frame is put back before anything else can happen.
  await page.evaluate(`{ const kept = ${FRAME}; ${open} document.body.append(kept); undefined }`);
  await show(inner('?after-opening'));
  const refused = async () =>
    (await lab.events<{ method: string; refusal: string | null }>()).find(({ method }) => method === 'fencedframe');
  expect(await until(refused)).toMatchObject({ refusal: expect.stringContaining('document.open()') });
  await until(() => ![...lab.browser.targets.values()].some(({ url }) => String(url).includes('-opening')));
  expect(requestOf('/inner?after-opening')).toBeUndefined();
});

test('what the embedder sees: its config, no load event, no resource timing, no history', async () => {
  page = await lab.page('site');
  await page.evaluate(
    `globalThis.loads = 0; document.addEventListener('load', () => loads++, true); globalThis.before = history.length; undefined`,
  );
  await show(inner('?seen'), 'globalThis.shown = config; frame.onload = () => loads++;');
  const frame = await inside(inner('?seen'));
  expect(
    await page.evaluate(`({
      same: ${FRAME}.config === shown, keys: Reflect.ownKeys(shown), attributes: ${FRAME}.attributes.length, loads, grown: history.length - before,
      entries: performance.getEntries().map(({ name }) => name).filter((name) => /inner|urn:|ads\\./.test(name)),
      text: document.documentElement.outerHTML.includes('inner'),
    })`),
  ).toEqual({ same: true, keys: [], attributes: 0, loads: 0, grown: 0, entries: [], text: false });
  await frame.detach();
});

test("storage is the frame's own", async () => {
  const first = await lab.page('ads');
  await first.evaluate(`localStorage.seen = 'yes'; document.cookie = 'seen=yes'`);
  await first.close();
  page = await lab.page('site');
  await show(inner('?storage'));
  const frame = await inside(inner('?storage'));
  expect(await frame.evaluate(`[localStorage.seen ?? null, document.cookie]`)).toEqual([null, '']);
  await frame.detach();
});

test('sharedStorage.get() is refused until the network is cut, and then nothing gets out', async () => {
  const first = await lab.page('ads');
  await first.evaluate(`sharedStorage.set('name', 'Ada')`);
  await first.close();
  page = await lab.page('site');
  await show(inner('?cut'));
  const frame = await inside(inner('?cut'));
  const get = `sharedStorage.get('name').catch(({ name, message }) => name + ': ' + message)`;
  expect(await frame.evaluate(get)).toBe(
    'OperationError: sharedStorage.get() is not allowed in a fenced frame until network access is disabled.',
  );
  expect(await frame.evaluate(`fetch('/receive?before').then((response) => response.text())`)).toBe('received');
  expect(await frame.evaluate(`fence.disableUntrustedNetwork().then(String)`)).toBe('undefined');
  expect(await frame.evaluate(get)).toBe('Ada');
  expect(await frame.evaluate(`sharedStorage.get('unknown').then(String)`)).toBe('undefined');
  // Writes go through a port, which reading does not; it sees them all the same.
  const read = await frame.evaluate(`(async () => {
    const read = [];
    for (let round = 0; round < 30; round++) {
      for (let count = 0; count < 20; count++) sharedStorage.set('round', round + ':' + count);
      read.push(await sharedStorage.get('round'));
    }
    return read;
  })()`);
  expect(read).toEqual(Array.from({ length: 30 }, (_, round) => `${round}:19`));
  await frame.evaluate(`(async () => {
    const target = ${JSON.stringify(`${lab.origin('ads')}/receive?leak`)};
    await fetch(target).catch(() => {});
    navigator.sendBeacon(target);
    const settled = [];
    for (const tag of ['img', 'script', 'iframe', 'link', 'video', 'embed', 'object']) {
      const element = document.createElement(tag);
      element.rel = 'stylesheet';
      settled.push(new Promise((resolve) => { element.onerror = element.onload = resolve; setTimeout(resolve, 500); }));
      element.src = element.href = element.data = target;
      document.body.append(element);
    }
    try { new WebSocket(target.replace('http', 'ws')); } catch {}
    try { new EventSource(target); } catch {}
    try { new Worker(target); } catch {}
    const form = document.createElement('form');
    form.action = target;
    document.body.append(form);
    form.submit();
    open(target);
    location.href = target;
    const child = document.body.appendChild(document.createElement('iframe'));
    child.contentWindow.fetch?.(target).catch(() => {});
    await Promise.all(settled);
  })()`);
  expect(received.filter(({ path }) => path.startsWith('/receive')).map(({ path }) => path)).toEqual(['/receive?before']);
  expect(await frame.evaluate('location.href')).toBe(inner('?cut'));
  await frame.detach();
});

test('the network is cut for workers, sockets and frames that were there before, and for nobody else', async () => {
  const worker = `const go = ({ data }) => fetch(data, { mode: 'no-cors' }).then(() => 'reached', () => 'failed');
    onmessage = async (event) => postMessage(await go(event));
    onconnect = ({ ports: [port] }) => { port.onmessage = async (event) => port.postMessage(await go(event)); };`;
  lab.serve('/worker.js', (_request, response) => response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(worker));
  lab.serve('/stream', (_request, response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: first\n\n'));
  lab.serve('/child', (_request, response) =>
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' })
      .end(
        `<!doctype html><script>onmessage = ({ data, source }) => fetch(data, { mode: 'no-cors' }).then(() => 'reached', () => 'failed').then((how) => parent.postMessage(how, '*'))</script>`,
      ),
  );
  page = await lab.page('site');
  await show(inner('?workers'));
  const frame = await inside(inner('?workers'));
  const target = (name: string) => JSON.stringify(`${lab.origin('ads')}/receive?${name}`);
  await frame.evaluate(`(async () => {
    const worker = new Worker('/worker.js');
    const shared = new SharedWorker('/worker.js').port;
    const answer = (port, url) => new Promise((resolve) => { port.onmessage = ({ data }) => resolve(data); port.postMessage(url); });
    const child = document.createElement('iframe');
    const loads = new Promise((resolve) => { child.onload = resolve; });
    child.src = ${JSON.stringify(`${lab.origin('child')}/child`)};
    document.body.append(child);
    await loads;
    const ask = (url) => new Promise((resolve) => { addEventListener('message', ({ data }) => resolve(data), { once: true }); child.contentWindow.postMessage(url, '*'); });
    globalThis.all = (name) => Promise.all([answer(worker, name + '-worker'), answer(shared, name + '-shared'), ask(name + '-child')]);
    globalThis.events = new EventSource('/stream');
    await new Promise((resolve) => { events.onmessage = resolve; });
  })()`);
  expect(await frame.evaluate(`all(${target('before')})`)).toEqual(['reached', 'reached', 'reached']);
  await frame.evaluate('fence.disableUntrustedNetwork()');
  expect(await frame.evaluate(`all(${target('after')})`)).toEqual(['failed', 'failed', 'failed']);
  expect(await frame.evaluate('events.readyState')).toBe(2);
  expect(received.filter(({ path }) => path.includes('after'))).toEqual([]);
  const reached = `fetch(${target('embedder')}).then((response) => response.text())`;
  expect(await page.evaluate(reached)).toBe('received');
  await frame.detach();
  // With the frame, the cut ends.
  await page.send('Page.navigate', { url: `${lab.origin('ads')}/blank.html` });
  await until(() => page.evaluate(`${reached}.catch(() => 'failed')`).then((how: string) => how === 'received'));
});

const LOCAL = `(async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>';
  const canvas = document.createElement('canvas');
  const blob = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  const script = URL.createObjectURL(new Blob(['postMessage("worked")'], { type: 'text/javascript' }));
  const image = (src) => new Promise((resolve) => {
    const element = new Image();
    element.onload = () => resolve('loaded');
    element.onerror = () => resolve('failed');
    element.src = src;
  });
  const read = (url) => fetch(url).then((response) => response.text(), () => 'failed');
  const worker = new Promise((resolve) => {
    const element = new Worker(script);
    element.onmessage = ({ data }) => resolve(data);
    element.onerror = () => resolve('failed');
  });
  return Promise.all([
    image(canvas.toDataURL()), image('data:image/svg+xml,' + encodeURIComponent(svg)), image(blob), read('data:,text'), read(blob).then((text) => text === svg), worker,
    import('data:text/javascript,export default 5').then((module) => module.default, () => 'failed'),
  ]);
})()`;

test('the cut leaves what a document has in itself: data: and blob: URLs, canvases, workers', async () => {
  page = await lab.page('site');
  await show(inner('?local'));
  const frame = await inside(inner('?local'));
  const said: string[] = [];
  frame.on('Log.entryAdded', ({ entry }) => said.push(entry.text));
  await frame.send('Log.enable');
  const works = ['loaded', 'loaded', 'loaded', 'text', true, 'worked', 5];
  expect(await frame.evaluate(LOCAL)).toEqual(works);
  await frame.evaluate('fence.disableUntrustedNetwork()');
  expect(await frame.evaluate(LOCAL)).toEqual(works);
  // Nobody who looks at the console has anything to do with how the cut is made.
  expect(said).toEqual([]);
  const reaches = `new Promise((resolve) => {
    const text = 'fetch(' + JSON.stringify(${JSON.stringify(`${'TARGET'}`)}) + ', { mode: "no-cors" }).then(() => postMessage("reached"), () => postMessage("failed"))';
    new Worker(URL.createObjectURL(new Blob([text]))).onmessage = ({ data }) => resolve(data);
  })`;
  expect(await frame.evaluate(reaches.replace('TARGET', `${lab.origin('ads')}/receive?from-worker`))).toBe('failed');
  expect(received.filter(({ path }) => path.includes('from-worker'))).toEqual([]);
  await frame.detach();
});

test.each([
  ['a path', '/inner?relative', ''],
  ['a data: URL', 'data:text/html,x', 'A fenced frame must be navigated to an "https" URL'],
  ['a javascript: URL', 'javascript:1', 'A fenced frame must be navigated to an "https" URL'],
  ['a URL with markup that may be dangling', 'http://localhost/inner?a\nb<c', 'A fenced frame must be navigated to an "https" URL'],
])('a config of %s shows nothing, and leaves what is shown', async (_what, url, said) => {
  page = await lab.page('site');
  await show(inner('?stays'));
  const frame = await inside(inner('?stays'));
  await page.evaluate(`${FRAME}.config = new FencedFrameConfig(${JSON.stringify(url)}); undefined`);
  if (said) await until(() => page.console.some(({ level, args }) => level === 'warning' && String(args[0]).startsWith(said)));
  await page.evaluate(
    `{ const frame = document.createElement('fencedframe'); document.body.append(frame); frame.config = new FencedFrameConfig(${JSON.stringify(inner('?control'))}); undefined }`,
  );
  await until(() => requestOf('/inner?control'));
  expect(await frame.evaluate('location.search')).toBe('?stays');
  expect(received.map(({ path }) => path)).toEqual(['/inner?stays', '/inner?control']);
  await frame.detach();
});

test('another config in the element has its network', async () => {
  page = await lab.page('site');
  await show(inner('?first'));
  const frame = await inside(inner('?first'));
  await frame.evaluate('fence.disableUntrustedNetwork()');
  await page.evaluate(`${FRAME}.config = new FencedFrameConfig(${JSON.stringify(inner('?second'))}); undefined`);
  const second = await inside(inner('?second'));
  expect(await second.evaluate(`fetch('/receive').then((response) => response.text())`)).toBe('received');
  await second.detach();
});

test('sharedStorage.get() outside of a fenced frame is refused', async () => {
  page = await lab.page('site');
  expect(await page.evaluate(`sharedStorage.get('name').catch(({ name, message }) => name + ': ' + message)`)).toBe(
    'OperationError: Cannot call get() outside of a fenced frame.',
  );
});

test("_unfencedTop takes the tab along, for a user's gesture only", async () => {
  page = await lab.page('site');
  await show(inner('?top'));
  const frame = await inside(inner('?top'));
  const { result } = await frame.send('Runtime.evaluate', { expression: `open('/landing', '_unfencedTop')`, userGesture: false });
  expect(result.subtype).toBe('null');
  await frame.evaluate(`document.getElementById('link').click()`);
  await until(() => page.evaluate('location.href').then((href: string) => href === `${lab.origin('ads')}/landing`));
});

test('100 fenced frames, made while the service worker is stopped, all load', async () => {
  page = await lab.page('site');
  await lab.stopServiceWorker();
  await page.evaluate(`for (let i = 0; i < 100; i++) {
    const frame = document.createElement('fencedframe');
    frame.config = new FencedFrameConfig(${JSON.stringify(inner('?of100='))} + i);
    document.body.append(frame);
  }`);
  await until(() => new Set(received.map(({ path }) => path).filter((path) => path.includes('of100'))).size === 100, MUCH_LONGER);
});

test('worklets of the frame, and of its own origin within it, know the context that the embedder gave', async () => {
  page = await lab.page('site');
  await show(inner('?context'), `config.setSharedStorageContext('from the embedder');`);
  const frame = await inside(inner('?context'));
  await frame.evaluate(
    `sharedStorage.worklet.addModule('/read-context.js').then(() => sharedStorage.run('context', { data: { key: 'outer' } }))`,
  );
  await frame.evaluate(`new Promise((resolve) => {
    const child = document.body.appendChild(document.createElement('iframe'));
    child.onload = () => resolve(child.contentWindow.sharedStorage.worklet.addModule('/read-context.js')
      .then(() => child.contentWindow.sharedStorage.run('context', { data: { key: 'child' } })));
    child.src = '/inner?within';
  })`);
  await frame.detach();
  await until(async () => {
    const { outer, child } = await lab.stored('ads');
    return outer === 'from the embedder' && child === 'from the embedder';
  });
});

test('frames of one URL with different contexts, shown at once: each knows its own', async () => {
  page = await lab.page('site');
  const contexts = ['first', 'second', 'third'];
  for (const context of contexts) await show(inner('?same'), `config.setSharedStorageContext('${context}');`);
  const targets = await until(() => {
    const found = [...lab.browser.targets.values()].filter(({ type, url }) => type === 'iframe' && url.startsWith(inner('?same')));
    return found.length === contexts.length && found;
  });
  for (const [index, { targetId }] of targets.entries()) {
    const frame = await lab.browser.attach((target) => target.targetId === targetId);
    await frame.evaluate(
      `sharedStorage.worklet.addModule('/read-context.js').then(() => sharedStorage.run('context', { data: { key: 'of ${index}' } }))`,
    );
    await frame.detach();
  }
  await until(async () => {
    const stored = await lab.stored('ads');
    const seen = contexts.map((_context, index) => stored[`of ${index}`]).sort();
    return JSON.stringify(seen) === JSON.stringify(contexts);
  });
});

test.each([
  ["fenced-frame-src http: https:; frame-src 'none'", true, []],
  ["fenced-frame-src 'none'; frame-src *", false, [["fenced-frame-src 'none'; frame-src *", 'enforce']]],
  ["frame-src 'self'", false, [["frame-src 'self'", 'enforce']]],
  [
    "img-src *, fenced-frame-src 'none', frame-src 'none'",
    false,
    [
      ["fenced-frame-src 'none'", 'enforce'],
      ["frame-src 'none'", 'enforce'],
    ],
  ],
  [
    "report-only fenced-frame-src 'none'",
    true,
    [
      ["fenced-frame-src 'none'", 'report'],
      ["fenced-frame-src 'none'", 'report'],
    ],
  ],
  ['sandbox allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox', false, []],
  [
    'sandbox allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation',
    true,
    [],
  ],
])('an embedder with the policy %s: shown is %s', async (policy, expected, told) => {
  const [header, value] = policy.startsWith('report-only ')
    ? ['Content-Security-Policy-Report-Only', policy.slice(12)]
    : ['Content-Security-Policy', policy];
  lab.serve('/with-policy', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', [header]: value }).end('<!doctype html><body>');
  });
  page = await lab.page('site', '/with-policy');
  await page.evaluate(`globalThis.violations = []; document.addEventListener('securitypolicyviolation', (event) => {
    const { blockedURI, effectiveDirective, violatedDirective, originalPolicy, disposition, documentURI } = event;
    violations.push([event instanceof SecurityPolicyViolationEvent, blockedURI, effectiveDirective, violatedDirective, documentURI, originalPolicy, disposition]);
  }); undefined`);
  await show(inner(`?policy=${encodeURIComponent(policy)}`));
  const expectedViolations = told.map((rest) => [
    true,
    lab.origin('ads'),
    'fenced-frame-src',
    'fenced-frame-src',
    `${lab.origin('site')}/with-policy`,
    ...rest,
  ]);
  await until(async () => ((await page.evaluate('violations')) as unknown[]).length >= told.length);
  if (expected) await until(() => received.length > 0);
  else {
    // Another document's frame, asked for later, is there.
    const other = await lab.page('site');
    await other.evaluate(
      `{ const frame = document.createElement('fencedframe'); frame.config = new FencedFrameConfig(${JSON.stringify(inner('?control'))}); document.body.append(frame); }`,
    );
    await until(() => requestOf('/inner?control'));
    await other.close();
    expect(received.map(({ path }) => path)).toEqual(['/inner?control']);
  }
  expect(await page.evaluate('violations')).toEqual(expectedViolations);
  const lines = () =>
    page.console.filter(({ args }) => String(args[0]).startsWith(`Framing '${lab.origin('ads')}/' as a fenced frame violates`));
  await until(() => lines().length >= told.length);
  expect(lines()).toHaveLength(told.length);
});

/** What a config is after it was cloned, and whether a frame shows it. */
const CLONES = `(async () => {
  const config = new FencedFrameConfig(URL_TO_SHOW);
  const says = (value) => [value instanceof FencedFrameConfig, String(value), Reflect.ownKeys(value).length, value === config].join();
  const arrived = (send) => new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data), { once: true });
    send();
  });
  const channel = new MessageChannel();
  const clones = {
    structuredClone: structuredClone(config),
    nested: structuredClone({ deep: [new Map(), { config }] }).deep[1].config,
    window: await arrived(() => postMessage(config)),
    port: await new Promise((resolve) => { channel.port2.onmessage = ({ data }) => resolve(data.config); channel.port1.postMessage({ config }); }),
  };
  for (const clone of Object.values(clones)) {
    const frame = document.createElement('fencedframe');
    frame.config = clone;
    document.body.append(frame);
  }
  return [says(config), ...Object.values(clones).map(says)];
})()`;

test('a config can be cloned, and its clones show what it shows', async () => {
  page = await lab.page('site');
  const said = await page.evaluate(CLONES.replace('URL_TO_SHOW', JSON.stringify(inner('?cloned'))));
  const clone = 'true,[object FencedFrameConfig],0,false';
  expect(said).toEqual(['true,[object FencedFrameConfig],0,true', clone, clone, clone, clone]);
  await until(() => received.filter(({ path }) => path === '/inner?cloned').length === 4);
});

test.each(['site', 'elsewhere'])('a config from a frame of the page, which is of %s, can be shown', async (site) => {
  lab.serve('/posts', '<!doctype html><script>parent.postMessage(new FencedFrameConfig(location.hash.slice(1)), "*")</script>');
  page = await lab.page('site');
  const is = await page.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => {
      const frame = document.createElement('fencedframe');
      frame.config = data;
      document.body.append(frame);
      resolve([data instanceof FencedFrameConfig, frame.config === data]);
    });
    const posts = document.createElement('iframe');
    posts.src = ${JSON.stringify(`${lab.origin(site)}/posts#${inner(`?from-${site}`)}`)};
    document.body.append(posts);
  })`);
  expect(is).toEqual([true, true]);
  await until(() => requestOf(`/inner?from-${site}`));
});
