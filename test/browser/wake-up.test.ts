/** A service worker that wakes reads what it needs, however much there is: of each store it is counted in a real browser what is asked for. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** How much of each kind there is. */
const MANY = 2000;

/** Runs before the worker's own script: what is read from then on is counted, by database and store. */
const COUNT_READS = `globalThis.readsOfStores = {};
for (const Class of [IDBObjectStore, IDBIndex, IDBCursor])
  for (const method of ['get', 'getAll', 'getAllKeys', 'getAllRecords', 'getKey', 'openCursor', 'openKeyCursor', 'continue']) {
    const native = Class.prototype[method];
    if (!native) continue;
    Class.prototype[method] = function (...args) {
      const result = native.apply(this, args);
      const request = result ?? this.request;
      const source = this.source ?? this;
      const store = source.objectStore ?? source;
      const name = store.transaction.db.name + ' ' + store.name;
      // A cursor that goes on has the same request again.
      request.addEventListener('success', () => {
        const { result: read } = request;
        readsOfStores[name] = (readsOfStores[name] ?? 0) + (Array.isArray(read) ? read.length : Number(read !== null && read !== undefined));
      }, { once: true });
      return result;
    };
  }`;

/** Puts records into stores that are there, in a number that users may have. */
const fill = (database: string, store: string, record: string) => `new Promise((resolve, reject) => {
  const opening = indexedDB.open('${database}');
  opening.onsuccess = () => {
    const transaction = opening.result.transaction('${store}', 'readwrite');
    for (let i = 0; i < ${MANY}; i++) transaction.objectStore('${store}').put(...(${record})(i));
    transaction.oncomplete = () => { opening.result.close(); resolve(); };
    transaction.onabort = () => reject(transaction.error);
  };
})`;

const REPORT = `(i) => [{ key: 'report ' + i, state: 'pending', kind: 'live', site: 'https://' + i + '.example', created: i, attempts: 0, due: Date.now() + 1e9 + i,
  report: { reportingOrigin: 'https://' + i + '.example' } }]`;
const POLICY = `(i) => [{ ids: ['policy'], isolation: null, applies: true, fetched: i }, 'https://' + i + '.example']`;
const SELECTION = `(i) => [{ urn: 'urn:uuid:' + i, documentId: 'document', selectionId: i, page: { tabId: 1, documentId: 'page' } }]`;
const FRAME = `(i) => [{ documentId: 'document', size: 1, time: i, value: { topDocumentId: 'document' } }, ['frame content', '1 ' + i]]`;

type Reads = Record<string, number>;

/** Stops the worker, and counts what the next one reads until that is enough, once it is woken. */
async function readsOfWaking(wake: () => Promise<unknown>, isEnough: (reads: Reads) => boolean): Promise<Reads> {
  await lab.stopServiceWorker();
  const { devtools } = lab.browser;
  let session = '';
  const attached = async ({ sessionId, targetInfo }: Record<string, unknown>) => {
    if ((targetInfo as { type: string }).type !== 'service_worker') return;
    session = String(sessionId);
    await devtools.send('Runtime.evaluate', { expression: COUNT_READS }, session);
    await devtools.send('Runtime.runIfWaitingForDebugger', {}, session);
  };
  devtools.on('Target.attachedToTarget', attached);
  const filter = [{ type: 'service_worker' }, { exclude: true }];
  await devtools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter });
  try {
    await wake();
    return await until(async () => {
      const { result } = await devtools.send('Runtime.evaluate', { expression: 'readsOfStores', returnByValue: true }, session);
      const reads = result.value as Reads;
      return isEnough(reads) && reads;
    });
  } finally {
    devtools.off('Target.attachedToTarget', attached);
    await devtools.send('Target.setAutoAttach', { autoAttach: false, waitForDebuggerOnStart: false, flatten: true });
  }
}

test('entries, events, reports, policies, selections, frames and a journal that is applied are left unread', async () => {
  const page = await lab.page('wake');
  // Events and a journal come with what a page does; the databases as well.
  await page.evaluate(`(async () => {
    await sharedStorage.worklet.addModule('/nothing.js');
    for (let i = 0; i < ${MANY}; i++) sharedStorage.set('key ' + i, 'value');
    await sharedStorage.selectURL('nothing', [{ url: location.href }], { keepAlive: true });
  })()`);
  const countOf = async (database: string, store: string) => (await lab.records(database, store)).length;
  await until(async () => (await countOf('shared-storage', 'entries')) === MANY);
  await until(async () => (await countOf('shared-storage-events', 'events')) >= MANY);
  await until(async () => (await lab.records<{ result: unknown }>('shared-storage-selections', 'selections')).some(({ result }) => result));
  expect(await countOf('shared-storage', 'journal')).toBeGreaterThan(0);
  const stores = [
    ['private-aggregation', 'reports', REPORT],
    ['shared-storage-origin-policies', 'policies', POLICY],
    ['shared-storage-selections', 'selections', SELECTION],
    ['shared-storage-documents', 'records', FRAME],
  ] as const;
  for (const [database, store, record] of stores) {
    await lab.inExtension(fill(database, store, record));
    expect(await countOf(database, store)).toBeGreaterThanOrEqual(MANY);
  }
  const reads = await readsOfWaking(
    () => page.evaluate(`sharedStorage.set('last', 'of all')`),
    // The last that it does of itself, and that the page makes it do: to see how many events there are by now.
    (known) => 'private-aggregation reports' in known && (known['shared-storage-events events'] ?? 0) >= 2,
  );
  expect(reads['shared-storage settings']).toBe(1);
  expect(reads['shared-storage-origin-policies policies'] ?? 0).toBe(0);
  expect(reads['shared-storage-selections selections'] ?? 0).toBe(0);
  expect(reads['private-aggregation reports'] ?? 0).toBeLessThanOrEqual(1);
  const all = Object.values(reads).reduce((sum, count) => sum + count, 0);
  expect(all, JSON.stringify(reads)).toBeLessThan(50);
});
