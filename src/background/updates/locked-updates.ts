/**
 * Updates that wait for a lock, each with a request of its own: so their turn comes as it would natively, also where a worklet asks for the lock in
 * between.
 */

import { LockTurns } from '../../extension/lock-turns';
import { lockManagerName } from '../../spec/locks';

/** The part of `navigator.locks` that is needed here. */
export type Locks = Pick<LockManager, 'query'> & {
  request<Result>(name: string, callback: () => Promise<Result>): Promise<Result>;
};

/** Settle when an update is applied, in the order in which the lock was requested for them. */
type Waiting = Set<Promise<unknown>>;

export class LockedUpdates {
  readonly #locks: Locks;
  readonly #turns: LockTurns;
  /** By data origin, and by the lock as the browser names it. */
  readonly #waiting = new Map<string, Map<string, Waiting>>();
  #clientId: Promise<string | undefined> | null = null;

  constructor(locks: Locks) {
    this.#locks = locks;
    this.#turns = new LockTurns(() => locks.query());
  }

  /** Requests the lock now; calls `apply` while it is held, and resolves to what that comes to. */
  request<Result>(dataOrigin: string, withLock: string, apply: () => Promise<Result>): Promise<Result> {
    const name = lockManagerName(dataOrigin, withLock);
    const applied = this.#whileHeld(name, apply);
    const waiting = this.#waitingFor(dataOrigin, name);
    waiting.add(applied);
    const done = () => {
      waiting.delete(applied);
      if (waiting.size === 0) this.#forget(dataOrigin, name);
    };
    applied.then(done, done);
    return applied;
  }

  /** Whether any of the data origin wait for their lock, or are being applied. */
  isWaiting(dataOrigin: string): boolean {
    return this.#waiting.has(dataOrigin);
  }

  /**
   * Resolves when those of the data origin are applied whose lock has been requested so far, but for those before whose turn another context
   * holds the lock, or waits for it. The browser is asked once, whatever their number: its answer has all that waits in it.
   */
  async settledUnlessBlocked(dataOrigin: string): Promise<void> {
    if (!this.#waiting.has(dataOrigin)) return;
    const own = await this.#ownClientId();
    const requested = Array.from(this.#waiting.get(dataOrigin) ?? [], ([name, waiting]) => ({ name, waiting: [...waiting] }));
    if (requested.length === 0) return;
    // In its turn: all of these are in the answer unless they are applied already, and none is that is requested later.
    const { held = [], pending = [] } = await this.#turns.take(() => this.#locks.query());
    const ahead = requested.flatMap(({ name, waiting }) => {
      const isOther = (lock: LockInfo) => lock.clientId !== own;
      if (held.some((lock) => lock.name === name && isOther(lock))) return [];
      const queue = pending.filter((lock) => lock.name === name);
      const firstOther = queue.findIndex(isOther);
      const behind = firstOther < 0 ? 0 : queue.slice(firstOther).filter((lock) => !isOther(lock)).length;
      return waiting.slice(0, waiting.length - behind);
    });
    await Promise.allSettled(ahead);
  }

  #whileHeld<Result>(name: string, apply: () => Promise<Result>): Promise<Result> {
    let applied: Promise<Result> | null = null;
    const begin = () => {
      applied = apply();
      return applied;
    };
    const requested = this.#turns.take(() => this.#locks.request(name, begin));
    return requested.catch((error: unknown) => {
      // A worklet that steals the lock ends the request, and nothing that is under way.
      if (applied) return applied;
      throw error;
    });
  }

  #waitingFor(dataOrigin: string, name: string): Waiting {
    const ofOrigin = this.#waiting.get(dataOrigin) ?? new Map<string, Waiting>();
    this.#waiting.set(dataOrigin, ofOrigin);
    const waiting = ofOrigin.get(name) ?? new Set();
    ofOrigin.set(name, waiting);
    return waiting;
  }

  #forget(dataOrigin: string, name: string): void {
    const ofOrigin = this.#waiting.get(dataOrigin);
    ofOrigin?.delete(name);
    if (ofOrigin?.size === 0) this.#waiting.delete(dataOrigin);
  }

  /** How the browser names this worker among those who hold locks and wait for them. */
  #ownClientId(): Promise<string | undefined> {
    const name = crypto.randomUUID();
    const ask = async () => (await this.#locks.query()).held?.find((lock) => lock.name === name)?.clientId;
    this.#clientId ??= this.#turns.take(() => this.#locks.request(name, ask));
    return this.#clientId;
  }
}
