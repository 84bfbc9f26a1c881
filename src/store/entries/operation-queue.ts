/**
 * The "shared storage database queue": operations take effect in the order in which they were asked for. Neighbouring updates
 * share a transaction; a read sees the updates before it and none after it.
 */

import type { DatabaseEnvironment } from '../../spec/database';
import { commit, POSTPONED, type UpdateOutcome, type UpdateRequest } from './commit';
import type { Journal, Place } from './journal';
import type { Connection, Use } from './schema';

/** An update whose place in the journal is known once it is kept there; null where it turned out that it is not to be applied. */
type Asked = Omit<UpdateRequest, 'place'> & { readonly kept: Promise<Place | null> | null };

interface Update extends Asked {
  readonly kind: 'update';
  /** Nobody waits for it. */
  readonly isPatient: boolean;
  resolve(outcome: UpdateOutcome): void;
  reject(reason: unknown): void;
}

interface Task {
  readonly kind: 'task';
  /** Resolves when its transaction has begun, or it failed. */
  start(): Promise<void>;
  reject(reason: unknown): void;
}

/** Bounds how long one transaction keeps readers waiting. */
const MAXIMUM_GROUP = 1000;

/**
 * How long updates that nobody waits for wait for others, in milliseconds. Whoever asks for one after the other then does not
 * meet the work that each of them makes, which would tell something about what is stored.
 */
const PATIENCE = 10;

const NOT_APPLIED: UpdateOutcome = { result: null };

export interface QueueOptions {
  readonly use: Use;
  readonly journal: Journal;
  /** Settles before anything is done; called again after a failure. */
  readonly ready: () => Promise<void>;
}

export class OperationQueue {
  readonly #options: QueueOptions;
  #queue: (Update | Task)[] = [];
  #working = false;
  /** Somebody waits for what is in the queue. */
  #isUrgent = false;
  #hurry: () => void = () => undefined;
  /** Settles with the update that was asked for last. */
  #lastUpdate: Promise<unknown> = Promise.resolve();

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Somebody waits for it unless it `isPatient`. */
  update(asked: Asked, isPatient = false): Promise<UpdateOutcome> {
    // That it could not be kept is told by whoever kept it.
    asked.kept?.catch(() => undefined);
    const outcome = new Promise<UpdateOutcome>((resolve, reject) => {
      this.#add({ kind: 'update', ...asked, isPatient, resolve, reject });
    });
    this.#lastUpdate = outcome.catch(() => undefined);
    return outcome;
  }

  /** The operation must have made its one transaction when it returns: the browser keeps transactions in their order. */
  run<Result>(operation: (connection: Connection, environment: DatabaseEnvironment) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const start = () =>
        new Promise<void>((begun) => {
          const begin = (connection: Connection, environment: DatabaseEnvironment) => {
            const result = operation(connection, environment);
            begun();
            return result;
          };
          this.#options.use(begin).then(resolve, reject).finally(begun);
        });
      this.#add({ kind: 'task', start, reject });
    });
  }

  async settled(): Promise<void> {
    if (this.#working) this.#beUrgent();
    await this.#lastUpdate;
  }

  /** What the callback asks for comes before everything that waits. */
  ahead(callback: () => void): void {
    const waiting = this.#queue;
    const last = this.#lastUpdate;
    this.#queue = [];
    callback();
    this.#queue.push(...waiting);
    if (waiting.some(({ kind }) => kind === 'update')) this.#lastUpdate = last;
  }

  #add(entry: Update | Task): void {
    this.#queue.push(entry);
    if (entry.kind === 'task' || !entry.isPatient) this.#beUrgent();
    if (!this.#working) void this.#work();
  }

  #beUrgent(): void {
    this.#isUrgent = true;
    this.#hurry();
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#queue.length > 0) {
      if (!this.#isUrgent) await this.#wait();
      try {
        await this.#options.ready();
      } catch (reason) {
        for (const { reject } of this.#queue.splice(0)) reject(reason);
        continue;
      }
      const group = this.#takeUpdates();
      if (group.length > 0) await this.#commit(group);
      else await Promise.all(this.#takeTasks().map(({ start }) => start()));
      if (this.#queue.length === 0) this.#isUrgent = false;
    }
    this.#isUrgent = false;
    this.#working = false;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #takeUpdates(): Update[] {
    const end = this.#queue.findIndex(({ kind }) => kind === 'task');
    const length = Math.min(end < 0 ? this.#queue.length : end, MAXIMUM_GROUP);
    return this.#queue.splice(0, length) as Update[];
  }

  #takeTasks(): Task[] {
    const end = this.#queue.findIndex(({ kind }) => kind === 'update');
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end) as Task[];
  }

  async #commit(group: readonly Update[]): Promise<void> {
    const placed: [Update, Place | null][] = [];
    for (const update of group) {
      // What could not be kept is not applied either: its document is told, and asks again.
      const place = update.kept && (await update.kept.catch(() => null));
      if (update.kept && !place) update.resolve(NOT_APPLIED);
      else placed.push([update, place]);
    }
    if (placed.length === 0) return;
    try {
      await this.#commitTogether(placed);
    } catch (reason) {
      await this.#commitOneByOne(placed, reason);
    }
  }

  async #commitTogether(group: readonly [Update, Place | null][]): Promise<void> {
    const { use, journal } = this.#options;
    const stale = journal.stale();
    const requests = group.map(([{ dataOrigin, methods }, place]) => ({ dataOrigin, methods, place }));
    const outcomes = await use((connection, environment) => commit(connection, environment, requests, stale));
    journal.forgetStale(stale);
    for (const [index, [update, place]] of group.entries()) {
      if (place && place.index + 1 === place.count && outcomes[index] !== POSTPONED) journal.forget(place.number);
      update.resolve(outcomes[index] as UpdateOutcome);
    }
  }

  /** One update that the disk refuses must not take its neighbours with it. */
  async #commitOneByOne(group: readonly [Update, Place | null][], reason: unknown): Promise<void> {
    const [only] = group;
    if (only && group.length === 1) {
      only[0].reject(reason);
      return;
    }
    for (const one of group) {
      try {
        await this.#commitTogether([one]);
      } catch (own) {
        one[0].reject(own);
      }
    }
  }
}
