/**
 * The "shared storage database queue": operations take effect in the order in which they were asked for. Neighbouring updates
 * share a transaction; a read sees the updates before it and none after it.
 */

import type { DatabaseEnvironment } from '../../spec/database';
import type { Applied, UpdateOutcome } from './commit';
import type { EntriesCache } from './entries-cache';
import { GroupCommit, type PlacedUpdate } from './group-commit';
import { lengthOfGroup } from './groups';
import type { Journal, Kept } from './journal';
import type { Connection, Use } from './schema';

/** An update whose place in the journal is known once it is kept there; `kept` is null where it is not to be kept. */
type Asked = Pick<PlacedUpdate, 'dataOrigin' | 'methods' | 'withLock' | 'cause'> & { readonly kept: Promise<Kept> | null };

interface Update extends Asked, Pick<PlacedUpdate, 'resolve' | 'reject' | 'postpone'> {
  readonly kind: 'update';
  /** Nobody waits for it. */
  readonly isPatient: boolean;
}

interface Task {
  readonly kind: 'task';
  /** Resolves when its transaction has begun, or it failed. */
  start(): Promise<void>;
  reject(reason: unknown): void;
}

/** How many methods one transaction has at most where nobody waits for it: it keeps readers waiting. */
const MAXIMUM_PATIENT_GROUP = 100;

/**
 * How long updates that nobody waits for wait for others, in milliseconds. Whoever asks for one after the other then does not
 * meet the work that each of them makes, which would tell something about what is stored.
 */
const PATIENCE = 10;

/** How long they wait where reads see them already, since the last such read, and at most. */
const DELAY = 100;
const LONGEST_DELAY = 500;

const NOT_APPLIED: UpdateOutcome = { result: null };

/** What the queue works with. */
export interface QueueOptions {
  readonly use: Use;
  readonly journal: Journal;
  readonly cache: EntriesCache;
  /** Settles before anything is done; called again after a failure. */
  readonly ready: () => Promise<void>;
  /** Called when changes have been noted for handlers. */
  readonly noted: () => void;
}

/** One for each IndexedDatabase. */
export class OperationQueue {
  readonly #options: QueueOptions;
  readonly #commits: GroupCommit;
  #queue: (Update | Task)[] = [];
  /** How many of the queue have come ahead of those that were taken out of it and are being kept; null where there are none. */
  #aheadOfTaken: number | null = null;
  #working = false;
  /** Somebody waits for what is in the queue. */
  #isUrgent = false;
  #hurry: () => void = () => undefined;
  /** Until when what nobody waits for is left, in milliseconds of this context's clock. */
  #delayed = 0;
  /** Settles with the update that was asked for last. */
  #lastUpdate: Promise<unknown> = Promise.resolve();

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#commits = new GroupCommit(options.use, options.journal, options.cache, options.noted);
  }

  /** Somebody waits for it unless it `isPatient`. */
  update(asked: Asked, isPatient = false): Promise<Applied> {
    // That it could not be kept is told by whoever kept it.
    asked.kept?.catch(() => undefined);
    const outcome = new Promise<Applied>((resolve, reject) => {
      this.#add({ kind: 'update', ...asked, isPatient, resolve, reject, postpone: resolve });
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

  /** Resolves when each update that was asked for is stored, or the database could not store it: such a one is tried once more. */
  async settled(): Promise<void> {
    if (this.#working) this.#beUrgent();
    await this.#lastUpdate;
    if (!this.#commits.isBehind) return;
    await new Promise<void>((resolve) => {
      this.#add({ kind: 'task', start: () => this.#commits.retry().finally(resolve), reject: () => resolve() });
    });
  }

  /** Reads see what nobody waits for without that: to apply it would only take the processor from them. */
  delay(): void {
    this.#delayed = performance.now() + DELAY;
  }

  /** What the callback asks for comes before everything that waits. */
  ahead(callback: () => void): void {
    const waiting = this.#queue;
    const last = this.#lastUpdate;
    this.#queue = [];
    callback();
    if (this.#aheadOfTaken !== null) this.#aheadOfTaken += this.#queue.length;
    this.#queue.push(...waiting);
    if (this.#aheadOfTaken !== null || waiting.some(({ kind }) => kind === 'update')) this.#lastUpdate = last;
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
    let patience = PATIENCE;
    while (this.#queue.length > 0) {
      if (!this.#isUrgent) await this.#wait(patience);
      const { length } = this.#queue;
      try {
        await this.#options.ready();
      } catch (reason) {
        // What has come meanwhile may have been kept.
        for (const { reject } of this.#queue.splice(0, length)) reject(reason);
        continue;
      }
      const group = this.#takeUpdates();
      // What is left of those that have waited waits no more.
      patience = group.length < length ? 0 : PATIENCE;
      if (group.length > 0) await this.#commit(group);
      else await Promise.all(this.#takeTasks().map(({ start }) => start()));
      if (this.#queue.length === 0) this.#isUrgent = false;
    }
    this.#isUrgent = false;
    this.#working = false;
  }

  async #wait(patience: number): Promise<void> {
    const begun = performance.now();
    const left = () => Math.max(begun + patience, Math.min(this.#delayed, begun + LONGEST_DELAY)) - performance.now();
    if (left() <= 0) return;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (left() > 0) timer = setTimeout(look, left());
        else resolve();
      };
      let timer = setTimeout(look, left());
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #takeUpdates(): Update[] {
    const most = this.#isUrgent ? undefined : MAXIMUM_PATIENT_GROUP;
    const length = lengthOfGroup(this.#queue, (entry) => (entry.kind === 'task' ? null : entry.methods.length), most);
    return this.#queue.splice(0, length) as Update[];
  }

  #takeTasks(): Task[] {
    const end = this.#queue.findIndex(({ kind }) => kind === 'update');
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end) as Task[];
  }

  async #commit(group: readonly Update[]): Promise<void> {
    this.#aheadOfTaken = 0;
    const placed: PlacedUpdate[] = [];
    const others: Update[] = [];
    for (const update of group) {
      // What could not be kept is not applied either: its document is told, and asks again.
      const place = update.kept && (await update.kept.catch(() => null));
      if (update.kept && !place) others.push(update);
      else placed.push({ ...update, place });
    }
    const ahead = this.#aheadOfTaken;
    this.#aheadOfTaken = null;
    if (ahead) {
      // While they were being kept it was found out what comes before them.
      this.#queue.splice(ahead, 0, ...group);
      return;
    }
    await this.#commits.commit(placed);
    // Not before those that they came after: somebody may wait for this one, the last, to know that all are stored.
    for (const { resolve } of others) resolve(NOT_APPLIED);
  }
}
