// What people who look at the panel wait for, and what the page that they look at feels of it.

import { setTimeout as delay } from 'node:timers/promises';
import { openPanel, panelAddress } from '../../browser/panel.mjs';

const ENTRIES = 100_000;
const EVENTS = 10_000;

/** How many events a second the page makes, and in how many parts of a second. */
const RATE = 1000;
const PARTS = 20;

const FILL = `(async () => {
  const methods = (from) => Array.from({ length: 1000 }, (_, i) => new SharedStorageSetMethod('key ' + (from + i), ''));
  for (let from = 0; from < ${ENTRIES}; from += 1000) await sharedStorage.batchUpdate(methods(from));
  for (let from = 0; from < ${EVENTS}; from += 500)
    await Promise.all(Array.from({ length: 500 }, (_, i) => sharedStorage.set('key ' + (from + i), '')));
})()`;

/** How much the log and the store of the extension hold. */
const COUNT = `Promise.all([['shared-storage', 'entries'], ['shared-storage-events', 'events']].map(([name, store]) => new Promise((resolve, reject) => {
  const opening = indexedDB.open(name);
  opening.onsuccess = () => {
    const counting = opening.result.transaction(store).objectStore(store).count();
    counting.onsuccess = () => {
      opening.result.close();
      resolve(counting.result);
    };
    counting.onerror = () => reject(counting.error);
  };
})))`;

/** A page of an origin with so many entries, whose log is full. @param {import('../sides.mjs').Side} side */
async function fill(side) {
  const page = await side.openPage();
  await page.evaluate(FILL);
  const worker = await side.browser.serviceWorker();
  for (;;) {
    const [entries = 0, events = 0] = await worker.evaluate(COUNT);
    if (entries >= ENTRIES && events >= EVENTS) break;
    await delay(100);
  }
  await worker.detach();
  return page;
}

/**
 * @param {string} view
 * @param {string} shown true in the panel once it is all there
 * @returns {import('../rows.mjs').Row}
 */
const opens = (view, shown) => ({
  name: `panel: opens its view ${view}, 100,000 entries, 10,000 events`,
  unit: 'ms',
  note: 'from the navigation until the rows are painted',
  sides: ['extension'],
  samples: 12,
  block: 2,
  async begin(side) {
    await fill(side);
    const address = await panelAddress(side.browser, `${side.origin}/timing.html`, view);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const panel = await openPanel(side.browser, `${side.origin}/timing.html`, view);
        await panel.navigate(address);
        samples.push(
          await panel.evaluate(`(async () => {
            while (!(${shown})) await new Promise((resolve) => requestAnimationFrame(resolve));
            await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            return performance.now();
          })()`),
        );
        await panel.close();
      }
      return samples;
    };
  },
});

/** A row of the view's table, once it shows something. @param {string} table */
const rowOf = (table) => `all('.body [role=row]:not([aria-busy])', first('${table}')?.shadowRoot ?? document.body).at(0)`;

/** How long a frame of the page took that makes so many events, the longest of a second. */
const LONGEST_FRAME = `new Promise((resolve) => {
  let part = 0;
  const timer = setInterval(() => {
    for (let i = 0; i < ${RATE / PARTS}; i++) sharedStorage.set('key ' + i, String(part));
    if (++part === ${PARTS}) clearInterval(timer);
  }, ${1000 / PARTS});
  let longest = 0;
  let last = performance.now();
  const end = last + 1000;
  const frame = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    if (now < end) requestAnimationFrame(frame);
    else resolve(longest);
  };
  requestAnimationFrame(frame);
})`;

/**
 * @param {string} what
 * @param {boolean} isOpen
 * @returns {import('../rows.mjs').Row}
 */
const usable = (what, isOpen) => ({
  name: `page with 1,000 events a second, panel ${what}: longest frame`,
  unit: 'ms',
  sides: ['extension'],
  samples: 12,
  block: 3,
  async begin(side) {
    const page = await fill(side);
    if (isOpen) await openPanel(side.browser, `${side.origin}/timing.html`, 'events');
    // The page is the one in front.
    await page.send('Page.bringToFront');
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) samples.push(await page.evaluate(LONGEST_FRAME));
      return samples;
    };
  },
});

/** How far a wheel goes, in CSS pixels, and how fast, in such pixels a second: 70 rows and 140 rows a second. */
const DISTANCE = 8000;
const SPEEDS = [2000, 4000];

/** Begins to look at each frame: how long after the one before, and for how long a row in view has had nothing to show. */
const WATCH = `globalThis.watched = { frames: [], blank: 0, isWatching: true };
(() => {
  const grid = first('#entries').shadowRoot.querySelector('[role=grid]');
  let last = performance.now();
  let blankSince = null;
  const isBlank = () => {
    const { top, bottom } = grid.getBoundingClientRect();
    const rows = [...grid.querySelectorAll('.body [role=row]')].map((row) => [row.getBoundingClientRect(), row.ariaBusy === 'true']);
    const inView = rows.filter(([row]) => row.bottom > top && row.top < bottom);
    return inView.some(([, isBusy]) => isBusy) || Math.max(...rows.map(([row]) => row.bottom)) < bottom - 1;
  };
  const look = (now) => {
    watched.frames.push(now - last);
    last = now;
    // What is looked at is what the frame before has left.
    if (isBlank()) watched.blank = Math.max(watched.blank, now - (blankSince ??= now));
    else blankSince = null;
    if (watched.isWatching) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

/**
 * @param {string} what
 * @param {string} figure of what was watched
 * @param {number} speed
 * @returns {import('../rows.mjs').Row}
 */
const scrolls = (what, figure, speed) => ({
  name: `panel: scrolls through 100,000 entries at ${speed.toLocaleString('en')} px/s: ${what}`,
  unit: 'ms',
  sides: ['extension'],
  samples: 12,
  block: 6,
  async begin(side) {
    await fill(side);
    const panel = await openPanel(side.browser, `${side.origin}/timing.html`, 'storage');
    while (!(await panel.evaluate(`Boolean(${rowOf('#entries')})`))) await delay(50);
    const { x, y } = await panel.evaluate(`(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(
      first('#entries').getBoundingClientRect())`);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await panel.evaluate(WATCH);
        const gesture = { x, y, yDistance: -DISTANCE, speed, gestureSourceType: 'mouse' };
        await panel.send('Input.synthesizeScrollGesture', gesture);
        samples.push(await panel.evaluate(`watched.isWatching = false, ${figure}`));
      }
      return samples;
    };
  },
});

const scrolling = SPEEDS.flatMap((speed) => [
  scrolls('longest frame', 'Math.max(...watched.frames)', speed),
  scrolls('frame, 95th percentile', 'watched.frames.toSorted((a, b) => a - b)[Math.floor(watched.frames.length * 0.95)]', speed),
  scrolls('longest that a row in view is blank', 'watched.blank', speed),
]);

export const panelRows = [
  opens('storage', rowOf('#entries')),
  opens('events', rowOf('lab-table')),
  usable('closed', false),
  usable('open', true),
  ...scrolling,
];
