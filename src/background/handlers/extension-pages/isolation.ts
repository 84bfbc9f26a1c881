/** What documents are keyed by, and what was stopped, for the extension's own pages. */

import { withMember } from '../../../extension/stored-settings';
import type { IsolationRequests } from '../../../protocol/extension-pages/isolation';
import type { EventLog, EventsConnection } from '../../../store/events/event-log';
import { readWantedEvents } from '../../../store/events/read-events';
import { type Isolation, isStopped } from '../../isolation/isolation';
import { eventInWords } from './in-words';
import { putInForce, type SettingsInForce } from './settings-in-force';
import type { ExtensionPageHandlersOf } from './table';

interface Services extends SettingsInForce {
  readonly events: EventsConnection;
  readonly isolation: Isolation;
  readonly log: EventLog;
}

export function isolationHandlers(services: Services): ExtensionPageHandlersOf<keyof IsolationRequests> {
  const { events, isolation, log, settings } = services;
  return {
    'isolation.read': async ({ tabId }) => {
      const [map, { isolation: chosen }] = await Promise.all([isolation.mapOf(tabId), settings.get()]);
      return { ...map, chosen };
    },

    'isolation.stopped': async ({ tabId, after }) => {
      await log.flush();
      const read = await readWantedEvents(events, after, (event) => event.tabId === tabId && isStopped(event.method));
      return { ...read, events: read.events.map(eventInWords) };
    },

    'isolation.choose': async ({ origin, keying }) => {
      const value = keying === 'respect' ? undefined : keying;
      await putInForce(services, (stored) => ({ ...stored, isolation: withMember(stored.isolation, origin, value) }));
      return null;
    },
  };
}
