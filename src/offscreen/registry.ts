/** All worklets, by the document that made them; they live no longer than it does, give or take what the specification grants. */

import { type Envelope, succeed } from '../protocol/envelope';
import type { GivenModule, HostRequests, WorkletId } from '../protocol/messages';
import { BoundedMap } from '../store/bounded-map';
import type { ServiceWorkerQuestions } from './ask-service-worker';
import type { KeyHandlers } from './event-handlers/key-handlers';
import { GRACE_PERIOD, IDLE_LIFETIME, LONGEST_IN_CACHE, PORT_DEADLINE } from './lifetimes';
import type { Selecting } from './select-url/operation-selections';
import { ContributingOperations, type Contributor } from './worklets/contributing-operations';
import { LoadOrder } from './worklets/load-order';
import type { PageConsole } from './worklets/page-console';
import { readyForOperations } from './worklets/ready-for-operations';
import { shownLine } from './worklets/shown-line';
import { Worklet } from './worklets/worklet';
import type { AboutDataOrigin, DatabaseFor, OperationFailure, WorkletDocument } from './worklets/worklet-document';
import type { WorkletHistory } from './worklets/worklet-history';

/** The name of a worklet here. */
export const keyOf = ({ documentId, workletId }: WorkletId): string => `${documentId}/${workletId}`;

type NeverStarted = Pick<HostRequests['host.run']['params'], 'worklet' | 'runId' | 'name' | 'config' | 'tabId' | 'dataOrigin'>;

/** Of so many operations it is remembered that they were asked for: a repeated delivery changes nothing, also where their worklet has ended. */
const MAXIMUM_ASKED = 1000;

/** Who hears what becomes of documents and their worklets. */
type Handlers = Pick<KeyHandlers, 'forget' | 'forgetDocument' | 'pause'>;

export class Registry {
  readonly #ask: ServiceWorkerQuestions['ask'];
  readonly #handlers: Handlers;
  readonly #show: PageConsole['show'];
  readonly #history: WorkletHistory;
  readonly #onFailure: (failure: OperationFailure) => void;
  readonly #databaseFor: DatabaseFor;
  readonly #selecting: Selecting;
  readonly #about: AboutDataOrigin;
  readonly #worklets = new Map<string, Worklet>();
  /** The keys of each document's worklets. */
  readonly #documents = new Map<string, Set<string>>();
  readonly #alive = new Set<string>();
  /** Documents in the back/forward cache, which are alive still. */
  readonly #cached = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #loadOrder = new LoadOrder();
  /** When each worklet that has its module is loaded, in that order. */
  readonly #loaded = new Map<string, Promise<Envelope>>();
  /** Operations that were asked for. */
  readonly #asked = new BoundedMap<string, true>(MAXIMUM_ASKED);

  /** Runs out while there is no worklet. */
  #idle: ReturnType<typeof setTimeout>;

  constructor(
    ask: ServiceWorkerQuestions['ask'],
    databaseFor: DatabaseFor,
    selecting: Selecting,
    about: AboutDataOrigin,
    onFailure: (failure: OperationFailure) => void,
    history: WorkletHistory,
    handlers: Handlers,
    show: PageConsole['show'],
  ) {
    this.#ask = ask;
    this.#handlers = handlers;
    this.#show = show;
    this.#about = about;
    this.#history = history;
    this.#onFailure = onFailure;
    this.#databaseFor = databaseFor;
    this.#selecting = selecting;
    this.#idle = this.#startIdling();
  }

  /** Closes this document, and frees what it and the sandbox cost, when no worklet has needed it for a while. */
  #startIdling(): ReturnType<typeof setTimeout> {
    return setTimeout(() => window.close(), IDLE_LIFETIME);
  }

  /** The worklet can do nothing before it has its module; where it is known already, nothing changes. */
  create(params: HostRequests['host.create']['params']): Envelope {
    const { worklet: id, tabId, dataOrigin, site, moduleURL, context, mayContribute } = params;
    const key = keyOf(id);
    if (this.#worklets.has(key)) return succeed(undefined);
    const { documentId } = id;
    const keys = this.#documents.get(documentId) ?? new Set();
    this.#documents.set(documentId, keys.add(key));
    const recorder = this.#history.begin({ ...id, tabId, dataOrigin, moduleURL });
    const worklet = new Worklet(
      {
        database: this.#databaseFor({ documentId, tabId }),
        name: key,
        dataOrigin,
        ...this.#about(dataOrigin),
        remainingBudget: () => this.#selecting.remainingBudget(site, dataOrigin),
        recorder,
        console: (lines) => {
          recorder.logged(lines);
          return this.#show({ tabId, documentId }, lines.map(shownLine));
        },
        failed: (name, text) => this.#onFailure({ tabId, documentId, dataOrigin, name, text }),
        contributing: this.#contributing({ worklet: id, tabId, moduleURL, reportingOrigin: dataOrigin }),
      },
      { url: moduleURL, context, mayContribute },
      () => this.#forget(documentId, key),
    );
    this.#worklets.set(key, worklet);
    clearTimeout(this.#idle);
    setTimeout(() => {
      if (!this.#alive.has(documentId)) worklet.end();
    }, PORT_DEADLINE);
    return succeed(undefined);
  }

  /** Resolves to how the module has been evaluated, or to null where the document has no such worklet. */
  async load({ documentId, tabId }: WorkletDocument, { workletId, source, keepAlive }: GivenModule): Promise<Envelope | null> {
    const key = keyOf({ documentId, workletId });
    const worklet = this.#worklets.get(key);
    if (!worklet) return null;
    // It may have been given before, by a port that was closed.
    const existing = this.#loaded.get(key);
    if (existing) return existing;
    worklet.load(source, keepAlive);
    const loaded = this.#loadOrder.enter(`${tabId} ${worklet.dataOrigin} ${worklet.moduleURL}`, worklet.loaded);
    this.#loaded.set(key, loaded);
    const envelope = await loaded;
    if (!envelope.ok) this.#onFailure({ tabId, documentId, dataOrigin: worklet.dataOrigin, name: null, text: envelope.error.message });
    return envelope;
  }

  abandon(id: WorkletId): Envelope {
    const worklet = this.#worklets.get(keyOf(id));
    if (!worklet?.hasModule) worklet?.end();
    return succeed(undefined);
  }

  #contributing(contributor: Contributor): ContributingOperations {
    const { worklet, tabId, reportingOrigin: dataOrigin } = contributor;
    return new ContributingOperations(
      contributor,
      (contributions, isFirst) => void this.#ask({ to: 'contributions', contributions, delivery: { isFirst, begun: null } }),
      (name, text) => this.#onFailure({ tabId, documentId: worklet.documentId, dataOrigin, name, text }),
    );
  }

  /** An operation that there is no module for. */
  #neverStarted({ worklet, runId, name, config, tabId, dataOrigin }: NeverStarted): void {
    const moduleURL = this.#worklets.get(keyOf(worklet))?.moduleURL ?? '';
    this.#contributing({ worklet, tabId, moduleURL, reportingOrigin: dataOrigin }).neverStarted(runId, name, config);
  }

  #isRepeated(worklet: WorkletId, runId: number): boolean {
    const key = `${keyOf(worklet)}/${runId}`;
    const isKnown = this.#asked.has(key);
    this.#asked.set(key, true);
    return isKnown;
  }

  run(params: HostRequests['host.run']['params']): Envelope {
    const { worklet, runId, name, data, keepAlive, config, isModuleLoaded, isSettled, tabId, dataOrigin } = params;
    if (this.#isRepeated(worklet, runId)) return succeed(undefined);
    const found = this.#worklets.get(keyOf(worklet));
    const ready = readyForOperations(found, isModuleLoaded);
    if (typeof ready === 'string') {
      this.#onFailure({ tabId, documentId: worklet.documentId, dataOrigin, name, text: ready });
      this.#neverStarted(params);
      found?.keepAliveAfter(keepAlive);
    } else this.#start(ready, runId, isSettled, () => ready.run({ runId, name, data, keepAlive, config }));
    return succeed(undefined);
  }

  async select({ worklet, runId, call, isSettled, tabId, dataOrigin }: HostRequests['host.select']['params']): Promise<Envelope> {
    const found = this.#worklets.get(keyOf(worklet));
    const { name, config, isModuleLoaded } = call;
    if (!this.#isRepeated(worklet, runId) && typeof readyForOperations(found, isModuleLoaded) === 'string')
      this.#neverStarted({ worklet, runId, name, config, tabId, dataOrigin });
    await this.#selecting.select(found, runId, call, (ready, start) => this.#start(ready, runId, isSettled, start));
    return succeed(undefined);
  }

  /** Starts an operation in its turn, when every write to the worklet's data that was asked for before it is kept, and reads see it. */
  #start(worklet: Worklet, runId: number, isSettled: boolean, start: () => void | Promise<void>): boolean {
    return worklet.start(runId, isSettled, start);
  }

  async selected(params: HostRequests['host.selected']['params']): Promise<Envelope> {
    return succeed(await this.#selecting.selected(params, () => this.#alive.has(params.documentId)));
  }

  /** Undefined where it has ended, or never was. */
  find(worklet: WorkletId): Worklet | undefined {
    return this.#worklets.get(keyOf(worklet));
  }

  /** The names of those that have not ended: `DOCUMENT/NUMBER`. */
  alive(): string[] {
    return [...this.#worklets.keys()];
  }

  documentOpened(documentId: string): void {
    this.#alive.add(documentId);
    clearTimeout(this.#cached.get(documentId));
    this.#cached.delete(documentId);
    this.#handlers.pause(documentId, false);
  }

  /** The document is in the back/forward cache: it may come back, and nobody says when it will not. */
  documentCached(documentId: string): void {
    this.#handlers.pause(documentId, true);
    clearTimeout(this.#cached.get(documentId));
    this.#cached.set(
      documentId,
      setTimeout(() => this.documentClosed(documentId), LONGEST_IN_CACHE),
    );
  }

  /** What the document asked for just before it went away may still be on its way. */
  async documentClosed(documentId: string): Promise<void> {
    this.#alive.delete(documentId);
    this.#handlers.forgetDocument(documentId);
    this.#cached.delete(documentId);
    const worklets = () => [...(this.#documents.get(documentId) ?? [])].flatMap((key) => this.#worklets.get(key) ?? []);
    const endAll = () => {
      for (const worklet of worklets()) worklet.end();
    };
    setTimeout(() => {
      if (!this.#alive.has(documentId)) endAll();
    }, GRACE_PERIOD);
    await this.#ask({ to: 'arrival-order', documentId });
    // A document that is back from the back/forward cache has opened another port.
    if (this.#alive.has(documentId)) return;
    this.#selecting.documentClosed(documentId);
    for (const worklet of worklets()) if (!worklet.isBusy) worklet.end();
  }

  #forget(documentId: string, key: string): void {
    this.#worklets.delete(key);
    this.#handlers.forget(key);
    this.#loaded.delete(key);
    const keys = this.#documents.get(documentId);
    keys?.delete(key);
    if (keys?.size === 0) this.#documents.delete(documentId);
    if (this.#worklets.size > 0) return;
    clearTimeout(this.#idle);
    this.#idle = this.#startIdling();
  }
}
