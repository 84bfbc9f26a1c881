/**
 * LockManager and Lock in a worklet: the locks of its data origin. https://w3c.github.io/web-locks/
 * https://wicg.github.io/shared-storage/#web-locks-api-monkey-patches
 */

import { isReservedLockName } from '../spec/locks';
import { memberContext, toBoolean, toDictionarySource, toDOMString } from '../webidl/conversions';
import { domException, failureOf, typeError } from '../webidl/exceptions';
import { Interface } from '../webidl/interface';
import { bag, hasOwn, Map, mapDelete, mapGet, mapSet, Promise, react } from '../webidl/primordials';
import { callAlone } from './call-alone';
import type { HostPort, LockMessage } from './port';

export const lock = new Interface<{ readonly name: string; readonly mode: LockMode }>('Lock');
lock.readonlyAttribute('name', ({ name }) => name);
lock.readonlyAttribute('mode', ({ mode }) => mode);
lock.placeConstructor();

export const lockManager = new Interface<Locks>('LockManager');

interface Request {
  readonly name: string;
  readonly mode: LockMode;
  readonly ifAvailable: boolean;
  readonly steal: boolean;
}

interface Options {
  readonly signal?: unknown;
}

type Callback = (lock: object | null) => unknown;

/** A request that has not come to its end, and what to do with the promise that it returned. */
interface Pending {
  readonly request: Request;
  readonly callback: Callback;
  /** Has the callback called. */
  grant(given: { readonly lock: object | null }): void;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

const OPERATION = failureOf('request', 'LockManager');
const MODES = { __proto__: null, exclusive: 1, shared: 1 };

function toMode(value: unknown): LockMode {
  if (value === undefined) return 'exclusive';
  const context = memberContext(OPERATION, 'mode', 'LockOptions');
  const mode = toDOMString(value, context);
  if (hasOwn(MODES, mode)) return mode as LockMode;
  throw typeError(`The provided value '${mode}' is not a valid enum value of type LockMode.`, context);
}

/** The members are read in the order of their names. */
function toRequest(name: string, value: unknown): Request {
  const options = toDictionarySource(value, 'LockOptions', OPERATION);
  const ifAvailable = toBoolean(options?.ifAvailable);
  const mode = toMode(options?.mode);
  // There is no AbortSignal in a worklet.
  if ((options as Options | null)?.signal !== undefined)
    throw typeError("Failed to convert value to 'AbortSignal'.", memberContext(OPERATION, 'signal', 'LockOptions'));
  const steal = toBoolean(options?.steal);
  return bag({ name, mode, ifAvailable, steal });
}

/** https://w3c.github.io/web-locks/#api-lock-manager-request */
function requireSensible({ name, mode, ifAvailable, steal }: Request): void {
  const refuse = (message: string) => domException('NotSupportedError', `${OPERATION}: ${message}`);
  // If name starts with U+002D HYPHEN-MINUS (-), then return a promise rejected with a "NotSupportedError" DOMException.
  if (isReservedLockName(name)) throw refuse("Names cannot start with '-'.");
  if (steal && ifAvailable) throw refuse("The 'steal' and 'ifAvailable' options cannot be used together.");
  if (steal && mode !== 'exclusive') throw refuse("The 'steal' option may only be used with 'exclusive' locks.");
}

/**
 * https://w3c.github.io/web-locks/#api-lock-manager-query
 * DEVIATION: by the specification it tells of the data origin's locks. Chromium refuses it, for a worklet's own origin is opaque.
 */
lockManager.promiseOperation('query', 0, () => {
  throw domException('SecurityError', "Failed to execute 'query' on 'LockManager': Access to the Locks API is denied in this context.");
});

lockManager.promiseOperation('request', 2, (locks, args) => {
  const name = toDOMString(args[0], OPERATION);
  const callback = args.length > 2 ? args[2] : args[1];
  if (typeof callback !== 'function') throw typeError(`parameter ${args.length > 2 ? 3 : 2} is not of type 'Function'.`, OPERATION);
  const request = toRequest(name, args.length > 2 ? args[1] : undefined);
  requireSensible(request);
  return new Promise((resolve, reject) =>
    locks.start(bag({ request, callback: callback as Callback, grant: () => undefined, resolve, reject })),
  );
});

lockManager.placeConstructor();

export class Locks {
  readonly #port: HostPort;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(port: HostPort) {
    this.#port = port;
  }

  start(entry: Pending): void {
    const lockId = ++this.#lastId;
    const { name, mode, ifAvailable, steal } = entry.request;
    mapSet(this.#pending, lockId, entry);
    const fail = (reason: unknown) => this.#finish(lockId, () => entry.reject(reason));
    const callBack = ({ lock }: { readonly lock: object | null }) =>
      callAlone(
        entry.callback,
        undefined,
        [lock],
        // What the callback throws rejects the promise, as what it returns resolves it.
        (value) => this.#finish(lockId, () => entry.resolve(value)),
        fail,
      );
    // The callback is code of the operation that asks (operation-scope.ts): a message that the lock is granted is nobody's.
    const granted = new Promise<{ readonly lock: object | null }>((resolve) => {
      entry.grant = resolve;
    });
    react(granted, callBack, () => undefined);
    react(this.#port.ask('locks.request', { lockId, name, mode, ifAvailable, steal }), () => undefined, fail);
  }

  /** Ends a request, once: whoever comes second finds it gone. */
  #finish(lockId: number, settle: () => void): void {
    if (!mapDelete(this.#pending, lockId)) return;
    react(
      this.#port.ask('locks.release', { lockId }),
      () => undefined,
      () => undefined,
    );
    settle();
  }

  /** The offscreen document says what became of a request. */
  changed({ lockId, state }: LockMessage): void {
    const entry = mapGet(this.#pending, lockId);
    if (!entry) return;
    if (state === 'stolen') {
      this.#finish(lockId, () => entry.reject(domException('AbortError', "Lock broken by another request with the 'steal' option.")));
      return;
    }
    const { name, mode } = entry.request;
    // Of a bag nothing is looked for on a prototype.
    entry.grant(bag({ lock: state === 'granted' ? lock.create({ name, mode }) : null }));
  }
}

/** SharedStorageWorkletNavigator. https://wicg.github.io/shared-storage/#shared-storage-worklet-navigator-interface */
export const workletNavigator = new Interface<{ readonly locks: object }>('SharedStorageWorkletNavigator');

/** What `navigator` returns, with a check that runs at each access to `locks`. */
export function createNavigator(locks: Locks, requireAddModuleFinished: (what: string) => void): object {
  workletNavigator.readonlyAttribute('locks', ({ locks }) => {
    // If the globalObject's addModule success is false, then throw a TypeError (Chromium: a NotAllowedError).
    requireAddModuleFinished("Failed to read the 'locks' property from 'SharedStorageWorkletNavigator': navigator.locks");
    return locks;
  });
  return workletNavigator.create({ locks: lockManager.create(locks) });
}
