/** The shared storage database in IndexedDB; each update is acknowledged when its transaction is complete. */

import { type DatabaseEnvironment, DEFAULT_ENTRY_LIFETIME, DEFAULT_QUOTA, type SharedStorageDatabase } from '../../spec/database';
import type { ModifierMethod } from '../../spec/modifier-methods';
import type { CommitTogether } from '../commit-together';
import { clear } from './clear';
import type { Applied, UpdateOutcome } from './commit';
import { EntriesCache } from './entries-cache';
import { purgeExpiredEntries } from './expired';
import { GrantedRecords } from './granted-records';
import { Journal, type Kept, type Place, type WindowUpdate } from './journal';
import type { WriteId } from './kept-writes';
import type { GiveAhead, OrderedEntries } from './known-entries';
import type { Leftover } from './leftovers';
import { BY_NOBODY, type Cause } from './noted-changes';
import { OperationQueue } from './operation-queue';
import { type ReadAndCopy, Reads } from './reads';
import { type Rehearsal, rehearse } from './rehearse';
import { type Replacement, replace } from './replace';
import { connectToEntries, type EntriesConnection, type Use } from './schema';
import { readOrigins, readSize, readStoredEntries, type StoredEntry, type UsageOfOrigin } from './stored';

/** Asked for before each transaction, so that settings can be read live. */
export type EnvironmentSource = () => DatabaseEnvironment | Promise<DatabaseEnvironment>;

const defaultEnvironment = (): DatabaseEnvironment => ({
  currentWallTime: Date.now(),
  defaultEntryLifetime: DEFAULT_ENTRY_LIFETIME,
  quota: DEFAULT_QUOTA,
});

/** A document sends nothing for this long and then repeats a delivery: that does not happen. */
const WRITE_ID_LIFETIME = 24 * 60 * 60 * 1000;

/** What an instance that keeps the journal does with what another one, which has been stopped, left in it, in its order. */
export type LeftoverHandler = (leftover: Leftover) => void;

/** Methods reject with a Refusal where the database cannot be opened, and with the browser's own error where a transaction fails. */
export class IndexedDatabase implements SharedStorageDatabase {
  readonly #use: Use;
  readonly #journal: Journal;
  readonly #queue: OperationQueue;
  readonly #granted: GrantedRecords;
  readonly #cache: EntriesCache;
  readonly #reads: Reads;
  #handleLeftover: LeftoverHandler | null = null;
  #ready: Promise<void> | null = null;
  #purging: Promise<number> | null = null;
  #onNoted: () => void = () => undefined;

  /** `cache`: what of the entries is kept in memory; by default nothing is. */
  constructor(
    environment: EnvironmentSource = defaultEnvironment,
    connection: EntriesConnection = connectToEntries(),
    cache = new EntriesCache(0),
  ) {
    this.#use = async (task) => {
      // Not after the connection: it might give way while the environment is waited for.
      const current = await environment();
      return connection.use((open) => task(open, current));
    };
    this.#journal = new Journal(this.#use, (missed) => this.#handleLeftovers(missed));
    this.#cache = cache;
    const noted = () => this.#onNoted();
    this.#queue = new OperationQueue({ use: this.#use, journal: this.#journal, cache, ready: () => this.ready(), noted });
    this.#granted = new GrantedRecords(this.#journal, ({ place, ...update }) =>
      this.#cache.during(update.dataOrigin, this.#queue.update({ ...update, kept: Promise.resolve(place) })),
    );
    this.#reads = new Reads(environment, this.#queue, cache);
  }

  /** Makes this the one instance that keeps the journal. Call before anything else; nothing is done before the leftovers are in the queue. */
  keepJournal(handle: LeftoverHandler): void {
    this.#handleLeftover = handle;
  }

  /** `listener` is called when changes that this instance has made are noted for handlers. */
  onNotedChanges(listener: () => void): void {
    this.#onNoted = listener;
  }

  /** Resolves when the leftovers are in the queue; a failure is not remembered. */
  async ready(): Promise<void> {
    if (!this.#handleLeftover) return;
    this.#ready ??= this.#loadLeftovers();
    await this.#ready;
  }

  #handleLeftovers(leftovers: readonly Leftover[]): void {
    const handle = this.#handleLeftover;
    if (handle) this.#queue.ahead(() => leftovers.forEach(handle));
  }

  /** Resolves when what others have kept by now is in the queue as well: one of them may have ended later than the leftovers were read. */
  async findMissed(): Promise<void> {
    await this.ready();
    await this.#journal.look();
  }

  async #loadLeftovers(): Promise<void> {
    try {
      this.#handleLeftovers(await this.#journal.load());
    } catch (error) {
      this.#ready = null;
      throw error;
    }
  }

  async update(dataOrigin: string, methods: readonly ModifierMethod[]): Promise<boolean> {
    return (await this.updateWithReason(dataOrigin, methods)).result === true;
  }

  /** The same, and why where it was refused. */
  async updateWithReason(dataOrigin: string, methods: readonly ModifierMethod[], cause?: Cause): Promise<UpdateOutcome> {
    const outcome = await this.#cache.during(dataOrigin, this.#queue.update({ dataOrigin, methods, withLock: null, kept: null, cause }));
    if ('later' in outcome) throw outcome.error;
    return outcome;
  }

  /** Keeps an update of a window in the journal. It is to be applied when `applyKept` is called. */
  async keep(update: WindowUpdate, id: WriteId): Promise<Kept> {
    await this.ready();
    return this.#journal.keep(update, id);
  }

  /** Removes from the journal what is applied: it would stay there until the next update. */
  tidyJournal(): Promise<void> {
    return this.#journal.tidy();
  }

  /** Applies a kept update, in the order of these calls and all others. */
  applyKept(dataOrigin: string, methods: readonly ModifierMethod[], kept: Promise<Kept>, cause?: Cause): Promise<Applied> {
    return this.#cache.during(dataOrigin, this.#queue.update({ dataOrigin, methods, withLock: null, kept, cause }, true));
  }

  /**
   * The same for those of a record that have waited for its lock, and so are not in memory any more: the one at this place and all after it.
   * Resolves to their outcomes, in their order.
   */
  applyLocked(dataOrigin: string, withLock: string, place: Place, cause?: Cause): Promise<readonly Applied[]> {
    return this.#granted.apply(dataOrigin, withLock, place, cause);
  }

  get(dataOrigin: string, key: string): Promise<string | undefined> {
    return this.#reads.get(dataOrigin, key);
  }

  async length(dataOrigin: string): Promise<number> {
    for (;;) {
      const length = await this.#reads.length(dataOrigin);
      if (length !== null) return length;
      await this.purgeExpired();
    }
  }

  entries(dataOrigin: string, ahead: GiveAhead | null = null): Promise<OrderedEntries> {
    return this.#reads.entries(dataOrigin, ahead);
  }

  /** What get() resolves to, and all entries, where they cost no more than `maximum`, in bytes. */
  getAndCopy(dataOrigin: string, key: string, maximum: number): Promise<ReadAndCopy> {
    return this.#reads.getAndCopy(dataOrigin, key, maximum);
  }

  /** Something has happened, as far as whoever reads next can tell: what changed before that is seen from now on. */
  recheck(): void {
    this.#cache.recheck();
  }

  /** What is kept and nobody waits for is applied some time later than otherwise: reads see it without that. */
  delay(): void {
    this.#queue.delay();
  }

  /** Resolves when everything that was asked for so far is applied, or could not be stored; what could not is tried once more first. */
  async settled(): Promise<void> {
    // Whatever needs the database says so where it fails.
    await this.ready().catch(() => undefined);
    await this.#queue.settled();
  }

  /** What an update would come to, after all that was asked for so far; it leaves everything as it is. */
  rehearse(dataOrigin: string, methods: readonly ModifierMethod[]): Promise<Rehearsal> {
    return this.#queue.run((connection, environment) => rehearse(connection, environment, dataOrigin, methods));
  }

  /** Forgets everything of one data origin, also what is kept in the journal and not applied yet. */
  clearOrigin(dataOrigin: string, cause = BY_NOBODY): Promise<void> {
    return this.#clear(dataOrigin, cause);
  }

  /** Forgets everything of every data origin. */
  clearAll(): Promise<void> {
    return this.#clear(null, BY_NOBODY);
  }

  #clear(dataOrigin: string | null, cause: Cause): Promise<void> {
    const cleared = this.#queue.run(async (connection, environment) => {
      if (await clear(connection, dataOrigin, environment, cause)) this.#onNoted();
    });
    return this.#cache.during(
      dataOrigin,
      cleared.finally(() => this.#cache.forget(dataOrigin)),
    );
  }

  /** Puts entries in place of what is stored, also of what is kept in the journal and not applied yet; together with others' transactions. */
  replace(replacement: Replacement, together: CommitTogether): Promise<void> {
    const replaced = this.#queue.run((connection) => replace(connection, replacement, together));
    return this.#cache.during(
      null,
      replaced.finally(() => this.#cache.forget(null)),
    );
  }

  /** Every entry of a data origin, as it is stored, in the order of the keys' code units; what has expired counts until it is purged. */
  storedEntries(dataOrigin: string): Promise<StoredEntry[]> {
    return this.#queue.run((connection) => readStoredEntries(connection, dataOrigin));
  }

  /** What the entries of a data origin come to, in bytes. */
  sizeOf(dataOrigin: string): Promise<number> {
    return this.#queue.run((connection) => readSize(connection, dataOrigin));
  }

  /** Every data origin that has entries, and how much of them; what has expired counts until it is purged. */
  origins(): Promise<UsageOfOrigin[]> {
    return this.#queue.run(readOrigins);
  }

  /** Resolves to the number of entries purged; a purge that is under way is joined. */
  purgeExpired(): Promise<number> {
    this.#purging ??= purgeExpiredEntries(this.#use).finally(() => {
      this.#purging = null;
    });
    return this.#purging;
  }

  /** Forgets the write numbers of documents that are long gone. */
  forgetOldWrites(): Promise<void> {
    return this.#use(async (connection, { currentWallTime }) => {
      const { store, done } = connection.transaction('writes', 'readwrite', { durability: 'relaxed' });
      const range = IDBKeyRange.upperBound(currentWallTime - WRITE_ID_LIFETIME);
      for (const key of await store.index('time').getAllKeys(range)) await store.delete(key);
      await done;
    });
  }
}
