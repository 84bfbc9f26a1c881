/** Reads the event log, for the pages that show it. */

import { unwrap, wrap } from 'idb';
import type { LoggedEvent, NumberedEvent } from '../../protocol/logged-event';
import { siteOf } from '../site';
import type { EventsConnection } from './event-log';

/** Which events are wanted. */
export interface ReadEventsOptions {
  readonly limit: number;
  /** Only events with a smaller id. */
  readonly before?: number;
  /** Only events with a larger id. */
  readonly after?: number;
  /** Only events about this data origin. */
  readonly origin?: string;
}

function withSite(event: LoggedEvent, id: number): NumberedEvent {
  return { ...event, id, site: event.dataOrigin === null ? null : siteOf(event.dataOrigin) };
}

/** The events after one that are wanted, the newest first, and the newest of all: what comes later is after that. */
export async function readWantedEvents(
  connection: EventsConnection,
  after: number,
  isWanted: (event: LoggedEvent) => boolean,
): Promise<{ events: NumberedEvent[]; newest: number }> {
  return connection.use(async (open) => {
    const { store } = open.transaction('events');
    const range = IDBKeyRange.lowerBound(after, true);
    const [ids, events] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    const wanted = events.flatMap((event, index) => (isWanted(event) ? [withSite(event, ids[index] as number)] : []));
    return { events: wanted.reverse(), newest: ids.at(-1) ?? after };
  });
}

/** What TypeScript's library does not know of an object store yet. */
interface ReadsBackwards {
  getAllRecords(options: {
    readonly query: IDBKeyRange;
    readonly count: number;
    readonly direction: 'prev';
  }): IDBRequest<{ readonly primaryKey: number; readonly value: LoggedEvent }[]>;
}

/** The newest events first. */
export function readEvents(connection: EventsConnection, options: ReadEventsOptions): Promise<NumberedEvent[]> {
  const { limit, before = Number.MAX_SAFE_INTEGER, after = 0, origin } = options;
  if (after + 1 >= before || limit === 0) return Promise.resolve([]);
  return connection.use(async (open) => {
    const events: NumberedEvent[] = [];
    const { store } = open.transaction('events');
    if (origin === undefined) {
      // All at once: a cursor takes a tenth of a millisecond for each.
      const backwards = unwrap(store) as IDBObjectStore & ReadsBackwards;
      const query = IDBKeyRange.bound(after, before, true, true);
      const records = await wrap(backwards.getAllRecords({ query, count: limit, direction: 'prev' }));
      for (const { value, primaryKey } of records) events.push(withSite(value, primaryKey));
    } else {
      let cursor = await store.index('dataOrigin').openCursor(IDBKeyRange.only(origin), 'prev');
      if (cursor && cursor.primaryKey >= before) cursor = await cursor.continuePrimaryKey(origin, before - 1);
      for (; cursor && cursor.primaryKey > after && events.length < limit; cursor = await cursor.continue())
        events.push(withSite(cursor.value, cursor.primaryKey));
    }
    return events;
  });
}
