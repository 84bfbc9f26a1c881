/** The event log, as the extension's own pages read it. */

import type { ReadEvent } from '../logged-event';
import { count, nullable, object } from '../schema';
import type { DecodersOf } from './feature';

export interface EventsRequests {
  /** The newest events first: at most `limit` of those with a smaller id than `before` and a larger one than `after`. */
  'events.read': { params: { limit: number; before: number | null; after: number | null }; result: ReadEvent[] };
}

export const eventsDecoders: DecodersOf<EventsRequests> = {
  'events.read': object({ limit: count, before: nullable(count), after: nullable(count) }),
};
