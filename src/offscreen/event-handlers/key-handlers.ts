/** The handlers of all worklets: who hears of which change. They live here, with their worklets, and go with them. docs/possibilities.md */

import { type Envelope, fail, succeed } from '../../protocol/envelope';
import type { HandlerCall, HandlerDocument } from '../../protocol/key-handlers';
import { MAXIMUM_HANDLERS, MAXIMUM_HANDLERS_SIZE } from '../../protocol/limits';
import type { HostRequests } from '../../protocol/messages';
import { handlerId, type KeyHandler, MAXIMUM_STEPS } from '../../spec/possibilities/key-handlers';
import { DEFAULT_CONFIG } from '../../spec/private-aggregation/contributions';
import { because, type Reason } from '../../spec/reason';
import { forgetWatchedKeys, takeChangeNotes, writeWatchedKeys } from '../../store/entries/noted-changes';
import type { ChangeNote, EntriesConnection } from '../../store/entries/schema';
import { Serial } from '../../store/serial';
import type { Worklet } from '../worklets/worklet';
import { type Call, CallQueue } from './call-queue';

interface Handler extends KeyHandler {
  readonly id: string;
  readonly owner: Owner;
  /** It hears of what is asked for later: of what is behind that in the journal. */
  readonly asked: number;
  /** Whether what was noted before it was registered may still be among what is taken. */
  isNew: boolean;
}

/** A worklet that has handlers. */
interface Owner {
  /** `DOCUMENT/NUMBER`. */
  readonly key: string;
  readonly worklet: Worklet;
  readonly document: HandlerDocument;
  readonly handlers: Map<string, Handler>;
  readonly queue: CallQueue;
}

/** A call as it is told of, for those who are shown it. */
export interface HandlerReport {
  readonly document: HandlerDocument;
  readonly dataOrigin: string;
  readonly handler: KeyHandler;
  readonly call: Call;
  /** Why it was not made; null where it was. */
  readonly refusal: Reason | null;
}

/** Resolves to why the handlers of a document may not be called now, null where they may. */
type RefusalOf = (call: HandlerCall) => Promise<Reason | null>;

type Report = (report: HandlerReport) => void;

const sizeOf = ({ name, key }: KeyHandler): number => name.length + key.length;

export class KeyHandlers {
  readonly #connection: EntriesConnection;
  readonly #refusalOf: RefusalOf;
  readonly #report: Report;
  readonly #owners = new Map<string, Owner>();
  /** Documents in the back/forward cache. */
  readonly #paused = new Set<string>();
  readonly #writes = new Serial();
  /** What an earlier offscreen document has left is forgotten before there is a first handler here. */
  #begun: Promise<unknown> | null = null;

  constructor(connection: EntriesConnection, refusalOf: RefusalOf, report: Report) {
    this.#refusalOf = refusalOf;
    this.#connection = connection;
    this.#report = report;
  }

  /** The keys that have handlers, by data origin. */
  readonly watched = new Map<string, Set<string>>();

  async add(key: string, worklet: Worklet, params: HostRequests['host.addHandler']['params']): Promise<Envelope> {
    const { document, asked, name, key: entryKey, actions } = params;
    const given = { name, key: entryKey, actions };
    const id = handlerId(given);
    const owner = this.#owners.get(key) ?? this.#newOwner(key, worklet, document);
    if (!owner.handlers.has(id)) {
      if (!this.#hasRoomFor(document.documentId, given)) return fail('OperationError', 'The document has too many event handlers.');
      this.#owners.set(key, owner);
      owner.handlers.set(id, { ...given, id, owner, asked, isNew: true });
      worklet.keepFor([...owner.handlers.values()]);
    }
    this.#watchAnew();
    this.#begun ??= forgetWatchedKeys(this.#connection);
    await this.#begun;
    await this.#store(worklet.dataOrigin, [entryKey]);
    // What is noted from here on is for the new handler as well.
    await new Promise<void>((begun) => void this.take(begun).finally(begun));
    return succeed(undefined);
  }

  remove(key: string, handler: KeyHandler): void {
    const owner = this.#owners.get(key);
    if (owner) this.#remove(owner, [handlerId(handler)]);
  }

  /** The worklet has ended. */
  forget(key: string): void {
    const owner = this.#owners.get(key);
    if (owner) this.#remove(owner, [...owner.handlers.keys()]);
  }

  forgetDocument(documentId: string): void {
    this.#paused.delete(documentId);
    for (const owner of [...this.#owners.values()]) if (owner.document.documentId === documentId) this.forget(owner.key);
  }

  pause(documentId: string, isPaused: boolean): void {
    if (isPaused) this.#paused.add(documentId);
    else this.#paused.delete(documentId);
    for (const { document, queue } of this.#owners.values()) if (document.documentId === documentId) queue.pause(isPaused);
  }

  /**
   * Takes what has been noted, and has the handlers called; `begun` is called once what is noted from then on is left for the next time. Several at a time are
   * answered one after the other: transactions are.
   */
  async take(begun = (): void => undefined): Promise<void> {
    if (this.#owners.size === 0) return;
    let handlers: readonly Handler[] = [];
    try {
      const notes = await takeChangeNotes(this.#connection, () => {
        handlers = [...this.#owners.values()].flatMap((owner) => [...owner.handlers.values()]);
        begun();
      });
      for (const note of notes) this.#dispatch(note);
      for (const handler of handlers) handler.isNew = false;
    } catch (error) {
      console.error('key handlers', error);
    }
  }

  #dispatch(note: ChangeNote): void {
    const { changes, by, asked } = note;
    const step = (by?.step ?? 0) + 1;
    for (const owner of this.#owners.values()) {
      if (owner.worklet.dataOrigin !== note.dataOrigin) continue;
      const hears = (handler: Handler) =>
        (asked === null ? !handler.isNew : asked > handler.asked) && !(by?.worklet === owner.key && by.handler === handler.id);
      const heard = [...owner.handlers.values()].filter(hears);
      const calls = changes.flatMap(({ key, action }) =>
        heard
          .filter((handler) => handler.key === key && handler.actions.includes(action))
          .map(({ id }) => ({ handler: id, action, step, cause: note })),
      );
      if (step <= MAXIMUM_STEPS) owner.queue.add(calls);
      else for (const call of calls) this.#tell(owner, call, because('reasonChainEnds', MAXIMUM_STEPS));
    }
  }

  #newOwner(key: string, worklet: Worklet, document: HandlerDocument): Owner {
    const { dataOrigin } = worklet;
    const queue = new CallQueue({
      refusal: () => this.#refusalOf({ document, dataOrigin }),
      run: (call) => this.#run(owner, call),
      refused: (call, reason) => this.#tell(owner, call, reason),
    });
    const owner: Owner = { key, worklet, document, handlers: new Map(), queue };
    queue.pause(this.#paused.has(document.documentId));
    return owner;
  }

  async #run(owner: Owner, call: Call): Promise<void> {
    const handler = owner.handlers.get(call.handler);
    if (!handler) return;
    this.#tell(owner, call, null);
    const { name, key } = handler;
    const { action, step, cause } = call;
    // Not the value: the operation reads it, as it is then.
    const data = { value: { type: 'key', key, action } };
    const shown = { key, action, step, scope: cause.scope, method: cause.method };
    const { worklet } = owner;
    const runId = worklet.handlerRuns.next();
    await new Promise<void>((ended) => {
      const run = { runId, name, data, keepAlive: null, config: DEFAULT_CONFIG };
      worklet.run({ ...run, handler: { handler: call.handler, step, cause: shown, ended } });
    });
  }

  #tell({ document, worklet, handlers }: Owner, call: Call, refusal: Reason | null): void {
    const handler = handlers.get(call.handler);
    if (handler) this.#report({ document, dataOrigin: worklet.dataOrigin, handler, call, refusal });
  }

  #hasRoomFor(documentId: string, handler: KeyHandler): boolean {
    const own = [...this.#owners.values()].filter(({ document }) => document.documentId === documentId);
    const handlers = own.flatMap((owner) => [...owner.handlers.values()]);
    const size = handlers.reduce((sum, one) => sum + sizeOf(one), sizeOf(handler));
    return handlers.length < MAXIMUM_HANDLERS && size <= MAXIMUM_HANDLERS_SIZE;
  }

  #remove(owner: Owner, ids: readonly string[]): void {
    const keys = ids.flatMap((id) => owner.handlers.get(id)?.key ?? []);
    for (const id of ids) {
      owner.handlers.delete(id);
      owner.queue.remove(id);
    }
    if (owner.handlers.size === 0) this.#owners.delete(owner.key);
    this.#watchAnew();
    this.#store(owner.worklet.dataOrigin, keys).catch((error: unknown) => console.error('key handlers', error));
    owner.worklet.keepFor([...owner.handlers.values()]);
  }

  #watchAnew(): void {
    this.watched.clear();
    for (const { worklet, handlers } of this.#owners.values()) {
      const keys = this.watched.get(worklet.dataOrigin) ?? new Set();
      this.watched.set(worklet.dataOrigin, keys);
      for (const { key } of handlers.values()) keys.add(key);
    }
  }

  /** Stores which of these keys have handlers, as it is by then. */
  #store(dataOrigin: string, keys: readonly string[]): Promise<unknown> {
    const isWatched = (key: string) => this.watched.get(dataOrigin)?.has(key) === true;
    return this.#writes.run(() => writeWatchedKeys(this.#connection, dataOrigin, keys, isWatched));
  }
}
