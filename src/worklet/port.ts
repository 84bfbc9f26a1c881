/** The realm's end of the port to the offscreen document. */

import { FIRST_HANDLER_RUN, MAXIMUM_CALLS_IN_FLIGHT, MAXIMUM_READS } from '../protocol/limits';
import type { FromRealm, ReadOfCopy, ToRealm, WorkletCall, WorkletCalls } from '../protocol/worklet-port';
import { fromDescription, operationError } from '../webidl/exceptions';
import { append, bag, hasOwn, Map, mapDelete, mapForEach, mapGet, mapSet, Promise } from '../webidl/primordials';
import { arrayPush, eventData, later, postMessage, setOnMessage } from './primordials';

interface Waiting {
  readonly call: WorkletCall;
  params: unknown;
  /** Told of each part of the answer that comes ahead of it. */
  readonly onPart: ((part: readonly string[]) => void) | null;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  next: Waiting | null;
  /** Its parameters are not known yet, and nothing after it starts before it does. */
  isHeld: boolean;
}

/** They read, or show something, and say nothing of what others do. */
const UNEVENTFUL = { __proto__: null, get: 1, getAndCopy: 1, length: 1, entries: 1, console: 1 };

export type Requests = Extract<ToRealm, { type: 'load' | 'run' }>;

/** What becomes of locks is told by messages of their own. */
export type LockMessage = Extract<ToRealm, { type: 'lock' }>;

/** How long reads that the event log has not been told of wait for others, in milliseconds. */
const PATIENCE = 10;

/** How many calls may wait for others to be answered; what is more is refused, or a worklet could fill the memory that all share. */
const MAXIMUM_BACKLOG = 100_000;

/** The parameters of a call, once they are known: calls back at once, or later. */
type Learn<Name extends WorkletCall> = (known: (params: WorkletCalls[Name]['params']) => void) => void;

export class HostPort {
  #port: MessagePort | null = null;
  #lastId = 0;
  #inFlight = 0;
  /** A list and no array: there may be very many, and each leaves it at the front. */
  #firstWaiting: Waiting | null = null;
  #lastWaiting: Waiting | null = null;
  #waitingCount = 0;
  readonly #pending = new Map<number, Waiting>();
  /** What the realm has been told, or has done, that others' writes may have come before. */
  #events = 0;
  #hasHandlerRun = false;
  /** Reads that were answered here, and that the event log has not been told of: by what was read. */
  #reads = new Map<string, ReadOfCopy>();
  #readCount = 0;
  #whenSent: (() => void)[] = [];

  /** Grows whenever a read may find something else than those before. */
  get eventCount(): number {
    return this.#events;
  }

  /** Whether every call is answered: only then may another read be answered sooner. */
  get isQuiet(): boolean {
    return this.#inFlight === 0 && this.#waitingCount === 0;
  }

  /** Whether an operation of a handler has begun: from then on it matters whose operation's code asks for an update. */
  get hasHandlerRun(): boolean {
    return this.#hasHandlerRun;
  }

  open(given: MessagePort, onRequest: (request: Requests) => void, onLock: (message: LockMessage) => void): void {
    this.#port = given;
    setOnMessage(given, (event) => {
      const message = eventData(event) as ToRealm;
      if (message.type === 'answer') this.#settle(message);
      else if (message.type === 'part') mapGet(this.#pending, message.id)?.onPart?.(message.value);
      else {
        this.#events++;
        if (message.type === 'run' && message.runId >= FIRST_HANDLER_RUN) this.#hasHandlerRun = true;
        if (message.type === 'lock') onLock(message);
        else onRequest(message);
      }
    });
  }

  #post(message: FromRealm): void {
    postMessage(this.#port as MessagePort, { __proto__: null, ...message });
  }

  #sendReads(): void {
    if (this.#readCount === 0) return;
    const noted: ReadOfCopy[] = [];
    mapForEach(this.#reads, (read) => append(noted, read));
    this.#reads = new Map();
    this.#readCount = 0;
    this.#post({ type: 'reads', reads: noted });
  }

  /** Notes a read that was answered here; those of the same are noted as one. */
  noteRead(method: ReadOfCopy['method'], key: string | null): void {
    const name = `${method} ${key ?? ''}`;
    const times = (mapGet(this.#reads, name)?.times ?? 0) + 1;
    mapSet(this.#reads, name, bag({ method, key, times }));
    if (times > 1) return;
    if (++this.#readCount === 1) later(() => this.#sendReads(), PATIENCE);
    else if (this.#readCount === MAXIMUM_READS) this.#sendReads();
  }

  /** Sends the message after everything that happened before it. */
  send(message: FromRealm): void {
    this.#sendReads();
    this.#post(message);
  }

  #settle({ id, value, error }: Extract<ToRealm, { type: 'answer' }>): void {
    const call = mapGet(this.#pending, id);
    if (!call) return;
    mapDelete(this.#pending, id);
    this.#inFlight--;
    if (!hasOwn(UNEVENTFUL, call.call)) this.#events++;
    if (error) call.reject(fromDescription(error));
    else call.resolve(value);
    this.#startNext();
  }

  #start(entry: Waiting): void {
    const id = ++this.#lastId;
    try {
      this.send({ type: 'call', id, call: entry.call, params: entry.params });
    } catch (exception) {
      // Only console arguments can fail to be cloned.
      entry.reject(exception);
      return;
    }
    this.#inFlight++;
    mapSet(this.#pending, id, entry);
  }

  /** Calls back once every call made so far is on its way. */
  afterPendingCalls(callback: () => void): void {
    if (this.#waitingCount === 0) callback();
    else arrayPush(this.#whenSent, callback);
  }

  #startNext(): void {
    while (this.#firstWaiting && !this.#firstWaiting.isHeld && this.#inFlight < MAXIMUM_CALLS_IN_FLIGHT) {
      const next: Waiting = this.#firstWaiting;
      this.#firstWaiting = next.next;
      this.#waitingCount--;
      this.#start(next);
    }
    if (this.#firstWaiting) return;
    const callbacks = this.#whenSent;
    this.#whenSent = [];
    for (let index = 0; index < callbacks.length; index++) callbacks[index]?.();
  }

  #wait(entry: Waiting): void {
    if (this.#firstWaiting && this.#lastWaiting) this.#lastWaiting.next = entry;
    else this.#firstWaiting = entry;
    this.#lastWaiting = entry;
    this.#waitingCount++;
  }

  /** Calls go out in order, at most as many at a time as the offscreen document allows. Parameters that have to be learned keep what comes after them waiting. */
  #request<Name extends WorkletCall>(
    name: Name,
    params: WorkletCalls[Name]['params'] | undefined,
    learn: Learn<Name> | null,
    onPart: Waiting['onPart'],
  ): Promise<WorkletCalls[Name]['result']> {
    if (!hasOwn(UNEVENTFUL, name)) this.#events++;
    return new Promise((resolve, reject) => {
      const entry = { __proto__: null, call: name, params, onPart, resolve, reject, next: null, isHeld: learn !== null } as Waiting;
      // What gives a lock back is no more than what asked for it.
      if (this.#waitingCount >= MAXIMUM_BACKLOG && name !== 'locks.release') {
        reject(operationError('Too many calls of this shared storage worklet are waiting.'));
        return;
      }
      this.#wait(entry);
      learn?.((known) => {
        entry.params = known;
        entry.isHeld = false;
        this.#startNext();
      });
      this.#startNext();
    });
  }

  /** `onPart` is told of each part of the answer that comes ahead of it. */
  ask<Name extends WorkletCall>(
    name: Name,
    params: WorkletCalls[Name]['params'],
    onPart: ((part: readonly string[]) => void) | null = null,
  ): Promise<WorkletCalls[Name]['result']> {
    return this.#request(name, params, null, onPart);
  }

  /** A call whose parameters are known later. */
  askKnowing<Name extends WorkletCall>(name: Name, learn: Learn<Name>): Promise<WorkletCalls[Name]['result']> {
    return this.#request(name, undefined, learn, null);
  }
}
