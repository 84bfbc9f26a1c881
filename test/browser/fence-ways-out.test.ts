/** Ways out of a fenced frame: popups, links and forms of its documents, at the top and below, and what the user's activation allows. */

import type http from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';

let lab: Lab;
let page: Awaited<ReturnType<Lab['page']>>;

interface Landing {
  readonly query: string;
  readonly method: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Requests for the page that everything here leads to. */
const landed: Landing[] = [];

const LANDING = '<!doctype html><title>landing</title>';

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/document', (_request, response, url) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Supports-Loading-Mode': 'fenced-frame' });
    response.end(`<!doctype html><body style="margin: 0">${url.searchParams.get('body') ?? ''}`);
  });
  lab.serve('/landing', (request, response, url) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      landed.push({ query: url.search.slice(1), method: request.method ?? '', headers: request.headers, body });
      response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' }).end(LANDING);
    });
  });
});

afterAll(() => lab.close());

const landings = () => [...lab.browser.targets.values()].filter(({ type, url }) => type === 'page' && String(url).includes('/landing'));

afterEach(async () => {
  await page?.close().catch(() => undefined);
  for (const { targetId } of landings()) await lab.browser.devtools.send('Target.closeTarget', { targetId }).catch(() => undefined);
  await until(() => landings().length === 0);
  landed.length = 0;
});

const urlOf = (site: string, name: string, body = '') => `${lab.origin(site)}/document?${new URLSearchParams({ name, body })}`;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
const BOX = 'display: block; width: 300px; height: 150px; border: 0';
const frameOf = (url: string) => `<iframe style="${BOX}" src="${escaped(url)}"></iframe>`;
const link = (query: string, attributes = 'target="_blank"') =>
  `<a id="link" style="${BOX}" href="/landing?${query}" ${attributes}>out</a>`;

const READY = `document.readyState === 'complete'`;

/** Attaches to a document, and leaves the user inactive in it. */
const attach = (site: string, name: string): Promise<Session> =>
  lab.browser.attach(({ type, url }) => type === 'iframe' && url.startsWith(`${lab.origin(site)}/document?name=${name}&`));

async function inside(site: string, name: string): Promise<Session> {
  const session = await attach(site, name);
  await until(() => session.evaluate(READY));
  return session;
}

/** Shows a document in a fenced frame of the page, which fills the corner of its window. */
async function show(body: string): Promise<Session> {
  page = await lab.page('site');
  await page.evaluate(`{
    const frame = document.body.appendChild(document.createElement('fencedframe'));
    frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0';
    frame.config = new FencedFrameConfig(${JSON.stringify(urlOf('ads', 'root', body))});
  }`);
  const frame = await attach('ads', 'root');
  await until(async () => (await frame.send('Runtime.evaluate', { expression: READY, userGesture: false })).result.value);
  return frame;
}

/** A click of the user's in the frame, repeated until what it leads to is there: it is one on the page until the browser has drawn the frame. */
async function click(condition: () => unknown, modifiers = 0, button: 'left' | 'middle' = 'left'): Promise<void> {
  await until(async () => {
    for (const type of ['mousePressed', 'mouseReleased'])
      await page.send('Input.dispatchMouseEvent', { type, x: 100, y: 60, button, clickCount: 1, modifiers });
    return until(condition, 1000).catch(() => false);
  });
}

const hasLanded = (query: string) => () => landed.some((one) => one.query === query);
const CONTROL = 2;

describe('a link', () => {
  test.each(['ads', 'elsewhere'])('with target=_blank in a document below, of %s, opens a tab', async (site) => {
    await show(frameOf(urlOf(site, 'child', link('nested'))));
    await click(hasLanded('nested'));
    await until(() => landings().length > 0);
    const tab = await lab.browser.attach(({ type, url }) => type === 'page' && url.includes('/landing'));
    await until(() => tab.evaluate(`document.title === 'landing'`));
    expect(await tab.evaluate('[opener, name]')).toEqual([null, '']);
  });

  test.each(['', 'target="_self"', 'target="_parent"', 'target="_top"'])(
    "of the frame's own document with %s leads the frame itself there",
    async (attributes) => {
      const frame = await show(link('itself', attributes));
      await click(hasLanded('itself'));
      await until(() => frame.evaluate(`document.title === 'landing'`));
      expect(landings()).toEqual([]);
    },
  );

  test('follows the target of the base element, and a name of a frame of its own document', async () => {
    await show(`<base target="_blank">${link('base', '')}`);
    await click(hasLanded('base'));
    await until(() => landings().length > 0);
    await page.close();
    const frame = await show(`<iframe name="own"></iframe>${link('named', 'target="own"')}`);
    await frame.evaluate(`document.getElementById('link').click()`);
    await until(hasLanded('named'));
    await until(() => frame.evaluate(`frames[0].document.title === 'landing'`));
  });

  test('with a modifier, or the middle button, opens a tab in the background', async () => {
    await show(link('modified', ''));
    await click(hasLanded('modified'), CONTROL);
    await until(() => landings().length > 0);
    expect(await page.evaluate('document.visibilityState')).toBe('visible');
    const before = landed.length;
    await click(() => landed.length > before, 0, 'middle');
    await until(() => landings().length > 1);
    expect(await page.evaluate('document.visibilityState')).toBe('visible');
  });

  test('that is in no document, or whose event is stopped on its way, is followed; one that is prevented last is not', async () => {
    const frame = await show('');
    const follow = (query: string, more: string) =>
      frame.evaluate(`{
        const link = Object.assign(document.createElement('a'), { href: '/landing?${query}', target: '_blank' });
        ${more}
        link.click();
      }`);
    await follow('prevented', `document.body.append(link); addEventListener('click', (event) => event.preventDefault(), { once: true });`);
    await follow('detached', '');
    await until(hasLanded('detached'));
    await page.close();
    await until(() => landings().length > 0);
    const other = await show('');
    await other.evaluate(`{
      const link = Object.assign(document.createElement('a'), { href: '/landing?stopped', target: '_blank' });
      document.body.append(link);
      document.body.addEventListener('click', (event) => event.stopPropagation());
      link.click();
    }`);
    await until(hasLanded('stopped'));
    expect(landed.map(({ query }) => query)).toEqual(['detached', 'stopped']);
  });
});

describe('window.open()', () => {
  test('in a document below opens a tab without an opener, and returns null', async () => {
    await show(frameOf(urlOf('elsewhere', 'child')));
    const child = await inside('elsewhere', 'child');
    expect(await child.evaluate(`open('/landing?opened', 'foo')`)).toBeNull();
    const tab = await lab.browser.attach(({ type, url }) => type === 'page' && url.includes('/landing?opened'));
    expect(await tab.evaluate('[opener, name]')).toEqual([null, '']);
  });

  test('finds frames by their names on its own side of the border alone', async () => {
    const frame = await show(`<iframe name="inner"></iframe>`);
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<iframe name="outer"></iframe>')`);
    expect(await frame.evaluate(`open('/landing?inner', 'inner') === frames[0]`)).toBe(true);
    await until(hasLanded('inner'));
    expect(await frame.evaluate(`open('/landing?outer', 'outer')`)).toBeNull();
    await until(hasLanded('outer'));
    await until(() => landings().length > 0);
    expect(await page.evaluate(`frames.outer.location.href`)).toBe('about:blank');
    // Nor does the page find the frame by the name that its document gives it.
    await frame.evaluate(`void (name = 'mine')`);
    await page.evaluate(`void open('/landing?mine', 'mine')`);
    await until(() => landings().length > 1);
    expect(await frame.evaluate('[name, document.title]')).toEqual(['mine', '']);
  });

  test('throws for what is no URL', async () => {
    const frame = await show('');
    expect(await frame.evaluate(`(() => { try { open('https://'); } catch ({ name }) { return name; } })()`)).toBe('SyntaxError');
  });

  test("needs the user's activation, once for each window", async () => {
    const frame = await show('');
    await frame.send('Runtime.evaluate', { expression: `open('/landing?without')`, userGesture: false });
    const isActive = 'navigator.userActivation.isActive';
    const opened = `[${isActive}, open('/landing?first'), open('/landing?second'), ${isActive}]`;
    expect(await frame.evaluate(opened)).toEqual([true, null, null, false]);
    await until(hasLanded('first'));
    await until(() => landings().length > 0);
    // What comes later is there, and they are not.
    await page.evaluate(`fetch('/landing?later')`);
    expect(landed.map(({ query }) => query)).toEqual(['first', 'later']);
  });

  test('opens nothing once the network is cut', async () => {
    const frame = await show(frameOf(urlOf('ads', 'child')) + link('link'));
    await until(() => frame.evaluate(`frames[0].document.readyState === 'complete' && frames[0].location.href !== 'about:blank'`));
    await frame.evaluate('fence.disableUntrustedNetwork()');
    await frame.evaluate(`open('/landing?root'), frames[0].open('/landing?child'), document.getElementById('link').click()`);
    await page.evaluate(`fetch('/landing?later')`);
    expect(landed.map(({ query }) => query)).toEqual(['later']);
  });
});

describe('a form', () => {
  const form = (attributes: string, more = '') =>
    `<form id="form" action="/landing?old" ${attributes}><input name="a" value="1 &amp; 2"><input name="b" value="ü"><button id="button" name="c" value="3" ${more}>`;

  test('of a document below with target=_blank opens a tab, by GET with what its button adds', async () => {
    await show(frameOf(urlOf('elsewhere', 'child', form('target="_blank"'))));
    const child = await inside('elsewhere', 'child');
    await child.evaluate(`document.getElementById('button').click()`);
    await until(hasLanded('a=1+%26+2&b=%C3%BC&c=3'));
    await until(() => landings().length > 0);
  });

  test.each([
    ['', 'application/x-www-form-urlencoded', 'a=1+%26+2&b=%C3%BC&c=3'],
    ['formenctype="text/plain"', 'text/plain', 'a=1 & 2\r\nb=ü\r\nc=3\r\n'],
  ])('by POST opens a tab that is sent its fields: %s', async (more, type, body) => {
    const frame = await show(form('method="post" target="_blank"', more));
    await frame.evaluate(`document.getElementById('button').click()`);
    const sent = await until(() => landed.find(({ method }) => method === 'POST'));
    expect(sent).toMatchObject({ query: 'old', body });
    expect(sent.headers).toMatchObject({ 'content-type': type, origin: lab.origin('ads'), referer: `${lab.origin('ads')}/` });
    await until(() => landings().length > 0);
    const tab = await lab.browser.attach(({ type: kind, url }) => kind === 'page' && url.includes('/landing'));
    await until(() => tab.evaluate(`document.title === 'landing'`));
    expect(await tab.evaluate('[location.href, document.title, opener]')).toEqual([`${lab.origin('ads')}/landing?old`, 'landing', null]);
  });

  test('that script submits, without an event, opens a tab too', async () => {
    const frame = await show(form('target="_blank"'));
    await frame.evaluate(`document.getElementById('form').submit()`);
    await until(hasLanded('a=1+%26+2&b=%C3%BC'));
    await until(() => landings().length > 0);
  });

  test.each(['', 'target="_self"', 'target="_top"'])(
    "of the frame's own document with %s is sent by the frame itself",
    async (attributes) => {
      const frame = await show(form(`method="post" ${attributes}`));
      await frame.evaluate(`document.getElementById('button').click()`);
      await until(() => landed.some(({ method, body }) => method === 'POST' && body === 'a=1+%26+2&b=%C3%BC&c=3'));
      await until(() => frame.evaluate(`document.title === 'landing'`));
      expect(landings()).toEqual([]);
    },
  );
});

test('what is active on one side of the border is not on the other, where both have one origin', async () => {
  page = await lab.page('ads');
  const contexts: { id: number; origin: string; auxData: { frameId: string; isDefault: boolean } }[] = [];
  page.on('Runtime.executionContextCreated', ({ context }) => contexts.push(context));
  await page.evaluate(`{
    const frame = document.body.appendChild(document.createElement('fencedframe'));
    frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0';
    frame.config = new FencedFrameConfig(${JSON.stringify(urlOf('ads', 'root'))});
  }`);
  const read = async (contextId?: number) => {
    const expression = `[navigator.userActivation.isActive, navigator.userActivation.hasBeenActive, location.pathname]`;
    const { result } = await page.send('Runtime.evaluate', { expression, returnByValue: true, userGesture: false, contextId });
    return result.value as [boolean, boolean, string];
  };
  // The frame is in the page's own process.
  const frame = await until(async () => {
    const own = contexts.findLast(({ auxData }) => auxData.isDefault && auxData.frameId !== page.targetId);
    return own && (await read(own.id).catch(() => null))?.[2] === '/document' && own.id;
  });
  expect(await read(frame)).toEqual([false, false, '/document']);
  for (const type of ['mousePressed', 'mouseReleased'])
    await page.send('Input.dispatchMouseEvent', { type, x: 500, y: 400, button: 'left', clickCount: 1 });
  await until(async () => (await read())[0]);
  expect(await read(frame)).toEqual([false, false, '/document']);
  await click(async () => (await read(frame))[0]);
  expect(await read(frame)).toEqual([true, true, '/document']);
});
