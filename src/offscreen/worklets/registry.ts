/** All worklets, by the document that made them; they live no longer than it does, give or take what the specification grants. */

import { browser } from '../../extension/browser';
import { type Envelope, succeed } from '../../protocol/envelope';
import type { HostRequests, WorkletId } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';
import type { Selecting } from '../select-url/operation-selections';
import { showInPage, shownLine } from './page-console';
import { readyForOperations, Worklet } from './worklet';
import type { WorkletDatabase } from './worklet-calls';

/** "After a document dies, the worklet will continue to be kept alive for a maximum of two seconds." */
const GRACE_PERIOD = 2000;

/** How long a worklet may exist before its document's port must have been seen: a document may go away just as it makes one. */
const PORT_DEADLINE = 10_000;

/** How long Chromium keeps a document in the back/forward cache, in milliseconds. */
const LONGEST_IN_CACHE = 600_000;

/** How long an operation may be held before the service worker is asked about it, in milliseconds. */
const LONGEST_HOLD = 1000;

/** How long the offscreen document stays when there is no worklet, in milliseconds. */
const IDLE_LIFETIME = 60_000;

const keyOf = ({ documentId, workletId }: WorkletId): string => `${documentId}/${workletId}`;

/** The store as the worklets of a document use it. */
type DatabaseFor = (document: { readonly documentId: string; readonly tabId: number }) => WorkletDatabase;

/** An operation of run() that came to nothing, in Chromium's words, or in its script's. */
export interface OperationFailure {
  readonly tabId: number;
  readonly documentId: string;
  readonly dataOrigin: string;
  readonly name: string;
  readonly text: string;
}

export class Registry {
  readonly #onFailure: (failure: OperationFailure) => void;
  readonly #databaseFor: DatabaseFor;
  readonly #selecting: Selecting;
  readonly #worklets = new Map<string, Worklet>();
  /** The keys of each document's worklets. */
  readonly #documents = new Map<string, Set<string>>();
  readonly #alive = new Set<string>();
  /** Documents in the back/forward cache, which are alive still. */
  readonly #cached = new Map<string, ReturnType<typeof setTimeout>>();
  /** When the last worklet of a tab that has a module is loaded, and its predecessors are. */
  readonly #loading = new Map<string, Promise<Envelope>>();
  /** The same for each worklet, while it exists. */
  readonly #loaded = new Map<string, Promise<Envelope>>();

  /** Runs out while there is no worklet. */
  #idle: ReturnType<typeof setTimeout>;

  constructor(databaseFor: DatabaseFor, selecting: Selecting, onFailure: (failure: OperationFailure) => void) {
    this.#onFailure = onFailure;
    this.#databaseFor = databaseFor;
    this.#selecting = selecting;
    this.#idle = this.#startIdling();
  }

  /** Closes this document, and frees what it and the sandbox cost, when no worklet has needed it for a while. */
  #startIdling(): ReturnType<typeof setTimeout> {
    return setTimeout(() => window.close(), IDLE_LIFETIME);
  }

  create(params: HostRequests['host.create']['params']): Promise<Envelope> {
    const { worklet: id, tabId, dataOrigin, site, moduleURL, source, context, keepAlive } = params;
    const key = keyOf(id);
    const existing = this.#loaded.get(key);
    if (existing) return existing;
    const { documentId } = id;
    const keys = this.#documents.get(documentId) ?? new Set();
    this.#documents.set(documentId, keys.add(key));
    const worklet = new Worklet(
      {
        database: this.#databaseFor({ documentId, tabId }),
        dataOrigin,
        remainingBudget: () => this.#selecting.remainingBudget(site),
        console: (lines) => showInPage({ tabId, documentId, lines: lines.map(shownLine) }),
        failed: (name, text) => this.#onFailure({ tabId, documentId, dataOrigin, name, text }),
      },
      { url: moduleURL, source, context },
      keepAlive,
      () => this.#forget(documentId, key),
    );
    this.#worklets.set(key, worklet);
    clearTimeout(this.#idle);
    setTimeout(() => {
      if (!this.#alive.has(documentId)) worklet.end();
    }, PORT_DEADLINE);
    const loaded = this.#loadInOrder(`${tabId} ${dataOrigin} ${moduleURL}`, worklet);
    this.#loaded.set(key, loaded);
    return loaded;
  }

  /**
   * Worklets with the same module are loaded in the order in which they were asked for, as where they share a process: of several frames
   * with the same saved query it is the first one that decides.
   */
  #loadInOrder(name: string, worklet: Worklet): Promise<Envelope> {
    const earlier = this.#loading.get(name);
    const loaded: Promise<Envelope> = Promise.all([worklet.loaded, earlier?.catch(() => undefined)])
      .then(([envelope]) => envelope)
      .finally(() => {
        if (this.#loading.get(name) === loaded) this.#loading.delete(name);
      });
    this.#loading.set(name, loaded);
    return loaded;
  }

  run({ worklet, runId, name, data, keepAlive, isModuleLoaded, tabId, dataOrigin }: HostRequests['host.run']['params']): Envelope {
    const found = this.#worklets.get(keyOf(worklet));
    const ready = readyForOperations(found, isModuleLoaded);
    if (typeof ready === 'string') {
      this.#onFailure({ tabId, documentId: worklet.documentId, dataOrigin, name, text: ready });
      found?.keepAliveAfter(keepAlive);
    } else this.#hold(ready, runId, () => ready.run({ runId, name, data, keepAlive }));
    return succeed(undefined);
  }

  release({ worklet, runId }: HostRequests['host.release']['params']): Envelope {
    this.#worklets.get(keyOf(worklet))?.release(runId);
    return succeed(undefined);
  }

  /** False where the operation is known already. */
  #hold(worklet: Worklet, runId: number, start: () => void | Promise<void>): boolean {
    const released = worklet.hold(runId, start);
    if (!released) return false;
    // Where the service worker was stopped before it could release the operation, the next one stores what it has to wait for.
    const ask = () => {
      const message: Message = { to: 'window-updates' };
      const release = () => worklet.release(runId);
      browser.runtime.sendMessage(message).then(release, release);
    };
    const timer = setTimeout(ask, LONGEST_HOLD);
    void released.then(() => clearTimeout(timer));
    return true;
  }

  async select({ worklet, runId, call }: HostRequests['host.select']['params']): Promise<Envelope> {
    const found = this.#worklets.get(keyOf(worklet));
    await this.#selecting.select(found, runId, call, (start) => found !== undefined && this.#hold(found, runId, start));
    return succeed(undefined);
  }

  async selected(params: HostRequests['host.selected']['params']): Promise<Envelope> {
    await this.#selecting.selected(params, () => this.#alive.has(params.documentId));
    return succeed(undefined);
  }

  dataOriginOf(worklet: WorkletId): string | null {
    return this.#worklets.get(keyOf(worklet))?.dataOrigin ?? null;
  }

  documentOpened(documentId: string): void {
    this.#alive.add(documentId);
    clearTimeout(this.#cached.get(documentId));
    this.#cached.delete(documentId);
  }

  /** The document is in the back/forward cache: it may come back, and nobody says when it will not. */
  documentCached(documentId: string): void {
    clearTimeout(this.#cached.get(documentId));
    this.#cached.set(
      documentId,
      setTimeout(() => this.documentClosed(documentId), LONGEST_IN_CACHE),
    );
  }

  documentClosed(documentId: string): void {
    this.#alive.delete(documentId);
    this.#cached.delete(documentId);
    this.#selecting.documentClosed(documentId);
    for (const key of this.#documents.get(documentId) ?? []) {
      const worklet = this.#worklets.get(key);
      if (worklet?.isBusy) setTimeout(() => worklet.end(), GRACE_PERIOD);
      else worklet?.end();
    }
  }

  #forget(documentId: string, key: string): void {
    this.#worklets.delete(key);
    this.#loaded.delete(key);
    const keys = this.#documents.get(documentId);
    keys?.delete(key);
    if (keys?.size === 0) this.#documents.delete(documentId);
    if (this.#worklets.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = this.#startIdling();
  }
}
