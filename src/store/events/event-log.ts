/**
 * What happened, and why: a ring buffer in a database of its own, so that writing it never keeps an entry waiting. Events are
 * written in groups some time after they happened; a browser that is killed takes the last of them along.
 */

import type { DBSchema } from 'idb';
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

/** How long events wait for others to be written with them, in milliseconds. */
const DELAY = 200;

/** Writes the log. Whoever reads it uses `readEvents()`. */
export class EventLog {
  readonly #size: () => number | Promise<number>;
  readonly #connection: EventsConnection;
  readonly #announce: AnnounceChange;
  #waiting: LoggedEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
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
    this.#timer ??= setTimeout(() => void this.flush(), DELAY);
  }

  /** Resolves once every event so far is written. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const events = this.#waiting;
    this.#waiting = [];
    // A log that cannot be written must not take anything else along; the console is the place left to say so.
    return this.#writes.run(() => this.#write(events)).catch((error: unknown) => console.error('event log', error));
  }

  async #write(events: readonly LoggedEvent[]): Promise<void> {
    const size = await this.#size();
    await this.#connection.use(async (connection) => {
      const { store, done } = connection.transaction('events', 'readwrite', { durability: 'relaxed' });
      const requests: Promise<unknown>[] = size > 0 ? events.slice(-size).map((event) => store.add(event)) : [];
      // Numbers have no gaps, so that the newest says which one is too old.
      const newest = (await store.openKeyCursor(null, 'prev'))?.primaryKey ?? 0;
      if (newest > size) requests.push(store.delete(IDBKeyRange.upperBound(newest - size)));
      await Promise.all([...requests, done]);
    });
    if (events.length > 0) this.#announce({ topic: 'events' });
  }
}
