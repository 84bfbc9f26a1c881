/** The browser closes the database by force, wherever: whoever asked for something does not notice, and it is there once, in its order. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, test, vi } from 'vitest';
import { KeepAlive } from '../../src/background/browser/keep-alive';
import { HeaderWriter } from '../../src/background/header-writes/header-writer';
import { WindowUpdates } from '../../src/background/updates/window-updates';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { ForcedClose } from './closed-by-force';
import { FakeLocks } from './locks';

vi.stubGlobal('chrome', { runtime: { getPlatformInfo: async () => ({}) } });

const ORIGIN = 'https://a.example';

class Worker {
  /** What the event log has, of updates and of responses. */
  readonly results: (boolean | null)[] = [];
  readonly #database = new IndexedDatabase(() => ({ currentWallTime: 1_000_000, defaultEntryLifetime: 1_000_000, quota: 1_000_000 }));
  readonly #updates: WindowUpdates;
  readonly #writer: HeaderWriter;
  #sequence = 0;

  constructor() {
    const note = (_event: unknown, outcome: object) => void this.results.push('result' in outcome ? (outcome.result as boolean) : null);
    this.#updates = new WindowUpdates(this.#database, new FakeLocks(), note, new KeepAlive());
    const gate = { note: (_method: string, { result }: object & { result?: unknown }) => void this.results.push(result as boolean) };
    this.#writer = new HeaderWriter({ ...gate, reasonOfRefusal: async () => null, showIn: () => undefined }, this.#updates);
  }

  append(value: string, withLock: string | null = null): Promise<void> {
    const methods = [{ type: 'append', key: 'k', value }] as const;
    const update = { dataOrigin: ORIGIN, methods, withLock, documentId: 'document', tabId: 1, time: 0 };
    return this.#updates.add(update, { documentId: 'document', sequence: ++this.#sequence });
  }

  respond(value: string): Promise<void> {
    const caller = { documentId: 'document', tabId: 1 };
    const request = { id: '7', method: 'GET', type: 'xmlhttprequest' };
    const lines = [`append;key=k;value="${value}"`];
    return this.#writer.write({ caller, request, origin: ORIGIN, url: `${ORIGIN}/x`, status: 200, lines }, null);
  }

  async stored(): Promise<string | undefined> {
    await this.#updates.settledUnlessBlocked(ORIGIN);
    return this.#database.get(ORIGIN, 'k');
  }
}

test('at any request of the store: windows and responses write once, and in order', { timeout: 60_000 }, async () => {
  let isReached = true;
  let closeAfter = 0;
  while (isReached) {
    closeAfter++;
    globalThis.indexedDB = new IDBFactory();
    const worker = new Worker();
    const closing = new ForcedClose(closeAfter);
    await Promise.all([worker.append('1;'), worker.append('2;'), worker.respond('3;')]);
    await worker.append('4;', 'lock');
    await worker.respond('5;');
    expect(await worker.stored(), `closed after request ${closeAfter}`).toBe('1;2;3;4;5;');
    closing.end();
    isReached = closing.requests >= closeAfter;
    expect(worker.results, `closed after request ${closeAfter}`).toEqual([true, true, true, true, true]);
    expect(await new Worker().stored()).toBe('1;2;3;4;5;');
  }
  expect(closeAfter).toBeGreaterThan(30);
});
