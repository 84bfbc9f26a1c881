/**
 * LockManager and Lock in a worklet: the locks of its data origin. https://w3c.github.io/web-locks/
 * https://wicg.github.io/shared-storage/#web-locks-api-monkey-patches
 */

import { isReservedLockName } from '../spec/locks';
import { toBoolean, toDictionarySource, toDOMString } from '../webidl/conversions';
import { domException, typeError } from '../webidl/exceptions';
import { Interface } from '../webidl/interface';
import { bag, hasOwn, Map, mapDelete, mapGet, mapSet, Promise, react } from '../webidl/primordials';
import { callAlone } from './call-alone';
import { call, type LockMessage } from './port';
import { addAbortListener, isAborted, isAbortSignal, reasonOf } from './primordials';

export const lock = new Interface<{ readonly name: string; readonly mode: LockMode }>('Lock');
lock.readonlyAttribute('mode', ({ mode }) => mode);
lock.readonlyAttribute('name', ({ name }) => name);

export const lockManager = new Interface<object>('LockManager');

interface Request {
  readonly name: string;
  readonly mode: LockMode;
  readonly ifAvailable: boolean;
  readonly steal: boolean;
  readonly signal: AbortSignal | null;
}

type Callback = (lock: object | null) => unknown;

/** A request that has not come to its end, and what to do with the promise that it returned. */
interface Pending {
  readonly request: Request;
  readonly callback: Callback;
  granted: boolean;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

const OPERATION = "Failed to execute 'request' on 'LockManager'";
const MODES = { __proto__: null, exclusive: 1, shared: 1 };

const pending = new Map<number, Pending>();
let lastId = 0;

function toMode(value: unknown): LockMode {
  if (value === undefined) return 'exclusive';
  const mode = toDOMString(value);
  if (hasOwn(MODES, mode)) return mode as LockMode;
  throw typeError(
    `${OPERATION}: Failed to read the 'mode' property from 'LockOptions': The provided value '${mode}' is not a valid enum value of type LockMode.`,
  );
}

/** The members are read in the order of their names. */
function toRequest(name: string, value: unknown): Request {
  const options = toDictionarySource(value, 'LockOptions', OPERATION);
  const ifAvailable = toBoolean(options?.ifAvailable);
  const mode = toMode(options?.mode);
  const signal = options?.signal;
  if (signal !== undefined && !isAbortSignal(signal))
    throw typeError(`${OPERATION}: Failed to read the 'signal' property from 'LockOptions': Failed to convert value to 'AbortSignal'.`);
  const steal = toBoolean(options?.steal);
  return { __proto__: null, name, mode, ifAvailable, steal, signal: (signal as AbortSignal | undefined) ?? null } as Request;
}

/** https://w3c.github.io/web-locks/#api-lock-manager-request */
function requireSensible({ name, mode, ifAvailable, steal, signal }: Request): void {
  const refuse = (message: string) => domException('NotSupportedError', `${OPERATION}: ${message}`);
  // If name starts with U+002D HYPHEN-MINUS (-), then return a promise rejected with a "NotSupportedError" DOMException.
  if (isReservedLockName(name)) throw refuse("Names cannot start with '-'.");
  if (steal && ifAvailable) throw refuse("The 'steal' and 'ifAvailable' options cannot be used together.");
  if (steal && mode !== 'exclusive') throw refuse("The 'steal' option may only be used with 'exclusive' locks.");
  if (signal && (steal || ifAvailable))
    throw refuse(`The 'signal' and '${steal ? 'steal' : 'ifAvailable'}' options cannot be used together.`);
}

lockManager.promiseOperation('request', 2, (_state, args) => {
  const name = toDOMString(args[0]);
  const callback = args.length > 2 ? args[2] : args[1];
  if (typeof callback !== 'function') throw typeError(`${OPERATION}: parameter ${args.length > 2 ? 3 : 2} is not of type 'Function'.`);
  const request = toRequest(name, args.length > 2 ? args[1] : undefined);
  requireSensible(request);
  // If options["signal"] exists and is aborted, then return a promise rejected with its abort reason.
  if (request.signal && isAborted(request.signal)) throw reasonOf(request.signal);
  return new Promise((resolve, reject) => start(bag({ request, callback: callback as Callback, granted: false, resolve, reject })));
});

function start(entry: Pending): void {
  const lockId = ++lastId;
  const { name, mode, ifAvailable, steal, signal } = entry.request;
  mapSet(pending, lockId, entry);
  const fail = (reason: unknown) => finish(lockId, () => entry.reject(reason));
  if (signal) addAbortListener(signal, () => !entry.granted && fail(reasonOf(signal)));
  react(call('locks.request', { lockId, name, mode, ifAvailable, steal }), () => undefined, fail);
}

/** Ends a request, once: whoever comes second finds it gone. */
function finish(lockId: number, settle: () => void): void {
  if (!mapDelete(pending, lockId)) return;
  react(
    call('locks.release', { lockId }),
    () => undefined,
    () => undefined,
  );
  settle();
}

/** The offscreen document says what became of a request. */
export function lockChanged({ lockId, state }: LockMessage): void {
  const entry = mapGet(pending, lockId);
  if (!entry) return;
  if (state === 'stolen') {
    finish(lockId, () => entry.reject(domException('AbortError', "Lock broken by another request with the 'steal' option.")));
    return;
  }
  entry.granted = true;
  const { name, mode } = entry.request;
  callAlone(
    entry.callback,
    undefined,
    [state === 'granted' ? lock.create({ name, mode }) : null],
    // What the callback throws rejects the promise, as what it returns resolves it.
    (value) => finish(lockId, () => entry.resolve(value)),
    (reason) => finish(lockId, () => entry.reject(reason)),
  );
}

/** https://w3c.github.io/web-locks/#api-lock-manager-query */
lockManager.promiseOperation('query', 0, () => call('locks.query', null));

/** SharedStorageWorkletNavigator. https://wicg.github.io/shared-storage/#shared-storage-worklet-navigator-interface */
export const workletNavigator = new Interface<{ readonly locks: object }>('SharedStorageWorkletNavigator');

/** What `navigator` returns, with a check that runs at each access to `locks`. */
export function createNavigator(requireAddModuleFinished: (what: string) => void): object {
  workletNavigator.readonlyAttribute('locks', ({ locks }) => {
    // If the globalObject's addModule success is false, then throw a TypeError (Chromium: a NotAllowedError).
    requireAddModuleFinished("Failed to read the 'locks' property from 'SharedStorageWorkletNavigator': navigator.locks");
    return locks;
  });
  return workletNavigator.create({ locks: lockManager.create({}) });
}
