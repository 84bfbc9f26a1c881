/**
 * Commits groups of updates. A kept update that the database could not store is tried again, ahead of the next updates that it has its order
 * among, so that it never comes after them. Where the database stores one of those and not the update itself, the update is given up in the same
 * transaction.
 */

import { because } from '../../spec/reason';
import { commit, type Postponed, type UpdateOutcome, type UpdateRequest } from './commit';
import type { EntriesCache } from './entries-cache';
import type { Journal } from './journal';
import type { Use } from './schema';

/** An update, and who is told what becomes of it: exactly one of the three is called, once. Those with the same lock, or none, have an order among them. */
export interface PlacedUpdate extends UpdateRequest {
  /** Whether it was postponed before, and whoever asked for it knows. */
  readonly isRetry?: boolean;
  resolve(outcome: UpdateOutcome): void;
  /** For an update that has no place in the journal. */
  reject(reason: unknown): void;
  /** For one that has. */
  postpone(postponed: Postponed): void;
}

const GIVEN_UP: UpdateOutcome = { result: false, reason: because('reasonGivenUp') };

const orderOf = ({ dataOrigin, withLock }: PlacedUpdate): string => JSON.stringify([dataOrigin, withLock]);

/** The update as it is tried again. */
function postpone(update: PlacedUpdate, error: unknown): PlacedUpdate {
  let resolve: PlacedUpdate['resolve'] = () => undefined;
  const later = new Promise<UpdateOutcome>((settle) => (resolve = settle));
  update.postpone({ error, later });
  return { ...update, isRetry: true, resolve };
}

/** For one OperationQueue, which calls one thing at a time. */
export class GroupCommit {
  readonly #use: Use;
  readonly #journal: Journal;
  readonly #cache: EntriesCache;
  readonly #noted: () => void;
  /** What is to be tried again, oldest first, by the updates' order. */
  readonly #postponed = new Map<string, readonly PlacedUpdate[]>();

  /** `noted` is called when something is noted for handlers. */
  constructor(use: Use, journal: Journal, cache: EntriesCache, noted: () => void) {
    this.#noted = noted;
    this.#use = use;
    this.#journal = journal;
    this.#cache = cache;
  }

  /** Whether an update without a lock is to be tried again. */
  get isBehind(): boolean {
    return [...this.#postponed.values()].some(([first]) => first?.withLock === null);
  }

  /** Resolves when each update is stored, refused, or postponed; never rejects. */
  async commit(group: readonly PlacedUpdate[]): Promise<void> {
    const orders = new Set(group.map(orderOf));
    const all = [...[...orders].flatMap((order) => this.#takePostponed(order)), ...group];
    if (all.length === 0) return;
    try {
      await this.#commitTogether(all);
    } catch (reason) {
      if (all.length === 1) this.#fail(all, reason);
      else await this.#commitOneByOne(all);
    }
  }

  /** Tries once more to store what is postponed, but for what had a lock: that waits for the next one to be granted the lock. */
  async retry(): Promise<void> {
    const behind = [...this.#postponed.values()].filter(([first]) => first?.withLock === null);
    for (const [first] of behind) if (first) await this.commit(this.#takePostponed(orderOf(first)));
  }

  #takePostponed(order: string): readonly PlacedUpdate[] {
    const postponed = this.#postponed.get(order) ?? [];
    this.#postponed.delete(order);
    return postponed;
  }

  async #commitTogether(group: readonly PlacedUpdate[], givenUp: readonly PlacedUpdate[] = []): Promise<void> {
    const stale = this.#journal.stale();
    const { outcomes, changes, isNoted, asked } = await this.#use(async (connection, environment) => {
      const asked = this.#cache.now();
      return { ...(await commit(connection, environment, group, givenUp, stale)), asked };
    });
    if (isNoted) this.#noted();
    for (const change of changes) this.#cache.apply(change, asked);
    this.#journal.forgetStale(stale);
    for (const { place } of [...givenUp, ...group]) if (place && place.index + 1 === place.count) this.#journal.forget(place.number);
    for (const update of givenUp) update.resolve(GIVEN_UP);
    for (const [index, update] of group.entries()) update.resolve(outcomes[index] as UpdateOutcome);
  }

  /** One update that the database refuses must not take its neighbours with it. */
  async #commitOneByOne(all: readonly PlacedUpdate[]): Promise<void> {
    /** Why the database stores nothing of these orders now. */
    const reasons = new Map<string, unknown>();
    for (const update of all) {
      const order = orderOf(update);
      if (reasons.has(order)) {
        this.#fail([update], reasons.get(order));
        continue;
      }
      const before = this.#takePostponed(order);
      try {
        await this.#commitAfter(before, update);
      } catch (reason) {
        if (before.length > 0) reasons.set(order, reason);
        this.#fail([...before, update], reason);
      }
    }
  }

  async #commitAfter(before: readonly PlacedUpdate[], update: PlacedUpdate): Promise<void> {
    try {
      await this.#commitTogether([...before, update]);
    } catch (reason) {
      if (before.length === 0) throw reason;
      await this.#commitTogether([update], before);
    }
  }

  #fail(updates: readonly PlacedUpdate[], error: unknown): void {
    for (const update of updates) {
      if (!update.place) {
        update.reject(error);
        continue;
      }
      const order = orderOf(update);
      const postponed = update.isRetry ? update : postpone(update, error);
      this.#postponed.set(order, [...(this.#postponed.get(order) ?? []), postponed]);
    }
  }
}
