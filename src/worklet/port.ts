/** The realm's end of the port to the offscreen document. */

import { FIRST_HANDLER_RUN, MAXIMUM_CALLS_IN_FLIGHT, MAXIMUM_READS } from '../protocol/limits';
import type { FromRealm, ReadOfCopy, ToRealm, WorkletCall, WorkletCalls } from '../protocol/worklet-port';
import { domException, fromDescription } from '../webidl/exceptions';
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

let port: MessagePort;
let lastId = 0;
let inFlight = 0;
/** A list and no array: there may be very many, and each leaves it at the front. */
let firstWaiting: Waiting | null = null;
let lastWaiting: Waiting | null = null;
let waitingCount = 0;
const pending = new Map<number, Waiting>();
/** What the realm has been told, or has done, that others' writes may have come before. */
let events = 0;

/** They read, or show something, and say nothing of what others do. */
const UNEVENTFUL = { __proto__: null, get: 1, getAndCopy: 1, length: 1, entries: 1, console: 1 };

/** Grows whenever a read may find something else than those before. */
export const eventCount = (): number => events;

/** Whether every call is answered: only then may another read be answered sooner. */
export const isQuiet = (): boolean => inFlight === 0 && waitingCount === 0;

/** Whether an operation of a handler has begun: from then on it matters whose operation's code asks for an update. */
export const haveHandlersRun = (): boolean => hasHandlerRun;

let hasHandlerRun = false;

export type Requests = Extract<ToRealm, { type: 'load' | 'run' }>;

/** What becomes of locks is told by messages of their own. */
export type LockMessage = Extract<ToRealm, { type: 'lock' }>;

export function open(given: MessagePort, onRequest: (request: Requests) => void, onLock: (message: LockMessage) => void): void {
  port = given;
  setOnMessage(port, (event) => {
    const message = eventData(event) as ToRealm;
    if (message.type === 'answer') settle(message);
    else if (message.type === 'part') mapGet(pending, message.id)?.onPart?.(message.value);
    else {
      events++;
      if (message.type === 'run' && message.runId >= FIRST_HANDLER_RUN) hasHandlerRun = true;
      if (message.type === 'lock') onLock(message);
      else onRequest(message);
    }
  });
}

const post = (message: FromRealm): void => postMessage(port, { __proto__: null, ...message });

/** Reads that were answered here, and that the event log has not been told of: by what was read. */
let reads = new Map<string, ReadOfCopy>();
let readCount = 0;

/** How long they wait for others, in milliseconds. */
const PATIENCE = 10;

function sendReads(): void {
  if (readCount === 0) return;
  const noted: ReadOfCopy[] = [];
  mapForEach(reads, (read) => append(noted, read));
  reads = new Map();
  readCount = 0;
  post({ type: 'reads', reads: noted });
}

/** Notes a read that was answered here; those of the same are noted as one. */
export function noteRead(method: ReadOfCopy['method'], key: string | null): void {
  const name = `${method} ${key ?? ''}`;
  const times = (mapGet(reads, name)?.times ?? 0) + 1;
  mapSet(reads, name, bag({ method, key, times }));
  if (times > 1) return;
  if (++readCount === 1) later(sendReads, PATIENCE);
  else if (readCount === MAXIMUM_READS) sendReads();
}

/** Sends the message after everything that happened before it. */
export function send(message: FromRealm): void {
  sendReads();
  post(message);
}

function settle({ id, value, error }: Extract<ToRealm, { type: 'answer' }>): void {
  const call = mapGet(pending, id);
  if (!call) return;
  mapDelete(pending, id);
  inFlight--;
  if (!hasOwn(UNEVENTFUL, call.call)) events++;
  if (error) call.reject(fromDescription(error));
  else call.resolve(value);
  startNext();
}

function start(entry: Waiting): void {
  const id = ++lastId;
  try {
    send({ type: 'call', id, call: entry.call, params: entry.params });
  } catch (exception) {
    // Only console arguments can fail to be cloned.
    entry.reject(exception);
    return;
  }
  inFlight++;
  mapSet(pending, id, entry);
}

let whenSent: (() => void)[] = [];

/** Calls back once every call made so far is on its way. */
export function afterPendingCalls(callback: () => void): void {
  if (waitingCount === 0) callback();
  else arrayPush(whenSent, callback);
}

function startNext(): void {
  while (firstWaiting && !firstWaiting.isHeld && inFlight < MAXIMUM_CALLS_IN_FLIGHT) {
    const next: Waiting = firstWaiting;
    firstWaiting = next.next;
    waitingCount--;
    start(next);
  }
  if (firstWaiting) return;
  const callbacks = whenSent;
  whenSent = [];
  for (let index = 0; index < callbacks.length; index++) callbacks[index]?.();
}

function wait(entry: Waiting): void {
  if (firstWaiting && lastWaiting) lastWaiting.next = entry;
  else firstWaiting = entry;
  lastWaiting = entry;
  waitingCount++;
}

/** How many calls may wait for others to be answered; what is more is refused, or a worklet could fill the memory that all share. */
const MAXIMUM_BACKLOG = 100_000;

/** The parameters of a call, once they are known: calls back at once, or later. */
type Learn<Name extends WorkletCall> = (known: (params: WorkletCalls[Name]['params']) => void) => void;

/** Calls go out in order, at most as many at a time as the offscreen document allows. Parameters that have to be learned keep what comes after them waiting. */
function request<Name extends WorkletCall>(
  name: Name,
  params: WorkletCalls[Name]['params'] | undefined,
  learn: Learn<Name> | null,
  onPart: Waiting['onPart'],
): Promise<WorkletCalls[Name]['result']> {
  if (!hasOwn(UNEVENTFUL, name)) events++;
  return new Promise((resolve, reject) => {
    const entry = { __proto__: null, call: name, params, onPart, resolve, reject, next: null, isHeld: learn !== null } as Waiting;
    // What gives a lock back is no more than what asked for it.
    if (waitingCount >= MAXIMUM_BACKLOG && name !== 'locks.release') {
      reject(domException('OperationError', 'Too many calls of this shared storage worklet are waiting.'));
      return;
    }
    wait(entry);
    learn?.((known) => {
      entry.params = known;
      entry.isHeld = false;
      startNext();
    });
    startNext();
  });
}

export const call = <Name extends WorkletCall>(
  name: Name,
  params: WorkletCalls[Name]['params'],
  onPart: ((part: readonly string[]) => void) | null = null,
): Promise<WorkletCalls[Name]['result']> => request(name, params, null, onPart);

/** A call whose parameters are known later. */
export const callKnowing = <Name extends WorkletCall>(name: Name, learn: Learn<Name>): Promise<WorkletCalls[Name]['result']> =>
  request(name, undefined, learn, null);
