/** Fenced frames as elements: where the browser knows them no more, how many may be in each other, and where they are on the page. */

import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
let page: Awaited<ReturnType<Lab['page']>>;
let loaded: string[] = [];

async function open(args: string[]): Promise<void> {
  lab = await Lab.open({ args });
  lab.serve('/inner', (_request, response, url) => {
    loaded.push(url.search.slice(1));
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' }).end('<!doctype html><body>inner');
  });
  lab.serve('/select.js', `register('select', class { async run() { return 1; } })`);
}

afterEach(async () => {
  await page?.close();
  loaded = [];
});

const inner = (query: string, site = 'ads') => `${lab.origin(site)}/inner?${query}`;

const SELECT = `(async (name) => {
  await sharedStorage.worklet.addModule('/select.js');
  const urls = [0, 1].map((index) => ({ url: INNER + name + index }));
  return sharedStorage.selectURL('select', urls, { resolveToConfig: true });
})`;

const select = (name: string) => `${SELECT.replace('INNER', JSON.stringify(inner('', 'selected')))}(${JSON.stringify(name)})`;

describe('a browser that does not know the element', () => {
  beforeAll(() => open(['--disable-features=FencedFrames']));
  afterAll(() => lab.close());

  test('has the interfaces', async () => {
    page = await lab.page('site');
    const described = await page.evaluate(`[
      typeof HTMLFencedFrameElement, Object.getPrototypeOf(HTMLFencedFrameElement) === HTMLElement, HTMLFencedFrameElement.canLoadOpaqueURL(),
      typeof FencedFrameConfig, typeof Fence, fence,
      document.createElement('fencedframe') instanceof HTMLFencedFrameElement, document.createElement('other') instanceof HTMLFencedFrameElement,
      document.createElement('fencedframe').config, document.createElement('other').config === undefined,
    ]`);
    expect(described).toEqual(['function', true, true, 'function', 'function', null, true, false, null, true]);
    const outcomes = await page.evaluate(`[
      () => new HTMLFencedFrameElement(), () => new Fence(), () => HTMLFencedFrameElement.prototype.config, () => { document.createElement('fencedframe').config = 5; },
    ].map((call) => { try { call(); } catch ({ name, message }) { return name + ': ' + message; } })`);
    expect(outcomes).toEqual([
      "TypeError: Failed to construct 'HTMLFencedFrameElement': Illegal constructor",
      "TypeError: Failed to construct 'Fence': Illegal constructor",
      'TypeError: Illegal invocation',
      "TypeError: Failed to set the 'config' property on 'HTMLFencedFrameElement': Failed to convert value to 'FencedFrameConfig'.",
    ]);
  });

  test('leaves other unknown elements alone', async () => {
    page = await lab.page('site');
    expect(
      await page.evaluate(
        `(() => { const other = document.createElement('other'); other.config = 5; return [other.config, Object.keys(other)]; })()`,
      ),
    ).toEqual([5, ['config']]);
  });

  test.each([
    ['created', `document.body.append(frame = document.createElement('fencedframe'))`],
    ['parsed', `document.body.innerHTML = '<p><fencedframe></fencedframe>'; frame = document.querySelector('fencedframe')`],
    ['cloned', `document.body.append(frame = document.createElement('fencedframe').cloneNode())`],
  ])('shows a config in an element that was %s', async (how, code) => {
    page = await lab.page('site');
    await page.evaluate(`(async () => { let frame; ${code}; frame.config = await ${select(how)}; })()`);
    await until(() => loaded.length > 0);
    expect(loaded).toEqual([`${how}1`]);
    const box = await page.evaluate(
      `(({ offsetWidth, offsetHeight }) => [offsetWidth, offsetHeight])(document.querySelector('fencedframe'))`,
    );
    expect(box).toEqual([304, 154]);
  });
});

describe('a browser that knows the element', () => {
  beforeAll(() => open([]));
  afterAll(() => lab.close());

  test('selectURL() works in a fenced frame, and not in one within it', async () => {
    page = await lab.page('site');
    const show = (config: string) =>
      `(async () => { const frame = document.createElement('fencedframe'); document.body.append(frame); frame.config = ${config}; })()`;
    const inside = async (document: string) => {
      const session = await lab.browser.attach(({ type, url }) => type === 'iframe' && url.startsWith(document));
      await until(() => session.evaluate(`document.readyState === 'complete' && 'sharedStorage' in globalThis`));
      return session;
    };
    await page.evaluate(show(`new FencedFrameConfig(${JSON.stringify(inner('first'))})`));
    const first = await inside(inner('first'));
    await first.evaluate(show(`await ${select('second')}`));
    const second = await inside(inner('second1', 'selected'));
    const outcome = await second.evaluate(`${select('third')}.catch(({ name, message }) => name + ': ' + message)`);
    expect(outcome).toBe(
      'OperationError: selectURL() is called in a context with a fenced frame depth (2) exceeding the maximum allowed number (1).',
    );
    await second.detach();
    await first.detach();
  });

  test.each([
    ['by default', '', ''],
    ['with a size', '', 'width: 200px; height: 50px'],
    ['with a part of the width', '', 'width: 50%; height: 10em'],
    ['as a block with margins and a border', '', 'display: block; margin: 5px auto; border: 3px solid; width: 70%'],
    ['with padding, all of it in its size', '', 'box-sizing: border-box; padding: 10px; width: 120px; height: 80px'],
    ['in a flex container', 'display: flex; width: 500px; height: 90px', 'flex: 1'],
    ['in a grid', 'display: grid; grid-template-columns: 1fr 2fr; width: 600px', 'grid-column: 2; width: 100%; height: 70px'],
    ['positioned', 'position: relative; height: 200px', 'position: absolute; inset: 10px 20px auto auto; width: 30%; height: 40px'],
    ['with limits', '', 'width: 90%; max-width: 150px; min-height: 170px'],
    ['with a ratio', '', 'width: 160px; height: auto; aspect-ratio: 4 / 1'],
    ['transformed', '', 'width: 100px; height: 60px; transform: translate(7px, 9px) scale(2)'],
  ])('its box is that of an iframe: %s', async (_how, outer, style) => {
    page = await lab.page('site');
    const reference = await page.evaluate(`(() => {
      const measure = (name) => {
        document.body.innerHTML = '<div style="${outer}"><span>text</span><' + name + ' style="${style}"></' + name + '><i>after</i></div><p>below';
        const frame = document.querySelector(name);
        if (name === 'fencedframe') frame.config = new FencedFrameConfig(${JSON.stringify(inner('box'))});
        return frame;
      };
      const describe = (frame) => [frame, document.querySelector('i'), document.querySelector('p')].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x, y, width, height].map((value) => Math.round(value * 10) / 10);
      });
      const reference = describe(measure('iframe'));
      const frame = measure('fencedframe');
      globalThis.boxes = () => describe(frame);
      return reference;
    })()`);
    await until(() => loaded.includes('box'));
    let boxes: unknown;
    const areAlike = async () => {
      boxes = await page.evaluate('boxes()');
      return isDeepStrictEqual(boxes, reference);
    };
    await until(areAlike).catch(() => expect(boxes).toEqual(reference));
  });
});
