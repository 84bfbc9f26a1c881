/** The event log, for the extension's own pages. */

import type { EventsRequests } from '../../../protocol/extension-pages/events';
import type { EventLog, EventsConnection } from '../../../store/events/event-log';
import { readEvents } from '../../../store/events/read-events';
import { eventInWords } from './in-words';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly events: EventsConnection;
  readonly log: EventLog;
}

/** So many events at most are in one answer: a message has a limit. */
const MAXIMUM_READ = 2000;

export function eventsHandlers({ events, log }: Services): ExtensionPageHandlersOf<keyof EventsRequests> {
  return {
    'events.read': async ({ limit, before, after }) => {
      await log.flush();
      const range = { ...(before === null ? {} : { before }), ...(after === null ? {} : { after }) };
      const read = await readEvents(events, { limit: Math.min(limit, MAXIMUM_READ), ...range });
      return read.map(eventInWords);
    },
  };
}
