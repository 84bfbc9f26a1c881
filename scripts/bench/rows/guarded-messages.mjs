// What the message guard adds to messages that carry nothing it looks for, in a document of a site that isolation was asked for.

import { setTimeout as delay } from 'node:timers/promises';
import { ISOLATED } from '../site.mjs';

const CROSS_ORIGIN_ISOLATED = { ...ISOLATED, 'Cross-Origin-Resource-Policy': 'cross-origin' };

/** The dearest case: cross-origin isolated documents that isolation was asked for, where each message from another origin is looked through. */
const LOOKED_THROUGH = {
  ...CROSS_ORIGIN_ISOLATED,
  'Server-Timing': 'shared-storage-lab-isolation;desc="setting ?1"',
};

const files = {
  '/messages.html': `<!doctype html><title>messages</title><script>
    /** Mean time of a message, in µs: so many answers of the frame, one after the other. */
    function pingPong(target, count) {
      return new Promise((resolve) => {
        let left = count;
        const start = performance.now();
        onmessage = ({ data }) => {
          if (--left === 0) resolve(((performance.now() - start) / count) * 1000);
          else target.postMessage({ n: data.n + 1, text: 'plain' }, '*');
        };
        target.postMessage({ n: 0, text: 'plain' }, '*');
      });
    }
    /** Mean time of a message, in µs: so many that wait at once. */
    function burst(count) {
      return new Promise((resolve) => {
        let left = count;
        const start = performance.now();
        onmessage = () => { if (--left === 0) resolve(((performance.now() - start) / count) * 1000); };
        for (let i = 0; i < count; i++) postMessage({ n: i, text: 'plain' }, '*');
      });
    }
    /** From sending until the answer has read the last byte and sent the array back, in ms. */
    function bounce(target, bytes) {
      return new Promise((resolve) => {
        const array = new Uint8Array(bytes);
        const start = performance.now();
        onmessage = ({ data }) => { if (data.array[bytes - 1] === 0) resolve(performance.now() - start); };
        target.postMessage({ array }, '*', [array.buffer]);
      });
    }
    const embed = (src) => new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.onload = () => resolve(frame.contentWindow);
      frame.src = src;
      document.body.append(frame);
    });
  </script><body></body>`,
  '/echo.html': `<!doctype html><title>echo</title><script>
    onmessage = ({ data, source, origin }) => source.postMessage(data, origin, data.array ? [data.array.buffer] : []);
  </script>`,
};

/** Has the guard in the site's documents where there is an extension. @param {import('../sides.mjs').Side} side */
async function guard({ browser, origin }) {
  if (!browser.extensionId) return;
  const worker = await browser.serviceWorker();
  // Only watched: keyed by origin on request, documents get processes of their own, and messages cost what the browser takes for that.
  const settings = { isolation: { [origin]: 'respect', [other(origin)]: 'respect' } };
  await worker.evaluate(`chrome.storage.local.set({ settings: ${JSON.stringify(settings)} })`);
  const isRegistered = `chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.some(({ js }) => js.includes('src/page/message-guard.iife.js')))`;
  while (!(await worker.evaluate(isRegistered))) await delay(20);
  await worker.detach();
}

/** Another origin of the same site. @param {string} origin */
const other = (origin) => origin.replace('//', '//other.');

/** @type {(name: string, unit: string, counts: { samples: number, block: number }, sample: string, headers?: Record<string, string>) => import('../rows.mjs').Row} */
const row = (name, unit, { samples, block }, sample, headers = CROSS_ORIGIN_ISOLATED) => ({
  name,
  unit,
  sides: ['extension', 'off', 'off again'],
  samples,
  block,
  files,
  headers,
  async begin(side) {
    await guard(side);
    const page = await side.openPage('/messages.html');
    await page.evaluate(`embed('${other(side.origin)}/echo.html').then((target) => { globalThis.target = target; })`);
    return async (count) => {
      const taken = [];
      for (let i = 0; i < count; i++) taken.push(await page.evaluate(sample));
      return taken;
    };
  },
});

const MANY = { samples: 40, block: 4 };

export const messageToItself = row('guarded: message to itself (mean of 2000)', 'µs', MANY, 'burst(2000)');

export const messageToOtherOrigin = row('guarded: message to another origin and back (mean of 500)', 'µs', MANY, 'pingPong(target, 500)');

export const messageLookedThrough = row(
  'guarded, looked through: message to another origin and back (mean of 500)',
  'µs',
  MANY,
  'pingPong(target, 500)',
  LOOKED_THROUGH,
);

export const largeArray = row(
  'guarded, looked through: 100 MB transferred to another origin and back',
  'ms',
  { samples: 12, block: 2 },
  'bounce(target, 100_000_000)',
  LOOKED_THROUGH,
);
