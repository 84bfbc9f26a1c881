/** What has been asked for and is not applied to the entries yet, by data origin. */

import type { EntryAhead } from '../../protocol/entries-ahead';
import { sizeOfEntry } from '../../spec/database';
import type { ModifierMethod, SetMethod } from '../../spec/modifier-methods';
import type { Kept, Place } from '../../store/entries/journal';
import { askedAt } from '../../store/entries/noted-changes';

/** An update that is applied in the order of the calls, without a lock. */
interface Kind {
  readonly methods: readonly ModifierMethod[];
  readonly kept: Promise<Kept>;
}

interface Pending {
  /** Where what becomes of it depends on nothing but the quota. */
  sets: readonly SetMethod[] | null;
  /** Undefined until it is kept, or could not be; null where it is not to be applied. */
  place: Place | null | undefined;
  readonly kept: Promise<Kept>;
}

const isPlainSet = (method: ModifierMethod): method is SetMethod => method.type === 'set' && !method.ignoreIfPresent;

/** Whether an outcome says that the database could not store the update, and will be asked once more. */
const isPostponed = (outcome: unknown): boolean => typeof outcome === 'object' && outcome !== null && 'later' in outcome;

const NOT_KEPT: Kept = null;

const byPlace = (one: { readonly place: Place }, other: { readonly place: Place }): number => askedAt(one.place) - askedAt(other.place);

export class UnappliedUpdates {
  readonly #pending = new Map<string, Set<Pending>>();

  /** Nothing of the data origin is seen ahead of this, which settles when it is done. */
  addUnseen(dataOrigin: string, done: Promise<unknown>): void {
    this.#add(dataOrigin, { sets: null, place: null, kept: Promise.resolve(NOT_KEPT) }, done);
  }

  /** `applied`: what comes of the first attempt; `done` settles with the last one. */
  add(dataOrigin: string, { methods, kept }: Kind, applied: Promise<unknown>, done: Promise<unknown>): void {
    const sets = methods.every(isPlainSet) ? methods : null;
    const pending: Pending = { sets, place: undefined, kept };
    const note = (place: Kept) => {
      pending.place = place;
    };
    kept.then(note, () => note(null));
    // What the disk refuses may come to nothing in the end.
    const look = (outcome: unknown) => {
      if (isPostponed(outcome)) pending.sets = null;
    };
    applied.then(look, () => look({ later: null }));
    this.#add(dataOrigin, pending, done);
  }

  /** Whether there is nothing of the data origin. */
  isEmpty(dataOrigin: string): boolean {
    return !this.#pending.has(dataOrigin);
  }

  /**
   * What reads may see already of all that was asked for so far, once that is kept; null where something has to be applied before it is known
   * what comes of it.
   */
  async entriesAhead(dataOrigin: string): Promise<EntryAhead[] | null> {
    const asked = [...(this.#pending.get(dataOrigin) ?? [])];
    if (asked.some(({ sets }) => sets === null)) return null;
    await Promise.all(asked.map(({ kept }) => kept.catch(() => null)));
    // Some are applied by now, and may have been followed by others.
    const now = [...(this.#pending.get(dataOrigin) ?? [])];
    if (now.some(({ sets }) => sets === null)) return null;
    const entries = new Map<string, EntryAhead>();
    // What an earlier worker has kept is found later than what came after it.
    for (const { sets, place } of now.flatMap(({ sets, place }) => (sets && place ? { sets, place } : [])).sort(byPlace))
      for (const { key, value } of sets) {
        const most = Math.max(sizeOfEntry(key, { value }), entries.get(key)?.[3] ?? 0);
        entries.set(key, [key, value, place.wallTime ?? 0, most]);
      }
    return [...entries.values()];
  }

  #add(dataOrigin: string, pending: Pending, done: Promise<unknown>): void {
    const ofOrigin = this.#pending.get(dataOrigin) ?? new Set();
    this.#pending.set(dataOrigin, ofOrigin.add(pending));
    const remove = () => {
      ofOrigin.delete(pending);
      if (ofOrigin.size === 0) this.#pending.delete(dataOrigin);
    };
    done.then(remove, remove);
  }
}
