/** Updates that have been granted their lock. They may have waited long for it, and so are not in memory any more: they are read from the journal. */

import { type Applied, CLEARED_AWAY, type UpdateOutcome, type UpdateRequest } from './commit';
import type { Journal, Place } from './journal';
import type { Cause } from './noted-changes';

/** An update that is to be applied. */
type Granted = UpdateRequest & { readonly place: Place; readonly withLock: string };

interface Asked {
  /** Of the first of the updates; all those after it in its record are meant as well. */
  readonly place: Place;
  readonly cause: Cause | undefined;
  resolve(outcomes: readonly Applied[]): void;
}

const finalOutcome = async (applied: Applied): Promise<UpdateOutcome> => ('later' in applied ? applied.later : applied);

export class GrantedRecords {
  readonly #journal: Journal;
  readonly #apply: (update: Granted) => Promise<Applied>;
  /** By data origin and lock, what was granted it while the disk could not be read: it comes before what is granted the lock later. */
  readonly #unread = new Map<string, readonly Asked[]>();

  constructor(journal: Journal, apply: (update: Granted) => Promise<Applied>) {
    this.#journal = journal;
    this.#apply = apply;
  }

  /** While the lock is held. Resolves to the outcomes of the updates, in their order. */
  async apply(dataOrigin: string, withLock: string, place: Place, cause: Cause | undefined): Promise<readonly Applied[]> {
    const order = JSON.stringify([dataOrigin, withLock]);
    let resolve: Asked['resolve'] = () => undefined;
    const applied = new Promise<readonly Applied[]>((settle) => (resolve = settle));
    const asked = [...(this.#unread.get(order) ?? []), { place, cause, resolve }];
    this.#unread.delete(order);
    try {
      const records = await this.#journal.read(asked.map(({ place }) => place.number));
      for (const [index, one] of asked.entries()) this.#applyRecord(dataOrigin, withLock, one, records[index] ?? null);
    } catch (error) {
      this.#unread.set(order, asked);
      const later = (index: number) => applied.then((outcomes) => finalOutcome(outcomes[index] as Applied));
      return Array.from({ length: place.count - place.index }, (_, index) => ({ error, later: later(index) }));
    }
    return applied;
  }

  #applyRecord(
    dataOrigin: string,
    withLock: string,
    { place, cause, resolve }: Asked,
    updates: readonly Granted['methods'][] | null,
  ): void {
    const { number, index: from, count } = place;
    if (!updates) {
      this.#journal.forget(number);
      resolve(Array(count - from).fill(CLEARED_AWAY));
      return;
    }
    const applied = updates.slice(from).map((methods, index) => {
      return this.#apply({ dataOrigin, methods, withLock, cause, place: { ...place, index: from + index } });
    });
    void Promise.all(applied).then(resolve);
  }
}
