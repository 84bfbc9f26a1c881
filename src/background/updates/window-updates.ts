/**
 * Updates of windows, and of responses to their requests. The page's promise waits neither for what is stored nor for a lock: what another context holds, and for how
 * long, must not show. They are kept in the journal, and from there applied once: at once, or when their lock is granted. A stop
 * of this worker loses none.
 * https://wicg.github.io/shared-storage/#handle-callback-within-a-shared-storage-lock-algorithm
 */

import type { EntryAhead } from '../../protocol/entries-ahead';
import type { LoggedEvent } from '../../protocol/logged-event';
import type { ModifierMethod } from '../../spec/modifier-methods';
import type { Applied, UpdateOutcome } from '../../store/entries/commit';
import type { IndexedDatabase } from '../../store/entries/indexed-database';
import type { Kept, Place, WindowUpdate } from '../../store/entries/journal';
import type { WriteId } from '../../store/entries/kept-writes';
import type { Leftover } from '../../store/entries/leftovers';
import { askedAt, type Cause } from '../../store/entries/noted-changes';
import { describeUpdate } from '../../store/events/logged-database';
import type { KeepAlive } from '../browser/keep-alive';
import { untilAlone } from './earlier-workers';
import { LockedUpdates, type Locks } from './locked-updates';
import { UnappliedUpdates } from './unapplied-updates';

/** An update for the event log. */
export type UpdateEvent = Omit<LoggedEvent, 'result' | 'refusal' | 'duration'>;

/** Told what became of an update, with the reason where it came to nothing, or the error where it could not be stored. */
export type Note = (event: UpdateEvent, outcome: UpdateOutcome | { readonly error: unknown }) => void;

function eventOf({ scope, dataOrigin, methods, withLock, documentId, tabId, time }: WindowUpdate): UpdateEvent {
  return { scope: scope ?? 'window', dataOrigin, documentId, tabId, time, ...describeUpdate(methods, withLock) };
}

const causeOf = ({ scope, documentId, tabId }: WindowUpdate): Cause => ({ scope: scope ?? 'window', documentId, tabId, by: null });

export class WindowUpdates {
  readonly #database: IndexedDatabase;
  readonly #locks: Locks;
  readonly #locked: LockedUpdates;
  readonly #note: Note;
  readonly #keepAlive: KeepAlive;
  /**
   * For each data origin, what settles when the lock of its last locked update has been requested, and what comes after updates with locks that are free
   * has been begun with: all in their order.
   */
  readonly #asked = new Map<string, Promise<unknown>>();
  /** For each data origin, updates without a lock that were asked for after one with a lock, and have been followed by none with a lock. */
  readonly #behind = new Map<string, (() => void)[]>();
  readonly #unapplied = new UnappliedUpdates();
  /** By journal record, what becomes of its updates, from this place on, which wait for their lock together; until the last of them has come, however late. */
  readonly #granted = new Map<number, { readonly from: number; readonly applied: Promise<readonly Applied[]> }>();
  /** Whether everything that earlier workers left in the journal, when it was read, has been asked for. */
  #isResumed = false;
  /** Whether an earlier worker may have kept something since, or it has not been looked for yet. */
  #mayHaveMissed = false;
  /** Whether no earlier worker is there any more. */
  #isAlone = false;
  /** What is being kept, or has been, of what was asked for last; and the latest place that was kept, as `askedAt()` has it. */
  #keeping: Promise<Kept> = Promise.resolve(null);
  #lastKept = 0;

  constructor(database: IndexedDatabase, locks: Locks, note: Note, keepAlive: KeepAlive) {
    this.#keepAlive = keepAlive;
    this.#database = database;
    this.#locks = locks;
    this.#locked = new LockedUpdates(locks);
    this.#note = note;
    database.keepJournal((leftover) => this.#resume(leftover));
  }

  /**
   * Resolves once the update is kept. `note` is told what became of it; where this worker is stopped before that, the next one tells its own.
   */
  async add(update: WindowUpdate, id: WriteId, note = this.#note): Promise<void> {
    const kept = this.#database.keep(update, id);
    if (update.withLock === null) this.#applyInTurn(update, kept, note);
    else this.#applyLater(update, update.withLock, kept, note);
    this.#keeping = kept;
    this.#noteKept(await kept);
  }

  /**
   * Resolves when all that has been asked for so far is kept, or could not be. Before an operation is handed on: were this worker stopped in between, the next
   * one would let it begin without what its document has to ask for once more.
   */
  async kept(): Promise<void> {
    await this.#keeping.catch(() => undefined);
  }

  /** What has been asked for by the time of the call is in the journal up to there, as `askedAt()` has it; what is asked for later is behind that. */
  async lastAsked(): Promise<number> {
    const keeping = this.#keeping;
    await this.resume();
    const known = this.#lastKept;
    const place = await keeping.catch(() => null);
    return Math.max(known, place ? askedAt(place) : 0);
  }

  #noteKept(place: Pick<Place, 'number' | 'index'> | null): void {
    if (place) this.#lastKept = Math.max(this.#lastKept, askedAt(place));
  }

  /** Begins with what an earlier worker was stopped in the middle of. What that one still keeps is found when it has ended, and by whoever reads before that. */
  async succeed(): Promise<void> {
    this.#mayHaveMissed = true;
    const resumed = this.resume();
    const alone = async () => {
      await untilAlone(this.#locks);
      await resumed;
      this.#isAlone = true;
      await this.resume();
    };
    alone().catch((error: unknown) => console.error('locks', error));
    await resumed;
  }

  /** Resolves when all that earlier workers are known to have left in the journal has been asked for. */
  async resume(): Promise<void> {
    const isAlone = this.#isAlone;
    try {
      if (this.#isResumed && this.#mayHaveMissed) {
        await this.#database.findMissed();
        if (isAlone) this.#mayHaveMissed = false;
      }
      await this.#database.ready();
      this.#isResumed = true;
    } catch (error) {
      // What cannot be read now is read before the first thing that is asked for.
      console.error('journal', error);
    }
  }

  /** Whether nothing that was asked for is still to be applied to the entries of the data origin, as far as can be told without waiting. */
  isSettled(dataOrigin: string): boolean {
    return this.#isResumed && !this.#mayHaveMissed && this.#unapplied.isEmpty(dataOrigin);
  }

  /**
   * Resolves to what reads may see already of all that was asked for the data origin so far, and which is kept then; it is applied some time later, unless
   * somebody waits for that. Null where something has to be applied first.
   */
  async entriesAhead(dataOrigin: string): Promise<EntryAhead[] | null> {
    await this.resume();
    const entries = await this.#unapplied.entriesAhead(dataOrigin);
    if (entries && entries.length > 0) this.#database.delay();
    return entries;
  }

  /** Resolves when everything that was asked for the data origin so far is applied, or waits for a lock that somebody else gets before it. */
  async settledUnlessBlocked(dataOrigin: string): Promise<void> {
    await this.resume();
    await this.#asked.get(dataOrigin);
    await this.#locked.settledUnlessBlocked(dataOrigin);
    await this.#database.settled();
  }

  #resume({ number, from, record }: Leftover): void {
    const { updates, wallTime, ...rest } = record;
    this.#noteKept({ number, index: updates.length - 1 });
    for (const [index, methods] of updates.entries()) {
      const place = { number, index, count: updates.length, wallTime };
      if (index < from) continue;
      if (rest.withLock === null) this.#apply({ ...rest, methods }, methods, Promise.resolve(place), this.#note);
      else this.#requestLock({ ...rest, methods }, rest.withLock, place, this.#note);
    }
  }

  /** At once, or after the updates before it that had to ask for a lock, where nobody else has that: as where the browser grants it, in the order of the calls. */
  #applyInTurn(update: WindowUpdate, kept: Promise<Kept>, note: Note): void {
    const { dataOrigin, methods } = update;
    const apply = () => this.#apply(update, methods, kept, note);
    const behind = this.#behind.get(dataOrigin);
    if (behind) behind.push(apply);
    else if (!this.#asked.has(dataOrigin) && !this.#locked.isWaiting(dataOrigin)) apply();
    else this.#applyBehind(dataOrigin, [apply]);
  }

  #applyBehind(dataOrigin: string, behind: (() => void)[]): void {
    this.#behind.set(dataOrigin, behind);
    this.#ask(dataOrigin, async () => {
      // What is wrong with the locks keeps nothing else from being applied.
      await this.#locked.settledUnlessBlocked(dataOrigin).catch((error: unknown) => console.error('locks', error));
      if (this.#behind.get(dataOrigin) === behind) this.#behind.delete(dataOrigin);
      for (const apply of behind) apply();
    });
  }

  /** Does it once what was asked for before has been done. */
  #ask(dataOrigin: string, task: () => Promise<unknown>): void {
    const before = this.#asked.get(dataOrigin);
    const asked = before ? before.then(task) : task();
    this.#asked.set(dataOrigin, asked);
    this.#unapplied.addUnseen(dataOrigin, asked);
    void asked.then(() => this.#asked.get(dataOrigin) === asked && this.#asked.delete(dataOrigin));
  }

  #apply(update: WindowUpdate, methods: readonly ModifierMethod[], kept: Promise<Kept>, note: Note): void {
    const applied = this.#database.applyKept(update.dataOrigin, methods, kept, causeOf(update));
    const done = this.#noteOutcome(update, applied, note);
    this.#unapplied.add(update.dataOrigin, { methods, kept }, applied, done);
  }

  /** Settles when nothing more can come of the update. */
  #noteOutcome(update: WindowUpdate, applied: Promise<Applied>, note: Note): Promise<UpdateOutcome> {
    // Who waits for a lock may wait long: only this much of the update stays in memory.
    const event = eventOf(update);
    const final = applied.then((outcome) => {
      if (!('later' in outcome)) return outcome;
      note(event, { error: outcome.error });
      return outcome.later;
    });
    final.then(
      (outcome) => {
        // Null where it was done before, and noted then.
        if (outcome.result !== null) note(event, outcome);
      },
      // It may be in the journal still.
      (error: unknown) => note(event, { error }),
    );
    return final;
  }

  #applyLater(update: WindowUpdate, withLock: string, kept: Promise<Kept>, note: Note): void {
    const request = (place: Kept) => {
      if (place) this.#requestLock(update, withLock, place, note);
    };
    this.#behind.delete(update.dataOrigin);
    // One that could not be kept is asked for again, by its document.
    this.#ask(update.dataOrigin, () => kept.then(request, () => undefined));
  }

  #requestLock(update: WindowUpdate, withLock: string, place: Place, note: Note): void {
    const { from, applied } = this.#granted.get(place.number) ?? this.#requestLockFor(update, withLock, place);
    if (place.index + 1 === place.count) this.#granted.delete(place.number);
    const outcome = applied.then((outcomes) => outcomes[place.index - from] as Applied);
    this.#unapplied.addUnseen(update.dataOrigin, this.#noteOutcome(update, outcome, note));
  }

  /** For the update at this place, and those after it in its record: nobody else could get the lock between them. */
  #requestLockFor(update: WindowUpdate, withLock: string, place: Place) {
    const { dataOrigin } = update;
    const cause = causeOf(update);
    const applied = this.#locked.request(dataOrigin, withLock, () => this.#database.applyLocked(dataOrigin, withLock, place, cause));
    this.#keepAlive.until(applied);
    const granted = { from: place.index, applied };
    this.#granted.set(place.number, granted);
    return granted;
  }
}
