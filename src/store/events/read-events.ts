/** Reads the event log, for the pages that show it. */

import { siteOf } from '../site';
import type { EventsConnection, LoggedEvent } from './event-log';

/** An event with its number. */
export interface ReadEvent extends LoggedEvent {
  /** Ascending; events of one moment may be numbered in another order than they happened. */
  readonly id: number;
  /** The site of the data origin. */
  readonly site: string | null;
}

/** Which events are wanted. */
export interface ReadEventsOptions {
  readonly limit: number;
  /** Only events with a smaller id. */
  readonly before?: number;
  /** Only events about this data origin. */
  readonly origin?: string;
}

function withSite(event: LoggedEvent, id: number): ReadEvent {
  return { ...event, id, site: event.dataOrigin === null ? null : siteOf(event.dataOrigin) };
}

/** The newest events first. */
export function readEvents(connection: EventsConnection, options: ReadEventsOptions): Promise<ReadEvent[]> {
  const { limit, before = Number.MAX_SAFE_INTEGER, origin } = options;
  return connection.use(async (open) => {
    const events: ReadEvent[] = [];
    const { store } = open.transaction('events');
    if (origin === undefined) {
      let cursor = await store.openCursor(IDBKeyRange.upperBound(before, true), 'prev');
      for (; cursor && events.length < limit; cursor = await cursor.continue()) events.push(withSite(cursor.value, cursor.primaryKey));
    } else {
      let cursor = await store.index('dataOrigin').openCursor(IDBKeyRange.only(origin), 'prev');
      if (cursor && cursor.primaryKey >= before) cursor = await cursor.continuePrimaryKey(origin, before - 1);
      for (; cursor && events.length < limit; cursor = await cursor.continue()) events.push(withSite(cursor.value, cursor.primaryKey));
    }
    return events;
  });
}
