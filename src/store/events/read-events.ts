/** Reads the event log, for the pages that show it. */

import type { LoggedEvent, ReadEvent } from '../../protocol/logged-event';
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

function withSite(event: LoggedEvent, id: number): ReadEvent {
  return { ...event, id, site: event.dataOrigin === null ? null : siteOf(event.dataOrigin) };
}

/** The events after one that are wanted, the newest first, and the newest of all: what comes later is after that. */
export async function readWantedEvents(
  connection: EventsConnection,
  after: number,
  isWanted: (event: LoggedEvent) => boolean,
): Promise<{ events: ReadEvent[]; newest: number }> {
  return connection.use(async (open) => {
    const { store } = open.transaction('events');
    const range = IDBKeyRange.lowerBound(after, true);
    const [ids, events] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    const wanted = events.flatMap((event, index) => (isWanted(event) ? [withSite(event, ids[index] as number)] : []));
    return { events: wanted.reverse(), newest: ids.at(-1) ?? after };
  });
}

/** The newest events first. */
export function readEvents(connection: EventsConnection, options: ReadEventsOptions): Promise<ReadEvent[]> {
  const { limit, before = Number.MAX_SAFE_INTEGER, after = 0, origin } = options;
  if (after + 1 >= before) return Promise.resolve([]);
  return connection.use(async (open) => {
    const events: ReadEvent[] = [];
    const { store } = open.transaction('events');
    if (origin === undefined) {
      let cursor = await store.openCursor(IDBKeyRange.bound(after, before, true, true), 'prev');
      for (; cursor && cursor.primaryKey > after && events.length < limit; cursor = await cursor.continue())
        events.push(withSite(cursor.value, cursor.primaryKey));
    } else {
      let cursor = await store.index('dataOrigin').openCursor(IDBKeyRange.only(origin), 'prev');
      if (cursor && cursor.primaryKey >= before) cursor = await cursor.continuePrimaryKey(origin, before - 1);
      for (; cursor && cursor.primaryKey > after && events.length < limit; cursor = await cursor.continue())
        events.push(withSite(cursor.value, cursor.primaryKey));
    }
    return events;
  });
}
