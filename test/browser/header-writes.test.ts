/** Writes from response headers: what each kind of request sends, what is stored when, and what a server and a page can see of it. */

import type http from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Lab, until } from './lab';

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

interface Seen {
  readonly host: string;
  readonly path: string;
  readonly header: string | undefined;
  readonly destination: string | undefined;
}

let lab: Lab;
let seen: Seen[] = [];
/** Responses that are to wait until a test lets them go. */
const held = new Map<string, () => void>();

/** Answers with what the query says: `write`, `to` (a redirect), `status`, `hold`, `cache`, `body`. */
function respond(request: http.IncomingMessage, response: http.ServerResponse, url: URL): void {
  const header = request.headers['sec-shared-storage-writable'] as string | undefined;
  seen.push({
    host: url.hostname.split('.')[0] as string,
    path: url.pathname + url.search,
    header,
    destination: request.headers['sec-fetch-dest'] as string,
  });
  const query = url.searchParams;
  const lines = query.getAll('write');
  const to = query.get('to');
  const kind = url.pathname.slice(1);
  const type = kind === 'image' ? 'image/gif' : 'text/html';
  const send = () => {
    response.writeHead(to ? 302 : Number(query.get('status') ?? 200), {
      'Content-Type': type,
      'Access-Control-Allow-Origin': query.get('no-cors') === null ? '*' : 'null',
      'Cache-Control': query.get('cache') ?? 'no-store',
      ...(lines.length > 0 ? { 'Shared-Storage-Write': lines } : {}),
      ...(to ? { Location: to } : {}),
    });
    response.end(
      kind === 'image'
        ? GIF
        : `<script>parent.postMessage(${JSON.stringify({ header: header ?? null })} && { header: ${JSON.stringify(header ?? null)}, href: location.href, url: document.URL }, '*')</script>`,
    );
  };
  const hold = query.get('hold');
  if (hold === null) send();
  else held.set(hold, send);
}

beforeAll(async () => {
  lab = await Lab.open({ args: ['--host-resolver-rules=MAP insecure.test 127.0.0.1'] });
  for (const path of ['/fetch', '/image', '/frame']) lab.serve(path, respond);
});
afterAll(() => lab.close());
beforeEach(() => {
  seen = [];
});

const requestsOf = (path: string) => seen.filter((one) => one.path.startsWith(path));
const write = (path: string, value: string, more = '') => `/${path}?write=${encodeURIComponent(value)}${more}`;

/** Runs in a page: a worklet that was started when the promise settled, and its module was there, tells what it finds. */
const READ = `(async () => { await self.done; await sharedStorage.run('read all', { keepAlive: true }); })()`;

async function readerPage(site: string, pathname?: string) {
  const page = await lab.page(site, pathname);
  await page.evaluate(`sharedStorage.worklet.addModule('/read-all.js')`);
  const read = async (number = 1) => {
    const line = await until(() => page.console.filter(({ args }) => args[1] === 'stored:')[number - 1]);
    return JSON.parse(String(line.args[2])) as Record<string, string>;
  };
  return Object.assign(page, { read });
}

const image = (src: string, more = '') => `new Promise((resolve) => {
  const image = document.createElement('img');
  image.src = '${src}';
  image.sharedStorageWritable = true;
  ${more}
  image.onload = image.onerror = ({ type }) => { ${READ}; resolve([type, image.src, image.outerHTML, image.naturalWidth]); };
  document.body.append(image);
})`;

const frame = (src: string, more = '') => `new Promise((resolve) => {
  const frame = document.createElement('iframe');
  frame.src = '${src}';
  frame.sharedStorageWritable = true;
  ${more}
  const messages = [];
  addEventListener('message', ({ data }) => messages.push(data));
  frame.onload = () => { ${READ}; setTimeout(() => resolve([frame.src, frame.outerHTML, messages])); };
  document.body.append(frame);
})`;

test('an image that script makes: one request, with the header, and the load event comes after the write', async () => {
  const page = await readerPage('image-script');
  const path = write('image', 'set;key=a;value=b');
  const loaded = (await page.evaluate(image(path))) as unknown[];
  expect(loaded).toEqual([
    'load',
    lab.origin('image-script') + path,
    `<img src="${path.replaceAll('&', '&amp;')}" sharedstoragewritable="">`,
    1,
  ]);
  expect(await page.read()).toEqual({ a: 'b' });
  expect(requestsOf(path)).toEqual([{ host: 'image-script', path, header: '?1', destination: 'image' }]);
  // The second one does not wait for the service worker.
  const second = write('image', 'set;key=c;value=d');
  await page.evaluate(image(second));
  expect(await page.read(2)).toEqual({ a: 'b', c: 'd' });
  expect(requestsOf(second).map(({ header }) => header)).toEqual(['?1']);
});

test('an iframe that script makes: one request, with the header, and nothing of the mark to be seen', async () => {
  const page = await readerPage('frame-script');
  for (const [index, key] of ['a', 'b'].entries()) {
    const path = write('frame', `set;key=${key};value=x`);
    const url = lab.origin('frame-script') + path;
    const [src, html, messages] = (await page.evaluate(frame(path))) as [string, string, unknown[]];
    expect([src, html]).toEqual([url, `<iframe src="${path}" sharedstoragewritable=""></iframe>`]);
    expect(messages).toEqual([{ header: '?1', href: url, url }]);
    expect(await page.read(index + 1)).toHaveProperty(key, 'x');
    expect(requestsOf(path)).toEqual([{ host: 'frame-script', path, header: '?1', destination: 'iframe' }]);
  }
});

const MARKUP = [
  ['image', (src: string) => `<img src="${src}" sharedstoragewritable>`],
  ['image', (src: string) => `<img srcset="${src} 1x" sharedstoragewritable>`],
  ['image', (src: string) => `<picture><source srcset="${src}"><img src="/blank.html?unused" sharedstoragewritable></picture>`],
  ['image', (src: string) => `<img loading="lazy" src="${src}" sharedstoragewritable>`],
  ['frame', (src: string) => `<iframe src="${src}" sharedstoragewritable></iframe>`],
  ['frame', (src: string) => `<iframe loading="lazy" src="${src}" sharedstoragewritable></iframe>`],
  ['frame', (src: string) => `<div><p>x</p><iframe sandbox="allow-scripts" src="${src}" sharedstoragewritable></iframe></div>`],
] as const;

const WAIT = `Promise.all([...document.querySelectorAll('[sharedstoragewritable]')].map((element) => new Promise((resolve) => {
  element.onload = element.onerror = () => { element.onload = element.onerror = null; ${READ}; resolve(); };
})))`;

test.each(MARKUP)('static markup: %s, %s', async (path, markup) => {
  const value = `v${Math.random()}`;
  const src = write(path, `set;key=static;value=${value}`);
  lab.serve(
    '/static.html',
    `<!doctype html><script>self.done = sharedStorage.worklet.addModule('/read-all.js')</script>${markup(src)}<script>self.loaded = ${WAIT}</script>`,
  );
  const page = await lab.page('static', '/static.html');
  await page.evaluate('loaded.then(() => undefined)');
  const line = await until(() => page.console.find(({ args }) => args[1] === 'stored:'));
  expect(JSON.parse(String(line.args[2])).static).toBe(value);
  const own = requestsOf(src);
  expect(own.filter(({ header }) => header === '?1')).toHaveLength(1);
  // The browser may have sent a frame's own request before the observer could take it back; that one is not marked.
  if (path === 'image') expect(own.map(({ destination }) => destination)).toEqual(['image', 'image']);
});

test.each(MARKUP)('innerHTML, templates, clones and document.write(): %s, %s', async (path, markup) => {
  const page = await readerPage('dynamic');
  for (const [index, insert] of [
    `document.body.innerHTML = html`,
    `{ const template = document.createElement('template'); template.innerHTML = html; document.body.append(template.content.cloneNode(true)); }`,
    `{ const holder = document.createElement('div'); holder.innerHTML = html; document.body.append(holder.cloneNode(true)); }`,
    `document.open(); document.write('<!doctype html><body>' + html); document.close()`,
  ].entries()) {
    const value = `v${Math.random()}`;
    const src = write(path, `set;key=dynamic;value=${value}`);
    await page.evaluate(
      `{ document.body.textContent = ''; const html = ${JSON.stringify(markup(src))}; ${insert}; ${WAIT}.then(() => undefined) }`,
    );
    expect((await page.read(index + 1)).dynamic, insert).toBe(value);
    expect(requestsOf(src).filter(({ header }) => header === '?1').length, insert).toBeGreaterThan(0);
  }
});

test('the IDL attribute reflects the content attribute, and its accessor is as native has it', async () => {
  const page = await lab.page('attribute');
  for (const [name, tag] of [
    ['HTMLImageElement', 'img'],
    ['HTMLIFrameElement', 'iframe'],
  ]) {
    const facts = await page.evaluate(`(() => {
      const { get, set, enumerable, configurable } = Object.getOwnPropertyDescriptor(${name}.prototype, 'sharedStorageWritable');
      const says = (call) => { try { return String(call()); } catch (error) { return error.constructor.name + ': ' + error.message; } };
      const element = document.createElement('${tag}');
      const states = [element.sharedStorageWritable];
      element.sharedStorageWritable = 'yes';
      states.push(element.outerHTML, element.sharedStorageWritable);
      element.sharedStorageWritable = 0;
      states.push(element.outerHTML);
      element.setAttribute('sharedStorageWritable', 'false');
      states.push(element.sharedStorageWritable);
      return [enumerable, configurable, get.name, get.length, set.name, set.length, states, says(() => get.call({})), says(() => set.call({}, 1)), says(() => set.call(element))];
    })()`);
    const html = (attribute: string) => (tag === 'img' ? `<img${attribute}>` : `<iframe${attribute}></iframe>`);
    expect(facts).toEqual([
      true,
      true,
      'get sharedStorageWritable',
      0,
      'set sharedStorageWritable',
      1,
      [false, html(' sharedstoragewritable=""'), true, html(''), true],
      'TypeError: Illegal invocation',
      'TypeError: Illegal invocation',
      `TypeError: Failed to set the 'sharedStorageWritable' property on '${name}': 1 argument required, but only 0 present.`,
    ]);
  }
});

test.each([
  ['content attribute, then src', `image.setAttribute('sharedstoragewritable', ''); image.src = src;`],
  ['src, then content attribute', `image.src = src; image.setAttribute('sharedstoragewritable', '');`],
  ['IDL attribute, then src', `image.sharedStorageWritable = true; image.src = src;`],
  ['src, then IDL attribute', `image.src = src; image.sharedStorageWritable = true;`],
  ['another src before', `image.src = '/image?unmarked'; image.sharedStorageWritable = true; image.src = src;`],
])('an image that is never in a document: %s', async (_order, steps) => {
  const page = await readerPage('detached');
  for (const [index, value] of ['first', 'second'].entries()) {
    const src = write('image', `set;key=detached;value=${value}`, `&${Math.random()}`);
    await page.evaluate(
      `new Promise((resolve) => { const src = '${src}'; const image = new Image(); ${steps} image.onload = () => { ${READ}; resolve(); }; })`,
    );
    expect((await page.read(index + 1)).detached).toBe(value);
    expect(requestsOf(src)).toHaveLength(1);
  }
});

test('an unmarked image or frame writes nothing, nor does a document that the policy denies', async () => {
  const page = await lab.page('plain');
  await page.evaluate(image(write('image', 'set;key=a;value=b'), 'image.sharedStorageWritable = false;').replace(`${READ};`, ''));
  await page.evaluate(frame(write('frame', 'set;key=a;value=b'), 'frame.sharedStorageWritable = false;').replace(`${READ};`, ''));
  lab.serve('/denied.html', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': 'shared-storage=()' }).end('<p>');
  });
  const denied = await lab.page('plain', '/denied.html');
  const loaded = (await denied.evaluate(image(write('image', 'set;key=c;value=d')).replace(`${READ};`, ''))) as unknown[];
  expect(loaded[0]).toBe('load');
  const [, , messages] = (await denied.evaluate(frame(write('frame', 'set;key=c;value=d')).replace(`${READ};`, ''))) as [
    string,
    string,
    { header: unknown }[],
  ];
  expect(messages.map(({ header }) => header)).toEqual([null]);
  expect(seen.filter(({ header }) => header !== undefined)).toEqual([]);
  expect(await lab.stored('plain')).toEqual({});
});

test('an iframe in a shadow tree, and one that gets another src', async () => {
  const page = await readerPage('shadow');
  const src = write('frame', 'set;key=shadow;value=x');
  await page.evaluate(`new Promise((resolve) => {
    const root = document.body.appendChild(document.createElement('div')).attachShadow({ mode: 'closed' });
    const frame = document.createElement('iframe');
    frame.src = '${src}';
    frame.sharedStorageWritable = true;
    frame.onload = () => { ${READ}; resolve(); };
    root.append(frame);
  })`);
  expect(await page.read()).toEqual({ shadow: 'x' });
  const [first, second] = [write('frame', 'set;key=first;value=x'), write('frame', 'set;key=second;value=x')];
  await page.evaluate(frame(first));
  await page.read(2);
  await page.evaluate(`new Promise((resolve) => {
    const frame = document.querySelector('iframe');
    frame.onload = () => { ${READ}; resolve(); };
    frame.src = '${second}';
  })`);
  expect(await page.read(3)).toEqual({ shadow: 'x', first: 'x', second: 'x' });
  expect(requestsOf(second).map(({ header }) => header)).toEqual(['?1']);
});

test('redirects of images and frames write at each hop', async () => {
  const page = await readerPage('hops');
  for (const kind of ['image', 'frame']) {
    const last = `${lab.origin('hops')}${write(kind, `set;key=${kind};value=last`)}`;
    const middle = `${lab.origin('hops-middle')}${write(kind, `set;key=${kind};value=middle`, `&to=${encodeURIComponent(last)}`)}`;
    const first = write(kind, `set;key=${kind}-first;value=x`, `&to=${encodeURIComponent(middle)}`);
    await page.evaluate((kind === 'image' ? image : frame)(first));
  }
  expect(await page.read(2)).toEqual({ 'image-first': 'x', image: 'last', 'frame-first': 'x', frame: 'last' });
  expect(await lab.stored('hops-middle')).toEqual({ image: 'middle', frame: 'middle' });
});

test('many frames in sandboxes and of another site at once: each writes once, before its load event', async () => {
  const page = await lab.page('crowd');
  const COUNT = 24;
  const html = Array.from({ length: COUNT }, (_, index) => {
    const src = `${lab.origin(index % 2 === 0 ? 'crowd' : 'crowd-other')}${write('frame', `append;key=k${index};value=x`)}`;
    return `<iframe ${index % 4 === 0 ? 'sandbox="allow-scripts"' : ''} src="${src}" sharedstoragewritable></iframe>`;
  });
  await page.evaluate(`new Promise((resolve) => {
    document.body.innerHTML = ${JSON.stringify(html.join(''))};
    const loads = Array.from({ length: ${COUNT} }, () => 0);
    [...document.querySelectorAll('iframe')].forEach((frame, index) => {
      frame.onload = () => { loads[index]++; if (loads.every((count) => count > 0)) resolve(loads); };
    });
  })`);
  const stored = { ...(await lab.stored('crowd')), ...(await lab.stored('crowd-other')) };
  expect(stored).toEqual(Object.fromEntries(Array.from({ length: COUNT }, (_, index) => [`k${index}`, 'x'])));
});

test('a marked image can be decoded, and nobody is told of errors', async () => {
  const page = await lab.page('decoded');
  const outcome = (script: string) =>
    page.evaluate(`(async () => {
    const image = new Image();
    ${script}
    return image.decode().then(() => image.naturalWidth, String);
  })()`);
  const src = (name: string) => `image.src = '${write('image', `set;key=${name};value=x`, `&name=${name}`)}';`;
  expect(await outcome(`image.sharedStorageWritable = true; ${src('a')}`)).toBe(1);
  expect(await outcome(`${src('b')} image.sharedStorageWritable = true;`)).toBe(1);
  expect(await outcome(`image.sharedStorageWritable = true; ${src('c')} await new Promise((resolve) => setTimeout(resolve));`)).toBe(1);
  expect(await outcome(src('d'))).toBe(1);
  expect(await outcome(`image.sharedStorageWritable = true; image.src = '/missing';`)).toMatch(/EncodingError/);
  expect(page.browserLines.filter((line) => !line.includes('404'))).toEqual([]);
  expect(await lab.stored('decoded')).toEqual({ a: 'x', b: 'x', c: 'x' });
});
