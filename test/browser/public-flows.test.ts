/** What a visitor goes through, from the first click to the last: one of two creatives in each kind of frame, a link out of it, and pixels while leaving. */

import type http from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Session } from '../../scripts/browser/launch.mjs';
import { APPEARANCES, Lab, type Page, until } from './lab';

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const STYLE = `<style>
  body { margin: 0 }
  button, #next { display: block; width: 200px; height: 40px }
  iframe, fencedframe { display: block; border: 0; width: 300px; height: 100px }
</style>`;

/** A shop, which learns from a click what its visitor likes, and shows a creative for that in three places. */
const SHOP = `<!doctype html><title>shop</title>${STYLE}
<button id="tents">Tents</button><button id="lamps">Lamps</button><a id="next" href="/next">Next page</a>
<iframe id="by-src"></iframe><div id="by-markup"></div><div id="by-config"></div>
<script>
  const creatives = (place) => ['tents', 'lamps'].map((topic) => ({ url: ADS + '/creative?place=' + place + '&topic=' + topic + '&target=' + TARGETS[place] }));
  const choose = (place, resolveToConfig) => sharedStorage.selectURL('by topic', creatives(place), { resolveToConfig, keepAlive: true });
  async function show() {
    await sharedStorage.worklet.addModule('/by-topic.js');
    document.getElementById('by-src').src = await choose('by-src', false);
    document.getElementById('by-markup').innerHTML = '<p>Brought to you by:</p><iframe src="' + await choose('by-markup', false) + '"></iframe>';
    const frame = document.createElement('fencedframe');
    frame.config = await choose('by-config', true);
    document.getElementById('by-config').append(frame);
  }
  for (const button of document.querySelectorAll('button'))
    button.onclick = async () => {
      await sharedStorage.set('topic', button.id);
      await show();
    };
</script>`;

/** Pixels of a page that the browser does not keep to go back to, for it listens to `unload`. */
const LEAVING = `<script>
  addEventListener('unload', () => {});
  addEventListener('pagehide', () => {
    fetch(PIXELS + '/pixel?name=fetch', { keepalive: true, mode: 'no-cors', sharedStorageWritable: true });
    const image = new Image();
    image.sharedStorageWritable = true;
    image.src = PIXELS + '/pixel?name=image';
  });
</script>`;

const BY_TOPIC = `register('by topic', class {
  async run(urls) {
    const topic = await sharedStorage.get('topic');
    return topic === 'lamps' ? 1 : 0;
  }
})`;

const PLACES = ['by-src', 'by-markup', 'by-config'] as const;
type Place = (typeof PLACES)[number];

/** What a link that takes the tab along is aimed at. */
const TOP: Record<Place, string> = { 'by-src': '_top', 'by-markup': '_top', 'by-config': '_unfencedTop' };

const FRAMES: Record<Place, string> = { 'by-src': '#by-src', 'by-markup': '#by-markup iframe', 'by-config': 'fencedframe' };

describe.each(APPEARANCES)('$name', ({ inWindow, isMissing }) => {
  const testHere = test.skipIf(isMissing);
  /** Everything that the consoles of the page, of its frames and of the tabs that it opens show, and each dialog. */
  const lines: string[] = [];
  const pixels: { readonly name: string; readonly header: string | undefined; answer(): void }[] = [];
  let lab: Lab;
  let page: Page;
  let shops = 0;
  let shop = '';

  function takePixel(request: http.IncomingMessage, response: http.ServerResponse, { searchParams }: URL): void {
    const name = searchParams.get('name') ?? '';
    const answer = () => {
      response.writeHead(200, {
        'Content-Type': 'image/gif',
        'Cache-Control': 'no-store',
        'Shared-Storage-Write': `set;key="${shop}-${name}";value="left"`,
      });
      response.end(GIF);
    };
    pixels.push({ name, header: request.headers['sec-shared-storage-writable'] as string | undefined, answer });
  }

  beforeAll(async () => {
    if (isMissing) return;
    lab = await Lab.open({ inWindow });
    // The browser asks by itself, and says so where there is none.
    lab.serve('/favicon.ico', (_request, response) => response.writeHead(204).end());
    lab.serve('/shop', (_request, response, { searchParams }) => {
      const { place, target, pixels } = Object.fromEntries(searchParams) as { place: Place; target: string; pixels?: string };
      const targets = { ...TOP, [place]: target };
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(
        SHOP.replace(
          '<script>',
          `<script>const ADS = ${JSON.stringify(lab.origin('ads'))}, PIXELS = ${JSON.stringify(lab.origin('pixels'))}, TARGETS = ${JSON.stringify(targets)};`,
        ) + (pixels ? LEAVING : ''),
      );
    });
    lab.serve('/by-topic.js', BY_TOPIC);
    lab.serve('/next', '<!doctype html><title>next</title>');
    lab.serve('/landing', '<!doctype html><title>landing</title>');
    lab.serve('/pixel', takePixel);
    lab.serve('/creative', (_request, response, { searchParams }) => {
      const { place, topic, target } = Object.fromEntries(searchParams);
      response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' });
      response.end(`<!doctype html><title>${topic}</title><body style="margin: 0">
        <a href="${lab.origin('landing')}/landing?${place}-${topic}" target="${target}" style="display: block; height: 100px">All ${topic}</a>`);
    });
  });

  afterAll(() => lab?.close());

  beforeEach(() => {
    // Each has budgets of its own.
    shop = `shop-${++shops}`;
    lines.length = 0;
    pixels.length = 0;
  });

  afterEach(() => page?.close());

  async function watch(session: Session): Promise<void> {
    session.on('Runtime.consoleAPICalled', ({ type, args }) => lines.push(`${type}: ${JSON.stringify(args)}`));
    session.on('Runtime.exceptionThrown', ({ exceptionDetails }) => lines.push(`uncaught: ${JSON.stringify(exceptionDetails)}`));
    session.on('Log.entryAdded', ({ entry }) => lines.push(`${entry.level}: ${entry.text}`));
    session.on('Page.javascriptDialogOpening', ({ type, message }) => lines.push(`dialog: ${type}: ${message}`));
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      // A frame may go before it is listened to.
      watch(new Session(lab.browser, targetInfo.targetId, sessionId)).catch(() => undefined);
    });
    await Promise.all([
      session.send('Runtime.enable'),
      session.send('Log.enable'),
      session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }),
    ]);
  }

  /** Clicks in the middle of an element of the page, once whoever is to be clicked on has the mouse over it. */
  async function click(selector: string, isOver: () => Promise<unknown>): Promise<void> {
    const point = await page.evaluate(`(() => {
      const { x, y, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    })()`);
    const send = (type: string, more: object) => page.send('Input.dispatchMouseEvent', { ...point, ...more, type });
    await until(async () => {
      await send('mouseMoved', {});
      return isOver();
    });
    for (const type of ['mousePressed', 'mouseReleased']) await send(type, { button: 'left', clickCount: 1 });
  }

  const clickOnPage = (selector: string) =>
    click(selector, () => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).matches(':hover')`));

  const titleOf = () => page.evaluate(`document.readyState === 'complete' && document.title`).catch(() => false);

  async function inside(place: Place): Promise<Session> {
    const url = `${lab.origin('ads')}/creative?place=${place}&`;
    const frame = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
    await until(() => frame.evaluate(`document.readyState === 'complete'`));
    return frame;
  }

  /** The person opens the page and clicks on what they like; then all frames show the creative for that. */
  async function openAndChoose(place: Place, target: string, more = ''): Promise<void> {
    page = await lab.page(shop, `/shop?place=${place}&target=${target}${more}`, watch);
    await clickOnPage('#lamps');
    for (const each of PLACES) {
      const frame = await inside(each);
      expect(await frame.evaluate('document.title'), each).toBe('lamps');
      await frame.detach();
    }
  }

  async function clickOnLink(place: Place): Promise<void> {
    const frame = await inside(place);
    await click(FRAMES[place], () => frame.evaluate(`document.querySelector('a').matches(':hover')`));
    // It goes with its page where the link leads the tab away.
    await frame.detach().catch(() => undefined);
  }

  async function expectPixelsWritten(): Promise<void> {
    await until(() => pixels.length === 2);
    expect(pixels.map(({ name, header }) => `${name} ${header}`).sort()).toEqual(['fetch ?1', 'image ?1']);
    // A server that answers within a millisecond is there on no network.
    const worker = await lab.browser.serviceWorker();
    await until(() => worker.evaluate('chrome.webRequest.onHeadersReceived.hasListeners()'));
    await worker.detach();
    for (const pixel of pixels) pixel.answer();
    await until(async () => {
      const stored = await lab.stored('pixels');
      return stored[`${shop}-fetch`] === 'left' && stored[`${shop}-image`] === 'left';
    });
  }

  testHere.each(PLACES)('%s: a link to a new tab; then away from the page by a link of its own', async (place) => {
    await openAndChoose(place, '_blank');
    await clickOnLink(place);
    const landing = `${lab.origin('landing')}/landing?${place}-lamps`;
    const tab = await lab.browser.attach(({ type, url }) => type === 'page' && url === landing);
    await watch(tab);
    await until(async () => (await tab.evaluate(`document.readyState === 'complete' && document.title`)) === 'landing');
    expect(await tab.evaluate('opener')).toBe(null);
    await tab.close();
    await page.send('Page.bringToFront');
    expect(await titleOf()).toBe('shop');
    await clickOnPage('#next');
    await until(async () => (await titleOf()) === 'next');
    expect(lines).toEqual([]);
  });

  testHere.each(PLACES)('%s: a link that takes the tab along', async (place) => {
    await openAndChoose(place, TOP[place]);
    await clickOnLink(place);
    await until(async () => (await titleOf()) === 'landing');
    expect(await page.evaluate('location.href')).toBe(`${lab.origin('landing')}/landing?${place}-lamps`);
    expect(lines).toEqual([]);
  });

  testHere.each(PLACES)('%s: a link that takes the tab along, and pixels of a page that is not kept to go back to', async (place) => {
    await openAndChoose(place, TOP[place], '&pixels=yes');
    await clickOnLink(place);
    await until(async () => (await titleOf()) === 'landing');
    await expectPixelsWritten();
    expect(lines).toEqual([]);
  });
});
