/**
 * What happened, and why: a ring buffer in a database of its own, so that writing it never keeps an entry waiting. Events are
 * written in groups some time after they happened; a browser that is killed takes the last of them along.
 */

import { type DBSchema, unwrap } from 'idb';
import type { LoggedEvent } from '../../protocol/logged-event';
import type { AnnounceChange } from '../announce-change';
import { DatabaseConnection } from '../database-connection';
import { Serial } from '../serial';

interface Schema extends DBSchema {
  /** By numbers that ascend without gaps. */
  events: { key: number; value: LoggedEvent; indexes: { dataOrigin: string } };
}

/** The connection to the log's database. */
export type EventsConnection = DatabaseConnection<Schema>;

/** For each part of the extension, one. */
export const connectToEvents = (): EventsConnection =>
  new DatabaseConnection({
    name: 'shared-storage-events',
    version: 1,
    upgrade(database) {
      database.createObjectStore('events', { autoIncrement: true }).createIndex('dataOrigin', 'dataOrigin');
    },
  });

const MAXIMUM_LENGTH = 256;

/** A string as the log keeps it: its beginning and its length. */
export function shorten(value: string): string {
  return value.length <= MAXIMUM_LENGTH ? value : `${value.slice(0, MAXIMUM_LENGTH)}… (${value.length} code units)`;
}

/** How many events wait besides those that would be kept. */
const ROOM = 1000;

/** How many are kept, as long as nobody has been asked. */
const DEFAULT_SIZE = 10_000;

/** There may be thousands of them: so many are written at a time. */
const CHUNK = 100;

/**
 * So long after the last event they are written, in milliseconds: to write them takes the processor as long as what they tell of, which somebody
 * waits for. Where events go on and on, so long after the first.
 */
const QUIET = 200;
const LONGEST_WAIT = 1000;

/** Writes the log. Whoever reads it uses `readEvents()`. */
export class EventLog {
  readonly #size: () => number | Promise<number>;
  readonly #connection: EventsConnection;
  readonly #announce: AnnounceChange;
  #waiting: LoggedEvent[] = [];
  /** How many there may be, as it was asked last. */
  #knownSize = DEFAULT_SIZE;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** When the first and the last of those that wait were noted. */
  #first = 0;
  #last = 0;
  readonly #writes = new Serial();

  /** `size` is how many events are kept, 0 for none; `announce` is called when some have been written. */
  constructor(size: () => number | Promise<number>, announce: AnnounceChange, connection: EventsConnection = connectToEvents()) {
    this.#size = size;
    this.#announce = announce;
    this.#connection = connection;
  }

  /** Notes the event and returns at once. Never throws. */
  log(event: LoggedEvent): void {
    this.#waiting.push(event);
    // Who writes faster than the disk takes it loses the oldest, as everybody does, and no memory.
    if (this.#waiting.length > 2 * this.#knownSize + ROOM) this.#waiting.splice(0, this.#waiting.length - this.#knownSize);
    this.#last = performance.now();
    if (this.#timer) return;
    this.#first = this.#last;
    this.#writeAfter(QUIET);
  }

  #writeAfter(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const left = Math.min(this.#last + QUIET, this.#first + LONGEST_WAIT) - performance.now();
      if (left > 0) this.#writeAfter(left);
      else void this.flush();
    }, milliseconds);
  }

  /** Resolves once every event so far is written. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    // A log that cannot be written must not take anything else along; the console is the place left to say so.
    return this.#writes.run(() => this.#write()).catch((error: unknown) => console.error('event log', error));
  }

  async #write(): Promise<void> {
    const size = await this.#size();
    this.#knownSize = size;
    const events = this.#waiting;
    this.#waiting = [];
    await this.#connection.use(async (connection) => {
      const { store, done } = connection.transaction('events', 'readwrite', { durability: 'relaxed' });
      const raw = unwrap(store);
      const kept = size > 0 ? events.slice(-size) : [];
      for (let first = 0; first < kept.length; first += CHUNK) {
        // There is no promise for each; the transaction's completion says how they went.
        for (const event of kept.slice(first, first + CHUNK)) raw.add(event);
        // What is more urgent has its turn, here and in the database, before the next ones.
        await store.openKeyCursor();
      }
      // Numbers have no gaps, so that the newest says which one is too old.
      const newest = (await store.openKeyCursor(null, 'prev'))?.primaryKey ?? 0;
      if (newest > size) raw.delete(IDBKeyRange.upperBound(newest - size));
      await done;
    });
    if (events.length > 0) this.#announce({ topic: 'events' });
  }
}
