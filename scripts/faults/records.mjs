// What the extension itself has written down of an origin: events, reports, budgets.

/** Runs in the service worker. @param {string} origin */
export async function readRecords(origin) {
  const settled = (/** @type {IDBRequest} */ request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const { sharedStorageLab } = /** @type {any} */ (globalThis);
  const { remainingBudget } = await sharedStorageLab.request('origin.metadata', { dataOrigin: origin });
  const databases = await indexedDB.databases();
  const all = async (
    /** @type {string} */ name,
    /** @type {string} */ store,
    /** @type {(store: IDBObjectStore) => IDBRequest} */ read,
  ) => {
    if (!databases.some((one) => one.name === name)) return [];
    const opened = await settled(indexedDB.open(name));
    try {
      return await settled(read(opened.transaction(store).objectStore(store)));
    } finally {
      opened.close();
    }
  };
  const events = await all('shared-storage-events', 'events', (store) => store.index('dataOrigin').getAll(origin));
  const stored = await all('private-aggregation', 'reports', (store) => store.index('created').getAll());
  return {
    budget: remainingBudget,
    events: events.filter((/** @type {any} */ { result }) => result === true),
    reports: stored
      .filter((/** @type {any} */ { report }) => report.reportingOrigin === origin)
      .map((/** @type {any} */ { report, state }) => ({ contextId: report.contextId, state })),
  };
}

/** How often the log says that each append was applied. @param {any[]} events */
export function appliedIn(events) {
  /** @type {Map<string, { writer: string, step: number, times: number }>} */
  const applied = new Map();
  for (const { method, parameters } of events) {
    const [first] = method === 'batchUpdate' ? parameters.methods : [parameters];
    if (first?.method !== 'append') continue;
    const writer = first.key === 'shared' ? first.value.split(':')[0] : first.key.replace(/-a$/, '');
    const step = Number(first.value.replace(/^.*:/, '').replace(';', ''));
    const name = `${writer} ${step}`;
    applied.set(name, { writer, step, times: (applied.get(name)?.times ?? 0) + 1 });
  }
  return [...applied.values()];
}
