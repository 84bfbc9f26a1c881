// Whether an operation takes longer where much is stored already.

import { setTimeout as delay } from 'node:timers/promises';
import { WorkletPage } from '../worklet-page.mjs';

/** A worklet's only clock has steps of 1 ms, so that one operation is a share of many. */
const OPERATIONS = 100;

const OPERATION = {
  get: `sharedStorage.get('key ' + i)`,
  set: `sharedStorage.set('key ' + i, 'value')`,
  length: 'sharedStorage.length()',
};

const WORKLET = `
${Object.entries(OPERATION)
  .map(
    ([name, call]) => `register('${name}', class {
  async run({ operations }) {
    const start = Date.now();
    for (let i = 0; i < operations; i++) await ${call};
    console.log((Date.now() - start) / operations);
  }
});`,
  )
  .join('\n')}
register('first', class {
  async run() {
    const start = Date.now();
    for await (const _ of sharedStorage.entries()) break;
    console.log(Date.now() - start);
  }
});`;

const COUNT = 100_000;
const ORIGINS = 1000;

/** In the extension's own database: to visit a thousand sites would take minutes. */
const FILL_ORIGINS = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('shared-storage');
  opening.onsuccess = () => {
    const transaction = opening.result.transaction(['entries', 'origins'], 'readwrite');
    const count = ${COUNT / ORIGINS};
    for (let site = 0; site < ${ORIGINS}; site++) {
      const origin = 'https://site-' + site + '.example';
      for (let i = 0; i < count; i++)
        transaction.objectStore('entries').put({ value: 'value', lastUpdated: Date.now() }, [origin, 'key ' + String(i).padStart(5, '0')]);
      transaction.objectStore('origins').put({ bytes: count * 2 * 14, count }, origin);
    }
    transaction.oncomplete = () => {
      opening.result.close();
      resolve();
    };
    transaction.onabort = () => reject(transaction.error);
  };
})`;

const COUNT_ENTRIES = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('shared-storage');
  opening.onsuccess = () => {
    const counting = opening.result.transaction('entries').objectStore('entries').count();
    counting.onsuccess = () => {
      opening.result.close();
      resolve(counting.result);
    };
    counting.onerror = () => reject(counting.error);
  };
})`;

/** What is stored already. @type {Record<string, (side: import('../sides.mjs').Side) => Promise<unknown>>} */
const STORES = {
  'empty store': async () => undefined,
  // Twelve bytes an entry: they are far from a data origin's quota.
  '100,000 entries': async (side) => {
    const page = await side.openPage();
    await page.evaluate(`(async () => {
      for (let next = 0; next < ${COUNT}; next += 1000)
        await Promise.all(Array.from({ length: 1000 }, (_, i) => sharedStorage.set('e' + (next + i), '')));
    })()`);
    // They are applied after they were acknowledged.
    const worker = await side.browser.serviceWorker();
    while ((await worker.evaluate(COUNT_ENTRIES)) < COUNT) await delay(100);
  },
  '1,000 origins': async (side) => {
    // The database is there once something was stored.
    const page = await side.openPage();
    await page.evaluate(`sharedStorage.set('key', 'value')`);
    const worker = await side.browser.serviceWorker();
    await worker.evaluate(FILL_ORIGINS);
  },
};

/** Chromium 120 had room for 10,000 entries. @param {string} store @returns {import('../sides.mjs').SideName[]} */
const sidesOf = (store) => (store === 'empty store' ? ['extension', 'native'] : ['extension']);

/**
 * @param {string} store
 * @param {string} operation
 * @param {string} what
 * @returns {import('../rows.mjs').Row}
 */
const row = (store, operation, what) => ({
  name: `worklet: ${what}, ${store}`,
  unit: 'ms',
  sides: sidesOf(store),
  samples: 12,
  block: 2,
  files: { '/worklet.js': WORKLET },
  async begin(side) {
    await STORES[store]?.(side);
    const page = await WorkletPage.open(side, '/worklet.js');
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await page.evaluate(`sharedStorage.run('${operation}', { data: { operations: ${OPERATIONS} }, keepAlive: true })`);
        samples.push(await page.nextLogged());
      }
      return samples;
    };
  },
});

export const manyEntries = Object.keys(STORES).flatMap((store) => [
  ...Object.keys(OPERATION).map((operation) => row(store, operation, operation)),
  row(store, 'first', 'first entry of an iteration'),
]);

/** @param {string} store @returns {import('../rows.mjs').Row} */
const windowSet = (store) => ({
  name: `set, awaited, ${store}`,
  unit: 'ms',
  sides: sidesOf(store),
  samples: 200,
  block: 25,
  async begin(side) {
    await STORES[store]?.(side);
    const page = await side.openPage();
    return (count) => page.evaluate(`timeEach(${count}, (i) => sharedStorage.set('key ' + (i % 10), 'value ' + i))`);
  },
});

export const manyEntriesSet = [windowSet('100,000 entries'), windowSet('1,000 origins')];
