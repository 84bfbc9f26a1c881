/**
 * Updates of windows that wait for a lock. The page's promise does not wait with them: what another context holds, and for how
 * long, must not show. They are kept in the database until their lock is granted, so a stop of this worker loses none.
 * https://wicg.github.io/shared-storage/#handle-callback-within-a-shared-storage-lock-algorithm
 */

import type { LockedUpdate, SharedStorageDatabase, WriteId } from '../spec/database';
import { lockManagerName } from '../spec/locks';
import type { ModifierMethod } from '../spec/modifier-methods';
import { keepServiceWorkerAlive } from './keep-alive';

export class LockedUpdates {
  readonly #database: SharedStorageDatabase;
  /** Locks are requested for everything up to this number. */
  #requested = 0;
  #requesting: Promise<void> = Promise.resolve();
  readonly #waiting = new Set<Promise<unknown>>();

  constructor(database: SharedStorageDatabase) {
    this.#database = database;
  }

  /** Resolves once the update is kept; to null where it has overtaken the write before it. */
  async add(
    database: Pick<SharedStorageDatabase, 'keepLocked'>,
    dataOrigin: string,
    methods: readonly ModifierMethod[],
    withLock: string,
    id?: WriteId,
  ): Promise<boolean | null> {
    const result = await database.keepLocked(dataOrigin, methods, withLock, id);
    void this.resume();
    return result;
  }

  /** Requests the locks of all that is kept and has not been asked for, in its order; also what an earlier worker left behind. */
  resume(): Promise<void> {
    // What could not be asked for now is asked for when the next worker starts.
    this.#requesting = this.#requesting.then(() => this.#request()).catch((error: unknown) => console.error('locked updates', error));
    return this.#requesting;
  }

  /** Resolves when everything kept so far is applied, or waits for a lock that somebody else holds. */
  async settledUnlessBlocked(): Promise<void> {
    await this.#requesting;
    await Promise.all(this.#waiting);
  }

  async #request(): Promise<void> {
    for (const update of await this.#database.lockedUpdates(this.#requested)) {
      this.#requested = update.number;
      const applied = navigator.locks.request(lockManagerName(update.dataOrigin, update.withLock), () =>
        this.#database.applyLocked(update.number),
      );
      keepServiceWorkerAlive(applied);
      const settled = Promise.race([applied, this.#blocked(update)]);
      this.#waiting.add(settled);
      settled.finally(() => this.#waiting.delete(settled)).catch((error: unknown) => console.error('locked update', error));
    }
  }

  /** Resolves where another context holds the lock now, and never otherwise. */
  async #blocked({ dataOrigin, withLock }: LockedUpdate): Promise<void> {
    const name = lockManagerName(dataOrigin, withLock);
    const [own, { held = [] }] = await Promise.all([ownClientId(), navigator.locks.query()]);
    if (!held.some((lock) => lock.name === name && lock.clientId !== own)) await new Promise(() => undefined);
  }
}

let clientId: Promise<string | undefined> | null = null;

/** How the browser names this worker among the holders of locks. */
function ownClientId(): Promise<string | undefined> {
  const name = crypto.randomUUID();
  const ask = async () => (await navigator.locks.query()).held?.find((lock) => lock.name === name)?.clientId;
  clientId ??= navigator.locks.request(name, ask);
  return clientId;
}
