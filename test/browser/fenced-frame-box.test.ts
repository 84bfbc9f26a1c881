/** A fenced frame's box, whatever a page asks about it: natively it is that of a replaced element, as an iframe is. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
let page: Awaited<ReturnType<Lab['page']>>;
const loaded: string[] = [];

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/inner', (_request, response, url) => {
    loaded.push(url.search.slice(1));
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' }).end('<!doctype html><body>inner');
  });
});

afterAll(() => lab.close());

afterEach(async () => {
  await page?.close();
  loaded.length = 0;
});

const inner = (query: string) => `${lab.origin('ads')}/inner?${query}`;
const config = (query: string) => `new FencedFrameConfig(${JSON.stringify(inner(query))})`;

/** What a page can find out about a frame's box, in whole pixels, and what its observers have been told until now. */
const TOOLS = `
  const round = (...values) => values.map(Math.round).join();
  function describe(frame) {
    const { x, y, width, height } = frame.getBoundingClientRect();
    const style = getComputedStyle(frame);
    const hit = document.elementFromPoint(x + width / 2, y + height / 2);
    return {
      rect: round(x, y, width, height), rects: frame.getClientRects().length, isVisible: frame.checkVisibility(),
      style: [style.display, style.getPropertyValue('display'), style.width, style.height].join(),
      hit: hit === frame || hit?.localName, all: document.elementsFromPoint(x + 9, y + 9)[0] === frame,
      offset: round(frame.offsetLeft, frame.offsetTop, frame.offsetWidth, frame.offsetHeight),
      client: round(frame.clientLeft, frame.clientTop, frame.clientWidth, frame.clientHeight, frame.scrollWidth, frame.scrollHeight),
      around: [...frame.parentNode.children].filter((other) => other !== frame).map((other) => round(other.getBoundingClientRect().x, other.getBoundingClientRect().y)),
    };
  }
  function observe(frame) {
    const seen = [];
    new IntersectionObserver((entries) => {
      for (const { target, isIntersecting, intersectionRatio, boundingClientRect: { x, y, width, height } } of entries)
        seen.push(['intersection', target === frame, isIntersecting, round(100 * intersectionRatio), round(x, y, width, height)].join(' '));
    }).observe(frame);
    new ResizeObserver((entries) => {
      for (const { target, contentRect: { x, y, width, height } } of entries) seen.push(['resize', target === frame, round(x, y, width, height)].join(' '));
    }).observe(frame);
    return seen;
  }
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const isShown = (frame) => Boolean(frame.querySelector('shared-storage-lab-frame'));
  async function shown(frame) {
    while (!isShown(frame)) await drawn();
    await drawn();
    await drawn();
  }
`;

async function open(): Promise<void> {
  page = await lab.page('site');
  await page.evaluate(
    `{ const script = document.createElement('script'); script.textContent = ${JSON.stringify(TOOLS)}; document.head.append(script); }`,
  );
}

test('observers hear of the frame once, as if nothing became of it when it is filled', async () => {
  await open();
  const [seen, before, now, later] = await page.evaluate(`(async () => {
    const frame = document.createElement('fencedframe');
    document.body.append(frame);
    const seen = observe(frame);
    while (seen.length < 2) await drawn();
    const before = describe(frame);
    frame.config = ${config('observed')};
    const now = describe(frame);
    await shown(frame);
    return [seen, before, now, describe(frame)];
  })()`);
  expect(seen.sort()).toEqual(['intersection true true 100 8,8,304,154', 'resize true 0,0,300,150']);
  expect(before).toMatchObject({ rect: '8,8,304,154', isVisible: true, style: 'inline,inline,300px,150px', hit: true, all: true });
  expect(now).toEqual(before);
  expect(later).toEqual(before);
  await until(() => loaded.length > 0);
});

test('observers that come after the config, unobserve() and disconnect() before the box is there', async () => {
  await open();
  const seen = await page.evaluate(`(async () => {
    const frame = document.createElement('fencedframe');
    document.body.append(frame);
    const told = [];
    const observers = [1, 2, 3].map((name) => new ResizeObserver(() => told.push(name)));
    for (const observer of observers) observer.observe(frame);
    observers[0].unobserve(frame);
    observers[1].disconnect();
    frame.config = ${config('after')};
    await shown(frame);
    const seen = observe(frame);
    while (seen.length < 2) await drawn();
    frame.style.width = '100px';
    while (told.length < 2 || seen.length < 3) await drawn();
    observers[2].unobserve(frame);
    frame.style.width = '150px';
    while (seen.length < 4) await drawn();
    return [told, seen.slice(2)];
  })()`);
  expect(seen).toEqual([
    [3, 3],
    ['resize true 0,0,100,150', 'resize true 0,0,150,150'],
  ]);
});

const FLEX = 'display: flex; width: 500px; height: 90px';
const GRID = 'display: grid; grid-template: 100px 200px / 1fr 2fr; width: 600px';

test.each([
  ['by default', '', ''],
  ['with a size', '', 'width: 200px; height: 50px'],
  ['as a block', '', 'display: block'],
  ['as a block that is centred', '', 'display: block; margin: 5px auto; border: 3px solid; width: 70%'],
  ['as a table', '', 'display: table'],
  ['as an inline block', '', 'display: inline-block; padding: 3px'],
  ['without a box', '', 'display: none'],
  ['invisible', '', 'visibility: hidden'],
  ['with padding, all of it in its size', '', 'box-sizing: border-box; padding: 10px; width: 120px; height: 80px'],
  ['in a flex container', FLEX, ''],
  ['in a flex container, growing', FLEX, 'flex: 1'],
  ['in a flex container that is too narrow', 'display: flex; width: 200px', 'flex: 1'],
  ['in a flex container that is too narrow, with a size', 'display: flex; width: 100px', 'width: 200px'],
  ['in a column', 'display: flex; flex-direction: column; width: 500px', ''],
  ['in a grid', GRID, 'grid-area: 2 / 2; width: 100%; height: 100%'],
  ['in a grid, at its start', GRID, ''],
  ['in a grid that stretches', `${GRID}; place-items: stretch`, ''],
  ['in a grid that centres', `${GRID}; place-items: center`, ''],
  ['positioned', 'position: relative; height: 200px', 'position: absolute; inset: 10px 20px auto auto; width: 30%; height: 40px'],
  ['positioned between edges', 'position: relative; height: 300px', 'position: absolute; inset: 10px'],
  ['fixed', '', 'position: fixed; right: 5px; bottom: 5px'],
  ['floating', '', 'float: right; width: 100px'],
  ['with limits', '', 'width: 90%; max-width: 150px; min-height: 170px'],
  ['with a ratio', '', 'width: 160px; height: auto; aspect-ratio: 4 / 1'],
  ['with a ratio, and as wide as there is room', 'width: 200px', 'aspect-ratio: 2'],
  ['transformed', '', 'width: 100px; height: 60px; transform: translate(7px, 9px) scale(2)'],
  ['in vertical text', 'writing-mode: vertical-rl; height: 300px', 'display: block'],
  ['cut off', 'overflow: hidden; width: 100px; height: 50px', 'width: 200px; height: 100px'],
  ['in larger text', 'font-size: 40px', 'vertical-align: middle; height: 1em'],
])('its box is that of an iframe: %s', async (_how, outer, style) => {
  await open();
  const [reference, frame] = await page.evaluate(`(async () => {
    const outcomes = [];
    for (const name of ['iframe', 'fencedframe']) {
      document.body.innerHTML = '<div style="${outer}"><span>text</span><' + name + ' style="${style}"></' + name + '><i>after</i></div><p>below';
      const frame = document.querySelector(name);
      const seen = observe(frame);
      if (name === 'fencedframe') {
        frame.config = ${config('box')};
        await shown(frame);
      }
      while (seen.length < 2) await drawn();
      outcomes.push({ ...describe(frame), seen: [...seen].sort() });
    }
    return outcomes;
  })()`);
  expect(frame).toEqual(reference);
});

test.each([
  [
    'a class of what contains it',
    `<style>.none > * { display: none } .block > * { display: block }</style>`,
    ['block', 'none', 'block', ''].map((name) => `outer.className = '${name}'`),
  ],
  [
    'its own style',
    '',
    [`frame.style.display = 'block'`, `frame.style.width = '50%'`, `frame.style.display = 'none'`, `frame.style.display = ''`],
  ],
  ['its attributes', '', ['frame.hidden = true', 'frame.hidden = false', 'frame.width = 100', `frame.height = 50`]],
  [
    'how it is laid out',
    '',
    [`outer.style.display = 'flex'`, `outer.style.flexDirection = 'column'`, `outer.style.display = 'grid'`, `outer.style.display = ''`],
  ],
  [
    'a style sheet',
    `<style id="sheet"></style>`,
    [
      `sheet.textContent = '#outer > * { display: block !important; width: 77px !important }'`,
      `sheet.textContent = '#outer > * { display: none }'`,
      `sheet.textContent = ''`,
    ],
  ],
  [
    'where it is',
    '',
    [`other.append(frame)`, `other.style.display = 'flex'`, `outer.append(frame)`, 'frame.remove(); outer.prepend(frame)'],
  ],
  ['what is in it', '', [`frame.append('text')`, `frame.append(document.createElement('b'))`]],
  ['where the page is scrolled to', '', [`outer.style.marginTop = '2000px'`, 'frame.scrollIntoView()', 'scrollTo(0, 0)']],
])('its box follows at once, as that of an iframe does: %s', async (_what, head, steps) => {
  await open();
  const [reference, frame] = await page.evaluate(`(async () => {
    const outcomes = [];
    for (const name of ['iframe', 'fencedframe']) {
      document.body.innerHTML = ${JSON.stringify(head)} + '<div id="outer"><' + name + '></' + name + '><i>after</i></div><p id="other">below';
      const frame = document.querySelector(name);
      const seen = observe(frame);
      if (name === 'fencedframe') {
        frame.config = ${config('follows')};
        await shown(frame);
      }
      while (seen.length < 2) await drawn();
      const outcome = [];
      for (const step of ${JSON.stringify(steps)}) {
        eval(step);
        outcome.push(describe(frame));
        await drawn();
        await drawn();
        outcome.push(describe(frame));
      }
      outcomes.push({ outcome, seen: [...seen] });
      scrollTo(0, 0);
    }
    return outcomes;
  })()`);
  expect(frame).toEqual(reference);
});

test('in a closed shadow tree, and in a slot of one', async () => {
  await open();
  const [reference, frame] = await page.evaluate(`(async () => {
    const outcomes = [];
    for (const name of ['iframe', 'fencedframe']) {
      document.body.innerHTML = '<div id="host"></div><div id="slotted"></div>';
      const frames = [document.createElement(name), document.createElement(name)];
      const tree = host.attachShadow({ mode: 'closed' });
      tree.innerHTML = '<style>* { display: block }</style><p>above';
      tree.append(frames[0]);
      slotted.attachShadow({ mode: 'closed' }).innerHTML = '<div style="display: grid; width: 200px; height: 100px"><slot></slot></div>';
      slotted.append(frames[1]);
      const seen = frames.map(observe);
      if (name === 'fencedframe')
        for (const frame of frames) {
          frame.config = ${config('shadow')};
          await shown(frame);
        }
      while (seen.some(({ length }) => length < 2)) await drawn();
      outcomes.push({ boxes: frames.map(describe), seen: seen.map((told) => [...told]), hit: tree.elementFromPoint(100, 100) === frames[0] });
    }
    return outcomes;
  })()`);
  expect(frame).toEqual(reference);
});

test('events over the frame are its own', async () => {
  await open();
  await page.evaluate(`(async () => {
    const frame = document.createElement('fencedframe');
    document.body.append(frame);
    globalThis.heard = [];
    for (const type of ['mouseover', 'pointerover', 'mouseenter'])
      frame.addEventListener(type, (event) => heard.push([type, event.target === frame, event.composedPath()[0] === frame, event.composedPath().length]));
    frame.config = ${config('events')};
    await shown(frame);
  })()`);
  await until(async () => {
    for (const x of [600, 100]) await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y: 100 });
    return page.evaluate('heard.length > 2');
  });
  const heard = (await page.evaluate('heard')) as unknown[][];
  expect(heard.slice(0, 3).map(([, ...of]) => of)).toEqual([
    [true, true, 5],
    [true, true, 5],
    [true, true, 5],
  ]);
});

test.each([
  ['in one task', ''],
  ['with a microtask in between', 'await 0;'],
  ['with none in between', 'frame.config = null;'],
])('of two configs the second is shown, and the first not asked for: %s', async (_how, between) => {
  await open();
  await page.evaluate(`(async () => {
    const frame = document.createElement('fencedframe');
    document.body.append(frame);
    frame.config = ${config('first')};
    ${between}
    frame.config = ${config('second')};
  })()`);
  await until(() => loaded.includes('second'));
  // Whatever is asked for later is there by now.
  await page.evaluate(
    `{ const frame = document.createElement('fencedframe'); document.body.append(frame); frame.config = ${config('control')}; }`,
  );
  await until(() => loaded.includes('control'));
  expect(loaded).toEqual(['second', 'control']);
});
