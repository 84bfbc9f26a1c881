/** The fenced frame as a tree: what documents in iframes and fenced frames within it can do. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, type Page, until } from './lab';

let lab: Lab;
let page: Page;

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/document', (_request, response, url) => {
    const headers = url.searchParams.getAll('header').map((header) => header.split(': ', 2) as [string, string]);
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame', ...Object.fromEntries(headers) });
    response.end(`<!doctype html><title>document</title><body style="margin: 0"><script>
      const given = new URLSearchParams(location.search);
      for (const url of given.getAll('iframe')) {
        const iframe = document.createElement('iframe');
        iframe.style = 'border: 0; width: 300px; height: 150px; display: block';
        iframe.src = url;
        document.body.append(iframe);
      }
    </script>`);
  });
  lab.serve('/landing', '<!doctype html><title>landing</title>');
});

afterAll(() => lab.close());
afterEach(() => page?.close());

const at = (site: string, query = '') => `${lab.origin(site)}/document?${query}`;
const framing = (url: string, query = '') => `${query}&iframe=${encodeURIComponent(url)}`;

const SHOW = (url: string) => `{
  const frame = document.createElement('fencedframe');
  frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0';
  frame.config = new FencedFrameConfig(${JSON.stringify(url)});
  document.body.append(frame);
}`;

/** Without a gesture. */
const run = async (session: Session, expression: string) =>
  (await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })).result.value;

async function inside(url: string): Promise<Session> {
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
  await until(() => run(session, `document.readyState === 'complete'`));
  return session;
}

async function click(): Promise<void> {
  for (const type of ['mousePressed', 'mouseReleased'])
    await page.send('Input.dispatchMouseEvent', { type, x: 150, y: 75, button: 'left', clickCount: 1 });
}

test('disableUntrustedNetwork() waits for the fenced frames within, which keep their network until they give it up; get() is refused until then', async () => {
  const first = await lab.page('outer');
  await first.evaluate(`sharedStorage.set('name', 'Ada')`);
  await first.close();
  page = await lab.page('site');
  await page.evaluate(SHOW(at('outer', 'cut')));
  const outer = await inside(at('outer', 'cut'));
  await outer.evaluate(SHOW(at('inner', 'cut')));
  const inner = await inside(at('inner', 'cut'));
  const get = `sharedStorage.get('name').catch(({ name }) => name)`;
  await outer.evaluate(
    `globalThis.settled = 'no'; fence.disableUntrustedNetwork().then(() => { settled = 'yes'; }, (error) => { settled = String(error); }); undefined`,
  );
  const reaches = `fetch('/landing').then(({ ok }) => ok, () => false)`;
  await until(async () => (await outer.evaluate(reaches)) === false);
  expect(await inner.evaluate(reaches)).toBe(true);
  expect([await outer.evaluate('settled'), await outer.evaluate(get)]).toEqual(['no', 'OperationError']);
  await inner.evaluate('fence.disableUntrustedNetwork()');
  await until(() => outer.evaluate(`settled === 'yes'`));
  expect(await outer.evaluate(get)).toBe('Ada');
  expect(await inner.evaluate(reaches)).toBe(false);
  await Promise.all([outer.detach(), inner.detach()]);
});

test('disableUntrustedNetwork() no longer waits for a fenced frame within that is removed', async () => {
  page = await lab.page('site');
  await page.evaluate(SHOW(at('outer', 'removed')));
  const outer = await inside(at('outer', 'removed'));
  await outer.evaluate(SHOW(at('inner', 'removed')));
  await (await inside(at('inner', 'removed'))).detach();
  await outer.evaluate(`globalThis.settled = false; fence.disableUntrustedNetwork().then(() => { settled = true; }); undefined`);
  await until(async () => (await outer.evaluate(`fetch('/landing').then(() => true, () => false)`)) === false);
  expect(await outer.evaluate('settled')).toBe(false);
  await outer.evaluate(`document.querySelector('fencedframe').remove()`);
  await until(() => outer.evaluate('settled'));
  await outer.detach();
});

test.each(['ads', 'child'])(
  'a link to a new tab in an iframe of %s within a fenced frame is followed when it is clicked, without an opener',
  async (site) => {
    page = await lab.page('site');
    const child = at(site, 'popup');
    await page.evaluate(SHOW(at('ads', framing(child))));
    const root = await inside(at('ads'));
    const landing = `${lab.origin('landing')}/landing?${site}`;
    const link = `document.body.innerHTML = '<a target=_blank href="${landing}" style="display: block; height: 150px">out</a>'; undefined`;
    const childSession = site === 'ads' ? null : await inside(child);
    await (childSession ? childSession.evaluate(link) : root.evaluate(`frames[0].eval(${JSON.stringify(link)})`));
    // Until the browser has drawn the frames, a click is one on the page.
    await until(async () => {
      await click();
      return [...lab.browser.targets.values()].some(({ url }) => url === landing);
    });
    const popup = await lab.browser.attach(({ url }) => url === landing);
    expect(await popup.evaluate('[opener, name, document.referrer]')).toEqual([null, '', '']);
    await popup.close();
    await Promise.all([root.detach(), childSession?.detach()]);
  },
);

test.each([
  ['ads', '', 'form.requestSubmit(button)', '&bt=1'],
  ['child', 'method="post"', 'button.click()', '&bt=1'],
  ['ads', '', 'form.submit()', ''],
])('a form of %s in a fenced frame, with %j, opens a new tab with what it says in its URL: %s', async (site, attributes, send, more) => {
  page = await lab.page('site');
  await page.evaluate(SHOW(site === 'ads' ? at(site, 'form') : at('ads', framing(at(site, 'form')))));
  const frame = await inside(at(site, 'form'));
  const landing = `${lab.origin('landing')}/landing`;
  await frame.evaluate(`{
    document.body.innerHTML = \`<form ${attributes} target="_blank" action="${landing}?lost">
      <input name="q" value="a b&c"><input type="file" name="f"><button name="bt" value="1" formmethod="get"></button>
    </form>\`;
    const [form] = document.forms;
    const button = form.querySelector('button');
    globalThis.heard = 0;
    form.onformdata = ({ formData }) => {
      heard++;
      formData.append('added', 'é');
    };
    ${send};
  }`);
  const expected = `${landing}?q=a+b%26c&f=${more}&added=%C3%A9`;
  const popup = await lab.browser.attach(({ url }) => url === expected);
  expect(await popup.evaluate('opener')).toBe(null);
  await popup.close();
  expect(await frame.evaluate('heard')).toBe(1);
  await frame.detach();
});

test("window.open() in a fenced frame without a gesture is the page's affair: its popup blocker decides", async () => {
  page = await lab.page('site');
  await page.evaluate(SHOW(at('ads', 'blocked')));
  const frame = await inside(at('ads', 'blocked'));
  const landing = `${lab.origin('landing')}/landing?gesture`;
  // The user clicks before the service worker has seen what was asked for without.
  await lab.inExtension(`void setTimeout(() => { const end = Date.now() + 1000; while (Date.now() < end); })`);
  expect(await run(frame, `open(${JSON.stringify(landing)}, 'foo')`)).toBe(null);
  await click();
  await frame.evaluate(`open(${JSON.stringify(`${landing}=yes`)})`);
  const popup = await lab.browser.attach(({ url }) => url === `${landing}=yes`);
  expect([...lab.browser.targets.values()].filter(({ url }) => url === landing)).toEqual([]);
  await popup.close();
  await frame.detach();
});

test('names outside a fenced frame stand for nothing inside, and those within for what they name', async () => {
  page = await lab.page('site');
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<iframe name="outside" src="/blank.html?outside"></iframe>')`);
  await page.evaluate(SHOW(at('ads', framing(at('ads', 'within')))));
  const frame = await inside(at('ads'));
  await frame.evaluate(`frames[0].name = 'within'; open(${JSON.stringify(at('ads', 'named'))}, 'within'); undefined`);
  await until(() => frame.evaluate(`frames[0].location.search === '?named'`));
  await frame.evaluate(`name = 'self'; open(${JSON.stringify(at('ads', 'itself'))}, 'self'); undefined`);
  await frame.detach();
  const itself = await inside(at('ads', 'itself'));
  expect(await itself.evaluate('name')).toBe('self');
  const landing = `${lab.origin('landing')}/landing?outside`;
  await itself.evaluate(`open(${JSON.stringify(landing)}, 'outside')`);
  const popup = await lab.browser.attach(({ url }) => url === landing);
  expect(await page.evaluate(`frames.outside.location.search`)).toBe('?outside');
  await popup.close();
  await itself.detach();
});

/** As in a browser that has had no fenced frame yet. */
async function forgetFencedFrames(): Promise<void> {
  const ids = `(await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id).filter((id) => id.startsWith('fence'))`;
  await lab.inExtension(`(async () => { await chrome.scripting.unregisterContentScripts({ ids: ${ids} }); })()`);
  await lab.stopServiceWorker();
}

test('no document outside hears what a fenced frame says, wherever it is on the page; those within hear one another', async () => {
  await forgetFencedFrames();
  page = await lab.page('site');
  const early = at('early', 'listens');
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(`<iframe src="${early}"></iframe>`)})`);
  const listen = `globalThis.heard = []; addEventListener('message', ({ data }) => heard.push(data)); undefined`;
  const before = await inside(early);
  await before.evaluate(listen);
  const child = at('child', 'speaks');
  await page.evaluate(SHOW(at('ads', framing(child))));
  const root = await inside(at('ads'));
  const inner = await inside(child);
  await root.evaluate(listen);
  const late = at('late', 'listens');
  await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(`<iframe src="${late}"></iframe>`)})`);
  const after = await inside(late);
  await after.evaluate(listen);
  for (const session of [root, inner])
    await session.evaluate(
      `for (let index = 0; index < 2; index++) top[index].postMessage('from the fenced frame', '*'); parent.postMessage('to parent', '*')`,
    );
  await until(() => root.evaluate('heard.length > 0'));
  await page.evaluate(`for (let index = 0; index < 2; index++) frames[index].postMessage('from the page', '*')`);
  await before.evaluate(`top[1].postMessage('from a sibling', '*')`);
  await until(() => after.evaluate(`heard.includes('from a sibling')`));
  await until(() => before.evaluate('heard.length > 0'));
  expect([await before.evaluate('heard'), await after.evaluate('heard')]).toEqual([['from the page'], ['from the page', 'from a sibling']]);
  expect(await root.evaluate(`heard.filter((message) => message === 'to parent').length > 0`)).toBe(true);
  await Promise.all([before, after, root, inner].map((session) => session.detach()));
});
