/** Writes from response headers by fetch() and Request, in every kind of page and along redirects; and many at a time. */

import type http from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Lab, until } from './lab';

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

let lab: Lab;
let seen: { path: string; method: string; header: string | undefined }[] = [];
const held = new Map<string, () => void>();

/** Answers with what the query says: `write`, `to` (a redirect), `status`, `cache`, and `hold`, a name to let it go by. */
function respond(request: http.IncomingMessage, response: http.ServerResponse, { pathname, search, searchParams }: URL): void {
  const header = request.headers['sec-shared-storage-writable'] as string | undefined;
  seen.push({ path: pathname + search, method: String(request.method), header });
  const to = searchParams.get('to');
  const send = () => {
    response.writeHead(to ? 302 : Number(searchParams.get('status') ?? 200), {
      'Content-Type': searchParams.has('image') ? 'image/gif' : 'text/plain',
      ...(searchParams.has('no-cors') ? {} : { 'Access-Control-Allow-Origin': '*' }),
      'Cache-Control': searchParams.get('cache') ?? 'no-store',
      'Shared-Storage-Write': searchParams.getAll('write'),
      ...(to ? { Location: to } : {}),
    });
    response.end(searchParams.has('image') ? GIF : (header ?? 'absent'));
  };
  const hold = searchParams.get('hold');
  if (hold === null) send();
  else held.set(hold, send);
}

beforeAll(async () => {
  lab = await Lab.open({ args: ['--host-resolver-rules=MAP insecure.test 127.0.0.1'] });
  lab.serve('/write', respond);
});
afterAll(() => lab.close());
beforeEach(() => {
  seen = [];
});

const url = (write: string, more = '') => `/write?write=${encodeURIComponent(write)}${more}`;
const outcome = (expression: string) => `(async () => ${expression})().then(String, (error) => error.name + ': ' + error.message)`;
const text = (target: string, init = '{ sharedStorageWritable: true }') =>
  `fetch('${target}', ${init}).then((response) => response.text())`;

test('fetch() and Request take the mark as native does', async () => {
  const page = await lab.page('requests');
  const target = url('append;key=k;value=x');
  const cases: [string, string][] = [
    [text(target), '?1'],
    [text(target, '{ sharedStorageWritable: 1 }'), '?1'],
    [text(target, '{ sharedStorageWritable: false }'), 'absent'],
    [text(target, '{ sharedStorageWritable: undefined }'), 'absent'],
    [text(target, `{ headers: { 'Sec-Shared-Storage-Writable': '?1' } }`), 'absent'],
    [`fetch(new Request('${target}', { sharedStorageWritable: true })).then((response) => response.text())`, '?1'],
    [`fetch(new Request('${target}', { sharedStorageWritable: true }).clone()).then((response) => response.text())`, '?1'],
    [`fetch(new Request(new Request('${target}', { sharedStorageWritable: true }))).then((response) => response.text())`, '?1'],
    [`fetch(new Request('${target}', { sharedStorageWritable: true }), {}).then((response) => response.text())`, '?1'],
    [
      `fetch(new Request('${target}', { sharedStorageWritable: true }), { sharedStorageWritable: false }).then((response) => response.text())`,
      'absent',
    ],
    [`fetch(new URL('${target}', location), { sharedStorageWritable: true }).then((response) => response.text())`, '?1'],
    [`fetch('${target}', { sharedStorageWritable: true }).then((response) => response.headers.get('Shared-Storage-Write'))`, 'null'],
    [`fetch('${target}').then((response) => response.headers.get('Shared-Storage-Write'))`, 'null'],
    [`fetch('${target}#fragment', { sharedStorageWritable: true }).then((response) => response.url.slice(location.origin.length))`, target],
    [`new Request('${target}', { sharedStorageWritable: true }).url.slice(location.origin.length)`, target],
    [`'sharedStorageWritable' in Request.prototype`, 'false'],
    [`new Request('/x') instanceof Request && new Request('/x').constructor === Request && Request.name + Request.length`, 'Request1'],
    [`(class Mine extends Request {}).name + (new (class Mine extends Request {})('/x') instanceof Request)`, 'Minetrue'],
    [
      `fetch('data:,x', { sharedStorageWritable: true })`,
      "TypeError: Failed to execute 'fetch' on 'Window': sharedStorageWritable: sharedStorage operations are not available for opaque origins.",
    ],
    [
      `new Request('data:,x', { sharedStorageWritable: false })`,
      "TypeError: Failed to construct 'Request': sharedStorageWritable: sharedStorage operations are not available for opaque origins.",
    ],
    [
      `fetch('http://[', { sharedStorageWritable: true })`,
      "TypeError: Failed to execute 'fetch' on 'Window': Failed to parse URL from http://[",
    ],
    [`fetch('/x', { get sharedStorageWritable() { throw new RangeError('of the page') } })`, 'RangeError: of the page'],
    [`fetch('${target}', { sharedStorageWritable: true, method: 'POST', body: 'x' }).then((response) => response.text())`, '?1'],
  ];
  for (const [expression, result] of cases) expect(await page.evaluate(outcome(expression)), expression).toBe(result);
  const marked = seen.filter(({ header }) => header === '?1').length;
  expect(await lab.stored('requests')).toEqual({ k: 'x'.repeat(marked) });
});

test('a Request of another realm keeps its mark, and one without a mark has none', async () => {
  const page = await lab.page('realms');
  const target = url('append;key=k;value=x');
  const answers = await page.evaluate(`(async () => {
    const view = document.body.appendChild(document.createElement('iframe')).contentWindow;
    const marked = { sharedStorageWritable: true };
    const requests = [
      () => fetch(new view.Request('${target}', marked)),
      () => view.fetch(new Request('${target}', marked)),
      () => fetch(Request.prototype.clone.call(new view.Request('${target}', marked))),
      () => fetch(new Request(new view.Request('${target}', { ...marked, method: 'POST', body: 'x' }))),
      () => fetch(new view.Request('${target}')),
      () => fetch(new view.Request('${target}', marked), { sharedStorageWritable: false }),
    ];
    const answers = [];
    for (const request of requests) answers.push(await (await request()).text());
    return answers;
  })()`);
  expect(answers).toEqual(['?1', '?1', '?1', '?1', 'absent', 'absent']);
  expect(await lab.stored('realms')).toEqual({ k: 'xxxx' });
});

test('an insecure page and a data: document are told so, and write nothing', async () => {
  const message = 'sharedStorageWritable: sharedStorage operations are only available in secure contexts.';
  const target = `${lab.origin('insecure')}${url('set;key=a;value=b')}`;
  const all = `Promise.all([${outcome(text(target))}, ${outcome(`new Request('${target}', { sharedStorageWritable: true })`)},
    ${outcome(`'sharedStorageWritable' in HTMLImageElement.prototype`)}])`;
  const expected = [
    `TypeError: Failed to execute 'fetch' on 'Window': ${message}`,
    `TypeError: Failed to construct 'Request': ${message}`,
    'false',
  ];
  const page = await lab.browser.openPage(`http://insecure.test:${lab.port}/blank.html`);
  expect(await page.evaluate(all)).toEqual(expected);
  const embedder = await lab.page('embedder');
  const told = await embedder.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data));
    const frame = document.createElement('iframe');
    frame.src = 'data:text/html,' + encodeURIComponent(${JSON.stringify(`<script>${all}.then((results) => parent.postMessage(results, '*'))</script>`)});
    document.body.append(frame);
  })`);
  expect(told).toEqual(expected);
  expect(await lab.stored('insecure')).toEqual({});
});

test('a redirect chain: each hop writes for its own origin; insecure hops get no header', async () => {
  const page = await lab.page('chain-a');
  const last = `${lab.origin('chain-c')}${url('set;key=hop;value=three')}`;
  const insecure = `http://insecure.test:${lab.port}${url('set;key=hop;value=insecure', `&to=${encodeURIComponent(last)}`)}`;
  const second = `${lab.origin('chain-b')}${url('set;key=hop;value=two', `&to=${encodeURIComponent(insecure)}`)}`;
  expect(await page.evaluate(text(url('set;key=hop;value=one', `&to=${encodeURIComponent(second)}`)))).toBe('?1');
  expect(seen.map(({ header }) => header)).toEqual(['?1', '?1', undefined, '?1']);
  expect(await Promise.all(['chain-a', 'chain-b', 'chain-c'].map((site) => lab.stored(site)))).toEqual([
    { hop: 'one' },
    { hop: 'two' },
    { hop: 'three' },
  ]);
});

/** A page whose policy lets some origins write, and what a redirect to each of four sites brings there, after which one. */
test.each([
  ['self', ['?1', undefined, '?1', undefined], { one: 'x', three: 'x' }],
  ['self and another', ['?1', '?1', '?1', undefined], { one: 'x', two: 'x', three: 'x' }],
  ['only another', [undefined, '?1', undefined, undefined], { two: 'x' }],
  ['subdomains', [undefined, undefined, undefined, '?1'], { four: 'x' }],
] as const)('a policy for %s: a hop that it denies gets no header and writes nothing, the next one may', async (kind, headers, written) => {
  const site = `policy-${kind.replaceAll(' ', '-')}`;
  const sites = [site, `${site}-other`, site, `sub.${site}`];
  const policies = {
    self: '(self)',
    'self and another': `(self "${lab.origin(`${site}-other`)}")`,
    'only another': `("${lab.origin(`${site}-other`)}")`,
    subdomains: `("http://*.${site}.localhost:${lab.port}")`,
  };
  lab.serve('/policy.html', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': `shared-storage=${policies[kind]}` }).end('<p>');
  });
  const chain = ['one', 'two', 'three', 'four'].reduceRight((to, key, index) => {
    const more = to && `&to=${encodeURIComponent(to)}`;
    return `${lab.origin(sites[index] as string)}${url(`append;key=${key};value=x`, more)}`;
  }, '');
  const page = await lab.page(site, '/policy.html');
  await page.evaluate(text(chain));
  expect(seen.map(({ header }) => header)).toEqual(headers);
  const stored = await Promise.all([...new Set(sites)].map((name) => lab.stored(name)));
  expect(Object.assign({}, ...stored)).toEqual(written);
});

test('204s, errors, responses that CORS hides, no-cors and cached responses write', async () => {
  const page = await lab.page('kinds');
  const other = lab.origin('kinds-other');
  await page.evaluate(text(url('append;key=status;value="204"', '&status=204')));
  await page.evaluate(text(url('append;key=status;value="/500"', '&status=500')));
  expect(await page.evaluate(outcome(text(`${other}${url('append;key=cors;value=hidden', '&no-cors')}`)))).toContain('TypeError');
  await page.evaluate(
    text(`${other}${url('append;key=cors;value="/opaque"', '&no-cors')}`, `{ sharedStorageWritable: true, mode: 'no-cors' }`),
  );
  const cached = url('append;key=cached;value=x', '&cache=max-age=1000');
  for (let time = 0; time < 3; time++) await page.evaluate(text(cached));
  expect(seen.filter(({ path }) => path === cached)).toHaveLength(1);
  expect(await lab.stored('kinds')).toEqual({ status: '204/500', cached: 'xxx' });
  expect(await lab.stored('kinds-other')).toEqual({ cors: 'hidden/opaque' });
});

test('a sandboxed frame writes to the origin that answers', async () => {
  lab.serve(
    '/sandboxed.html',
    `<script>${text('/write?write=set;key=a;value=b')}.then((text) => parent.postMessage([text, origin], '*'))</script>`,
  );
  const page = await lab.page('sandbox');
  const message = await page.evaluate(`new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data));
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.src = '/sandboxed.html';
    document.body.append(frame);
  })`);
  expect(message).toEqual(['?1', 'null']);
  expect(await lab.stored('sandbox')).toEqual({ a: 'b' });
});

test("a page's own service worker sees requests without a mark, and the write lands", async () => {
  lab.serve(
    '/worker.js',
    `self.seen = []; addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', ({ request }) => { if (request.url.includes('/write')) seen.push([request.url, request.mode, request.headers.get('Sec-Shared-Storage-Writable')]); });
    addEventListener('message', ({ ports }) => ports[0].postMessage(seen));`,
  );
  const page = await lab.page('controlled');
  await page.evaluate(`navigator.serviceWorker.register('/worker.js').then(() => new Promise((resolve) => {
    if (navigator.serviceWorker.controller) resolve(); else navigator.serviceWorker.oncontrollerchange = () => resolve();
  }))`);
  const target = url('append;key=a;value=b');
  expect(await page.evaluate(text(target))).toBe('?1');
  expect(await page.evaluate(text(target, '{}'))).toBe('absent');
  const intercepted = await page.evaluate(
    `new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = ({ data }) => resolve(data); navigator.serviceWorker.controller.postMessage('', [port2]); })`,
  );
  expect(intercepted).toEqual(Array.from({ length: 2 }, () => [lab.origin('controlled') + target, 'cors', null]));
  for (const [tag, key] of [
    ['img', 'image'],
    ['iframe', 'frame'],
  ])
    await page.evaluate(`new Promise((resolve) => {
      const element = document.createElement('${tag}');
      element.src = '${url(`append;key=${key};value=x`, tag === 'img' ? '&image' : '')}';
      element.sharedStorageWritable = true;
      element.onload = resolve;
      document.body.append(element);
    })`);
  await page.evaluate(`navigator.serviceWorker.getRegistration().then((registration) => registration.unregister())`);
  expect(await lab.stored('controlled')).toEqual({ a: 'b', image: 'x', frame: 'x' });
});

test('a keepalive request that outlives its document writes, along its redirects', async () => {
  const page = await lab.page('kept-alive');
  const last = `${lab.origin('kept-alive-other')}${url('append;key=hop;value=two', '&hold=last')}`;
  const first = url('append;key=hop;value=one', `&hold=first&to=${encodeURIComponent(last)}`);
  await page.evaluate(`void fetch('${first}', { sharedStorageWritable: true, keepalive: true })`);
  const redirect = await until(() => held.get('first'));
  await page.navigate(`${lab.origin('kept-alive-elsewhere')}/blank.html`);
  redirect();
  (await until(() => held.get('last')))();
  await until(async () => (await lab.stored('kept-alive-other')).hop === 'two');
  expect(await lab.stored('kept-alive')).toEqual({ hop: 'one' });
});

test('a response that comes while the service worker is stopped is not lost', async () => {
  const page = await lab.page('stopped');
  const target = url('set;key=a;value=b', '&hold=stopped');
  const done = page.evaluate(text(target));
  const send = await until(() => held.get('stopped'));
  held.delete('stopped');
  await lab.stopServiceWorker();
  send();
  // It is asked for again.
  (await until(() => held.get('stopped')))();
  expect(await done).toBe('?1');
  expect(await lab.stored('stopped')).toEqual({ a: 'b' });
});

/** Holds the page up in the middle of its script, where it hears of no answer and no response until it is released. */
const BLOCK = `setTimeout(() => {
  const request = new XMLHttpRequest();
  request.open('GET', '/write?hold=blocked', false);
  request.send();
}), 0`;

test('nor is one that comes before the next service worker is told of its request', async () => {
  const page = await lab.page('late');
  // From now on the page's requests go out at once.
  await page.evaluate(text(url('set;key=before;value=b')));
  await page.evaluate(`globalThis.done = ${text(url('set;key=a;value=b', '&hold=late'))}; ${BLOCK}`);
  const release = await until(() => held.get('blocked'));
  held.delete('blocked');
  const send = await until(() => held.get('late'));
  held.delete('late');
  await lab.stopServiceWorker();
  send();
  release();
  // It is asked for again.
  (await until(() => held.get('late')))();
  expect(await page.evaluate('done')).toBe('?1');
  expect(await lab.stored('late')).toEqual({ before: 'b', a: 'b' });
});

test('what had written before the service worker was stopped is asked for again, and writes no second time', async () => {
  const page = await lab.page('again');
  // From now on the page's requests go out at once.
  await page.evaluate(text(url('set;key=before;value=b')));
  const target = url('append;key=k;value="1"', '&hold=first');
  await page.evaluate(`globalThis.done = ${text(target)}; ${BLOCK}`);
  const release = await until(() => held.get('blocked'));
  held.delete('blocked');
  (await until(() => held.get('first')))();
  held.delete('first');
  const stored = `sharedStorageLab.request('origin.entries', { dataOrigin: '${lab.origin('again')}' })`;
  await until(async () => (await lab.inExtension<[string, string][]>(stored)).some(([, value]) => value === '1'));
  await lab.stopServiceWorker();
  release();
  (await until(() => held.get('first')))();
  expect(await page.evaluate('done')).toBe('?1');
  expect(await lab.stored('again')).toEqual({ before: 'b', k: '1' });
});

test('while one tab has marked requests under way, the extension hears nothing of the others', async () => {
  const worker = await lab.browser.serviceWorker();
  const listens = 'chrome.webRequest.onHeadersReceived.hasListeners()';
  await until(() => worker.evaluate(`!${listens}`));
  await worker.evaluate(`{
    const event = chrome.webRequest.onHeadersReceived;
    const { addListener } = event;
    globalThis.heardOf = [];
    event.addListener = (listener, filter, info) => {
      addListener.call(event, listener, filter, info);
      addListener.call(event, ({ url }) => void heardOf.push(new URL(url).pathname), filter, info);
    };
  }`);
  const [marking, other] = [await lab.page('marking-tab'), await lab.page('other-tab')];
  await marking.evaluate(`void ${text(url('set;key=a;value=b', '&hold=listening'))}`);
  const answer = await until(() => held.get('listening'));
  expect(await worker.evaluate(listens)).toBe(true);
  await other.evaluate(`fetch('/blank.html?other').then((response) => response.text())`);
  await other.navigate(`${lab.origin('other-tab')}/blank.html?other`);
  answer();
  await until(() => worker.evaluate(`heardOf.length > 0`));
  expect(await worker.evaluate('heardOf')).not.toContain('/blank.html');
  // What this test listens with goes with the worker.
  await worker.detach();
  await lab.stopServiceWorker();
});

test('locks: a batch with one waits for it, and a method with one of its own spoils its header', async () => {
  const page = await lab.page('locked');
  await page.evaluate(text(url('set;key=a;value=b, options;with_lock=l')));
  await page.evaluate(text(url('set;key=c;value=d;with_lock=l, set;key=e;value=f')));
  expect(await lab.stored('locked')).toEqual({ a: 'b' });
});

test('the event log says of each attempt what was asked, what came and what became of it', async () => {
  const page = await lab.page('logged');
  await page.evaluate(text(url('set;key=a;value=b, nonsense, delete')));
  await page.evaluate(text(url('"', '')));
  await page.evaluate(text(url('clear'), '{}'));
  lab.serve('/denied.html', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': 'shared-storage=()' }).end('<p>');
  });
  const denied = await lab.page('logged', '/denied.html');
  expect(await denied.evaluate(text(url('clear')))).toBe('absent');
  const insecure = `http://insecure.test:${lab.port}${url('clear', '&logged')}`;
  await page.evaluate(text(url('options', `&to=${encodeURIComponent(insecure)}`)));
  interface Logged {
    scope: string;
    dataOrigin: string;
    result: unknown;
    refusal: string | null;
    parameters: Record<string, unknown>;
  }
  const events = await until(async () => {
    const all = (await lab.events<Logged>()).filter(
      ({ scope, dataOrigin, parameters }) =>
        scope === 'header' && (dataOrigin === lab.origin('logged') || String(parameters.url).endsWith('&logged')),
    );
    return all.length >= 6 && all;
  });
  // What is written is noted when it is applied, and what is refused, at once.
  const written = events.find(({ result }) => result === true);
  expect(written).toMatchObject({
    result: true,
    refusal: null,
    parameters: {
      status: 200,
      header: 'set;key=a;value=b, nonsense, delete',
      request: { id: expect.any(String), method: 'GET', type: 'xmlhttprequest' },
      items: [
        { item: 'set', text: 'set;key=a;value=b', fate: 'written' },
        { item: 'nonsense', text: 'nonsense', fate: 'bad item: unknown name' },
        { item: 'delete', text: 'delete', fate: 'bad item: no key, or none that is a string' },
      ],
    },
  });
  const reasons = events.filter((event) => event !== written).map(({ refusal }) => String(refusal));
  for (const reason of ['bad header', 'not opted in', 'policy denies', 'The header has no valid item', 'insecure'])
    expect(
      reasons.some((one) => one.startsWith(reason)),
      `${reason} in ${reasons}`,
    ).toBe(true);
});

/** `MARKED_REQUESTS=10000` for as many as that; on CI fewer do. */
test('thousands of marked requests, 50 at a time, among as many without a mark to the same URLs', async () => {
  const COUNT = Number(process.env.MARKED_REQUESTS ?? 2000);
  const marked = new Map<string, number>();
  const answers = { marked: 0, unmarked: 0 };
  lab.serve('/many', (request, response, { searchParams }) => {
    const isMarked = request.headers['sec-shared-storage-writable'] === '?1';
    answers[isMarked ? 'marked' : 'unmarked']++;
    const key = searchParams.get('key') as string;
    if (isMarked) marked.set(key, (marked.get(key) ?? 0) + 1);
    response.writeHead(204, { 'Shared-Storage-Write': `append;key="k${key}";value="${isMarked ? 'm' : 'u'}"` }).end();
  });
  const page = await lab.page('many');
  await page.evaluate(`(async () => {
    let next = 0;
    const one = async () => {
      for (let index = next++; index < ${COUNT}; index = next++) {
        const url = '/many?key=' + (index % 100);
        await Promise.all([fetch(url, { sharedStorageWritable: true }), fetch(url)]);
      }
    };
    await Promise.all(Array.from({ length: 50 }, one));
  })()`);
  expect(answers).toEqual({ marked: COUNT, unmarked: COUNT });
  const stored = await lab.stored('many');
  expect(Object.keys(stored)).toHaveLength(100);
  expect(stored).toEqual(Object.fromEntries([...marked].map(([key, count]) => [`k${key}`, 'm'.repeat(count)])));
});
