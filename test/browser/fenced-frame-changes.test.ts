/** What becomes of a fenced frame that is moved, gets another config, the focus, or scrolls: as in native Chromium 150. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, type Page, until } from './lab';

interface Request {
  readonly name: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

let lab: Lab;
let page: Page;
const requests: Request[] = [];
const named = (name: string) => requests.filter((request) => request.name === name);

beforeAll(async () => {
  lab = await Lab.open({ args: ['--host-resolver-rules=MAP insecure.test 127.0.0.1'] });
  lab.serve('/document', (request, response, url) => {
    const headers = url.searchParams.getAll('header').map((header) => header.split(': ', 2) as [string, string]);
    requests.push({ name: url.searchParams.get('name') ?? '', headers: request.headers });
    response.writeHead(Number(url.searchParams.get('status') ?? 200), {
      'Content-Type': 'text/html',
      'Supports-Loading-Mode': 'fenced-frame',
      ...Object.fromEntries(headers),
    });
    response.end('<!doctype html><title>document</title><body><div style="height: 3000px"></div><input>');
  });
  lab.serve('/redirect', (_request, response, url) => response.writeHead(302, { Location: url.searchParams.get('to') ?? '' }).end());
  lab.serve('/favicon.ico', (_request, response) => response.writeHead(204).end());
});

afterAll(() => lab.close());
afterEach(async () => {
  await page?.close();
  requests.length = 0;
});

const at = (site: string, query = '') => `${lab.origin(site)}/document?${query}`;
const configOf = (url: string) => `new FencedFrameConfig(${JSON.stringify(url)})`;

async function inside(url: string): Promise<Session> {
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
  await until(() => session.evaluate(`document.readyState === 'complete'`));
  return session;
}

async function show(url: string): Promise<void> {
  await page.evaluate(`{
    globalThis.frame = document.createElement('fencedframe');
    frame.config = ${configOf(url)};
    document.body.append(frame);
  }`);
}

test.each([
  ['is removed and inserted again', `frame.remove(); document.body.append(frame)`],
  ['is moved in the document', `document.body.prepend(frame)`],
  [
    'is adopted by the document of an iframe',
    `const i = document.createElement('iframe'); document.body.append(i); i.contentDocument.body.append(frame)`,
  ],
])('a frame that %s shows its config once more', async (_what, code) => {
  page = await lab.page('site');
  await show(at('ads', 'name=moved'));
  await (await inside(at('ads', 'name=moved'))).detach();
  await page.evaluate(`{ ${code}; }`);
  await until(() => named('moved').length === 2);
  const again = await inside(at('ads', 'name=moved'));
  await until(() => again.evaluate(`document.title === 'document'`));
  await again.detach();
});

const ADOPT = 'document.body.append(frame)';

test.each([
  ['a frame, and gets its config afterwards', null, ADOPT, 'frame.config = config'],
  ['a frame, with its config', null, 'frame.config = config', ADOPT],
  ['a frame where it has been shown', null, 'frame.config = config; globalThis.isShown = true', ADOPT],
  ['a sandbox without scripts, and gets its config afterwards', 'allow-same-origin', ADOPT, 'frame.config = config'],
  ['a sandbox without scripts, with its config', 'allow-same-origin', 'frame.config = config', ADOPT],
])(
  "an element that comes to the page from the document of %s, is shown there and has the page's answers",
  async (_whence, sandbox, first, then) => {
    const url = at('ads', 'name=adopted');
    page = await lab.page('site');
    await page.evaluate(`{
    const iframe = document.createElement('iframe');
    const sandbox = ${JSON.stringify(sandbox)};
    if (sandbox !== null) iframe.sandbox = sandbox;
    document.body.append(iframe);
    globalThis.frame = iframe.contentDocument.createElement('fencedframe');
    iframe.contentDocument.body.append(frame);
    globalThis.config = ${configOf(url)};
    ${first};
    if (!globalThis.isShown) ${then};
  }`);
    if (await page.evaluate('globalThis.isShown === true')) {
      await until(() => named('adopted').length);
      await (await inside(url)).detach();
      await page.evaluate(then);
      await until(() => named('adopted').length === 2);
    }
    await until(() => page.evaluate('frame.getBoundingClientRect().width === 304 && frame.checkVisibility()'));
    const session = await inside(url);
    expect(
      await page.evaluate(
        `[frame instanceof HTMLFencedFrameElement, frame.config === config, frame.offsetWidth, getComputedStyle(frame).display]`,
      ),
    ).toEqual([true, true, 304, 'inline']);
    await session.detach();
  },
);

test.each([
  ['is in no document yet', `frame = document.createElement('fencedframe'); frame.config = config`],
  [
    'is in a document without a window',
    `frame = document.createElement('fencedframe'); document.implementation.createHTMLDocument().body.append(frame); frame.config = config`,
  ],
  [
    'is a clone of another',
    `const other = document.createElement('fencedframe'); document.body.append(other); other.config = ${'config'}; frame = other.cloneNode(true); frame.config = config`,
  ],
])('a config that is set while the frame %s is shown when it gets into one', async (_what, code) => {
  page = await lab.page('site');
  // What another frame has shown later has been asked for later.
  await page.evaluate(`{ let frame; const config = ${configOf(at('ads', 'name=late'))}; ${code}; globalThis.frame = frame; undefined }`);
  await page.evaluate(
    `{ const other = document.createElement('fencedframe'); other.config = ${configOf(at('ads', 'name=other'))}; document.body.append(other); undefined }`,
  );
  await until(() => named('other').length === 1);
  const before = named('late').length;
  await page.evaluate('document.body.append(frame)');
  await until(() => named('late').length > before);
  expect(await page.evaluate(`[frame.offsetWidth > 0, document.querySelectorAll('shared-storage-lab-frame').length <= 3]`)).toEqual([
    true,
    true,
  ]);
});

test.each([
  ['an empty response', 'status=204'],
  ['a download', `header=${encodeURIComponent('Content-Disposition: attachment')}`],
])('%s to another config leaves what the frame shows', async (_what, query) => {
  page = await lab.page('site');
  await show(at('ads', 'name=first'));
  const first = await inside(at('ads', 'name=first'));
  await page.evaluate(`frame.config = ${configOf(at('ads', `name=nothing&${query}`))}; undefined`);
  await until(() => named('nothing').length === 1);
  // And a third one is shown in its place all the same.
  expect(await first.evaluate('document.title')).toBe('document');
  await page.evaluate(`frame.config = ${configOf(at('ads', 'name=third'))}; undefined`);
  await (await inside(at('ads', 'name=third'))).detach();
  await until(() => ![...lab.browser.targets.values()].some(({ url }) => String(url).includes('name=first')));
});

test('focus() gives the frame the focus, and blur() takes it', async () => {
  page = await lab.page('site');
  await show(at('ads', 'name=focus'));
  const frame = await inside(at('ads', 'name=focus'));
  await page.evaluate('frame.focus()');
  expect(await page.evaluate('document.activeElement === frame')).toBe(true);
  await until(() => frame.evaluate('document.hasFocus()'));
  await page.evaluate('frame.blur()');
  expect(await page.evaluate('document.activeElement.localName')).toBe('body');
  await frame.detach();
});

/** Clicks on the frame, where `IN_THE_CORNER` has put it. */
async function clickOnFrame(): Promise<void> {
  for (const type of ['mousePressed', 'mouseReleased'])
    await page.send('Input.dispatchMouseEvent', { type, x: 150, y: 75, button: 'left', clickCount: 1 });
}

const IN_THE_CORNER = `frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0'`;

test.each([
  ['that has just been inserted', ''],
  ['without a config', 'null'],
])('a click on a frame %s gives the focus to what comes to be shown there', async (_name, config) => {
  page = await lab.page('site');
  await page.send('Page.bringToFront');
  // The frame shows nothing before it has been started.
  await lab.stopServiceWorker();
  const url = at('ads', 'name=clicked');
  await page.evaluate(`{
    globalThis.frame = document.createElement('fencedframe');
    ${IN_THE_CORNER};
    frame.config = ${config || configOf(url)};
    document.body.append(frame);
  }`);
  await clickOnFrame();
  expect(await page.evaluate('document.activeElement === frame')).toBe(true);
  if (config) await page.evaluate(`frame.config = ${configOf(url)}; undefined`);
  const frame = await inside(url);
  await until(() => frame.evaluate('document.hasFocus()'));
  expect(await page.evaluate('document.activeElement === frame')).toBe(true);
  await frame.detach();
});

test('a frame that has the focus keeps it when another config is shown in it', async () => {
  page = await lab.page('site');
  await show(at('ads', 'name=one'));
  const one = await inside(at('ads', 'name=one'));
  await page.evaluate('frame.focus()');
  await until(() => one.evaluate('document.hasFocus()'));
  await one.detach();
  await page.evaluate(`frame.config = ${configOf(at('ads', 'name=two'))}; undefined`);
  const two = await inside(at('ads', 'name=two'));
  await until(() => two.evaluate('document.hasFocus()'));
  expect(await page.evaluate('document.activeElement === frame')).toBe(true);
  await two.detach();
});

test('what a frame does with its history is nothing to that of the page around it', async () => {
  page = await lab.page('site');
  const before = await page.evaluate('history.length');
  const url = at('ads', 'name=history');
  await show(url);
  await (await inside(url)).detach();
  const next = at('ads', 'name=next');
  for (const [code, expected] of [
    [`history.pushState('kept', '', '#pushed')`, `${url}#pushed`],
    [`location.hash = 'fragment'`, `${url}#fragment`],
    [`globalThis.errors = 0; navigation.onnavigateerror = () => errors++; location.href = ${JSON.stringify(next)}`, next],
    [`document.body.innerHTML = '<a href="${url}">x</a>'; document.links[0].click()`, url],
  ] as const) {
    const frame = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(at('ads')));
    await until(() => frame.evaluate(`document.readyState === 'complete'`));
    await frame.evaluate(`{ ${code}; } undefined`);
    await until(() => frame.evaluate('location.href').then((href: string) => href === expected));
    await frame.detach();
  }
  const frame = await inside(url);
  expect(await frame.evaluate('[history.length, history.state]')).toEqual([1, null]);
  await frame.detach();
  expect(await page.evaluate('history.length')).toBe(before);
});

test('what is scrolled into view in a frame scrolls nothing outside', async () => {
  page = await lab.page('site');
  await page.evaluate(`{ const space = document.createElement('div'); space.style.height = '5000px'; document.body.prepend(space); }`);
  await show(at('ads', 'name=scroll'));
  const frame = await inside(at('ads', 'name=scroll'));
  await frame.evaluate(`document.querySelector('input').scrollIntoView()`);
  expect(await frame.evaluate('scrollY > 0')).toBe(true);
  // A scroll of the page would have come by the next frame that it paints.
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))');
  expect(await page.evaluate('scrollY')).toBe(0);
  await frame.detach();
});

test.each([
  ['top.location = url', 'top.location = url'],
  ['top.location.replace(url)', 'top.location.replace(url)'],
  ['a promise that it rejects', '(async () => { await 0; top.location.href = url; })()'],
])('%s takes a fenced frame itself there, and no other frame', async (_what, code) => {
  page = await lab.page('site');
  await show(at('ads', 'name=leaves'));
  const frame = await inside(at('ads', 'name=leaves'));
  const there = at('elsewhere', 'name=there');
  await frame.evaluate(`setTimeout(() => { const url = ${JSON.stringify(there)}; ${code}; }); undefined`);
  await until(() => named('there').length);
  await frame.detach();
  const session = await inside(there);
  expect(await session.evaluate('parent === self')).toBe(true);
  await session.detach();
  expect(await page.evaluate('location.pathname')).toBe('/blank.html');
  expect(page.console).toEqual([]);
});

test('a redirect is followed, and what it leads to has to support fenced frames', async () => {
  page = await lab.page('site');
  const redirect = (to: string) => `${lab.origin('ads')}/redirect?to=${encodeURIComponent(to)}`;
  await show(redirect(`${lab.origin('other')}/blank.html?refused`));
  await show(redirect(at('other', 'name=redirected')));
  await (await inside(at('other', 'name=redirected'))).detach();
  expect([...lab.browser.targets.values()].some(({ url }) => String(url).includes('?refused'))).toBe(false);
});

test('the request for a fenced frame says nothing of what its user has done on the page', async () => {
  page = await lab.page('site');
  await show(at('ads', 'name=plain'));
  await until(() => named('plain').length === 1);
  const { headers } = named('plain')[0] as Request;
  expect([headers['sec-fetch-dest'], headers['sec-fetch-user']]).toEqual(['fencedframe', undefined]);
});

test('an iframe that a script makes in a fenced frame is asked for as the frame itself, and its document has to agree', async () => {
  page = await lab.page('site', `/document?header=${encodeURIComponent('Accept-CH: Sec-CH-DPR, Sec-CH-Viewport-Width')}`);
  await show(at('ads', 'name=root'));
  const frame = await inside(at('ads', 'name=root'));
  const told = await frame.evaluate(`(() => {
    const make = (give) => { const iframe = document.createElement('iframe'); give(iframe); document.body.append(iframe); return [iframe.src, iframe.getAttribute('src')]; };
    return [
      make((iframe) => { iframe.src = '/document?name=property'; }),
      make((iframe) => iframe.setAttribute('SRC', ${JSON.stringify(at('site', 'name=attribute'))})),
      make((iframe) => { iframe.src = '/blank.html?refused'; }),
      make((iframe) => { iframe.src = 'about:blank'; }),
    ];
  })()`);
  expect(told).toEqual([
    [at('ads', 'name=property'), '/document?name=property'],
    [at('site', 'name=attribute'), at('site', 'name=attribute')],
    [`${lab.origin('ads')}/blank.html?refused`, '/blank.html?refused'],
    ['about:blank', 'about:blank'],
  ]);
  for (const name of ['property', 'attribute']) {
    await until(() => named(name).length === 1);
    const { headers } = named(name)[0] as Request;
    expect(headers['sec-fetch-dest']).toBe('fencedframe');
    expect(Object.keys(headers).filter((header) => header.startsWith('sec-ch-'))).toEqual([]);
  }
  const own = await until(() =>
    frame.evaluate(`(() => {
    const [entry] = frames[0].performance.getEntriesByType('navigation');
    // The empty document before it is complete as well.
    return frames[0].location.href !== 'about:blank' && frames[0].document.readyState === 'complete' && [frames[0].location.href, entry.name];
  })()`),
  );
  expect(own).toEqual([at('ads', 'name=property'), at('ads', 'name=property')]);
  // A page of the browser's that says so.
  await until(() =>
    frame.evaluate('frames[2].document.title').then(
      () => false,
      () => true,
    ),
  );
  await frame.detach();
});

test.each([
  ['submit()', `form.target = '_top'; form.submit()`],
  ['requestSubmit()', `form.target = '_PARENT'; form.requestSubmit()`],
  [
    'a button',
    `form.target = '_blank'; form.append(Object.assign(document.createElement('button'), { formTarget: '_top' })); form.lastChild.click()`,
  ],
])('a form whose target is the top, by %s, is sent by the fenced frame itself', async (_what, code) => {
  page = await lab.page('site');
  await show(at('ads', 'name=form'));
  const frame = await inside(at('ads', 'name=form'));
  await frame.evaluate(`{
    const form = document.createElement('form');
    form.action = '/document';
    form.append(Object.assign(document.createElement('input'), { name: 'name', value: 'sent' }));
    document.body.append(form);
    ${code};
  } undefined`);
  await until(() => frame.evaluate(`location.search === '?name=sent'`).catch(() => false));
  await frame.detach();
});

test('ancestorOrigins of a document in a fenced frame ends with the frame', async () => {
  page = await lab.page('site');
  await show(at('ads', 'name=root'));
  const frame = await inside(at('ads', 'name=root'));
  const list = `(() => { const { ancestorOrigins: list } = location; return [[...list], list.length, list.item(list.length), list.contains(${JSON.stringify(lab.origin('site'))})]; })()`;
  expect(await frame.evaluate(list)).toEqual([[], 0, null, false]);
  await frame.evaluate(
    `{ const iframe = document.createElement('iframe'); iframe.src = ${JSON.stringify(at('inner', 'name=inner'))}; document.body.append(iframe); }`,
  );
  const inner = await inside(at('inner', 'name=inner'));
  expect(await inner.evaluate(list)).toEqual([[lab.origin('ads')], 1, null, false]);
  await inner.detach();
  await frame.detach();
});

test('a document in a fenced frame of another site has its cookies', async () => {
  page = await lab.page('site');
  await show(at('ads', 'name=cookies'));
  const frame = await inside(at('ads', 'name=cookies'));
  expect(await frame.evaluate(`document.cookie = 'a=b'; document.cookie = 'c=d; SameSite=Lax'; document.cookie`)).toBe('a=b; c=d');
  await frame.detach();
});

test('an insecure page makes configs, and its elements take them and show nothing', async () => {
  page = (await lab.browser.openPage(`http://insecure.test:${lab.port}/blank.html`)) as Page;
  await show(at('ads', 'name=insecure'));
  const found = await page.evaluate(
    `[isSecureContext, frame.config instanceof FencedFrameConfig, frame.childNodes.length, typeof sharedStorage]`,
  );
  expect(found).toEqual([false, true, 0, 'undefined']);
  const secure = await lab.page('site');
  await secure.evaluate(
    `{ const frame = document.createElement('fencedframe'); frame.config = ${configOf(at('ads', 'name=secure'))}; document.body.append(frame); undefined }`,
  );
  await until(() => named('secure').length === 1);
  expect(named('insecure')).toEqual([]);
  await secure.close();
});

test.each([
  ['nothing', '', '', 'kept'],
  ['the header of the document', 'Permissions-Policy: fenced-unpartitioned-storage-read=()', '', 'refused'],
  ['the attribute of the element', '', "fenced-unpartitioned-storage-read 'none'", 'refused'],
])('get() without a network, where %s denies reading', async (_what, header, allow, expected) => {
  const writer = await lab.page('ads');
  await writer.evaluate(`sharedStorage.set('name', 'kept')`);
  await writer.close();
  page = await lab.page('site');
  const url = at('ads', header && `header=${encodeURIComponent(header)}`);
  await page.evaluate(
    `{ const frame = document.createElement('fencedframe'); frame.allow = ${JSON.stringify(allow)}; frame.config = ${configOf(url)}; document.body.append(frame); }`,
  );
  const frame = await inside(url);
  await frame.evaluate('fence.disableUntrustedNetwork()');
  const read = await frame.evaluate(`sharedStorage.get('name').catch(({ name }) => name === 'InvalidAccessError' ? 'refused' : name)`);
  expect(read).toBe(expected);
  await frame.detach();
});
