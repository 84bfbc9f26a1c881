/**
 * The locks of one worklet, in the lock manager of the extension's origin, under names that begin with the data origin:
 * the same locks that `withLock` takes. https://wicg.github.io/shared-storage/#web-locks-api-monkey-patches
 */

import { LockTurns } from '../../extension/lock-turns';
import type { LockRequest, LockState } from '../../protocol/worklet-port';
import { lockManagerName } from '../../spec/locks';

/** A worklet that asks for more locks at a time than this has lost its way. */
const MAXIMUM_LOCKS = 10_000;

interface HeldOrPending {
  /** Gives the lock back, once it is granted. */
  release(): void;
  /** Takes the request back, while it is not. */
  readonly abort: AbortController;
}

export class WorkletLocks {
  readonly #dataOrigin: string;
  readonly #tell: (lockId: number, state: LockState) => void;
  readonly #turns = new LockTurns(() => navigator.locks.query());
  readonly #locks = new Map<number, HeldOrPending>();

  constructor(dataOrigin: string, tell: (lockId: number, state: LockState) => void) {
    this.#dataOrigin = dataOrigin;
    this.#tell = tell;
  }

  /** False where the request makes no sense. */
  request({ lockId, name, mode, ifAvailable, steal }: LockRequest): boolean {
    if (this.#locks.has(lockId) || this.#locks.size >= MAXIMUM_LOCKS) return false;
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const abort = new AbortController();
    this.#locks.set(lockId, { release, abort });
    // A signal does not go together with `steal` or `ifAvailable`, which never wait.
    const options: LockOptions = { mode, ifAvailable, steal, ...(ifAvailable || steal ? {} : { signal: abort.signal }) };
    const granted = (lock: Lock | null) => {
      this.#tell(lockId, lock ? 'granted' : 'unavailable');
      return lock ? released : undefined;
    };
    const done = this.#turns.take(() => navigator.locks.request(lockManagerName(this.#dataOrigin, name), options, granted));
    const forget = () => this.#locks.delete(lockId);
    done.then(forget, () => {
      // Aborted by us, or stolen by somebody.
      if (forget() && !abort.signal.aborted) this.#tell(lockId, 'stolen');
    });
    return true;
  }

  /** For an update of the worklet's, in its turn among the worklet's requests. */
  whileHeld<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(() => navigator.locks.request(lockManagerName(this.#dataOrigin, name), task));
  }

  /** Gives a lock back, or takes a request back. */
  release(lockId: number): void {
    const lock = this.#locks.get(lockId);
    if (!lock) return;
    lock.release();
    lock.abort.abort();
  }

  releaseAll(): void {
    for (const lockId of [...this.#locks.keys()]) this.release(lockId);
  }
}
