/** What documents are keyed by, and what was stopped, for the extension's own pages. */

import { changeSettings, withMember } from '../../../extension/stored-settings';
import type { LiveSettings } from '../../../extension/live-settings';
import type { IsolationRequests } from '../../../protocol/extension-pages/isolation';
import type { EventLog, EventsConnection } from '../../../store/events/event-log';
import { readWantedEvents } from '../../../store/events/read-events';
import { type Isolation, isStopped } from '../../isolation/isolation';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly events: EventsConnection;
  readonly isolation: Isolation;
  readonly log: EventLog;
  readonly settings: LiveSettings;
}

export function isolationHandlers({ events, isolation, log, settings }: Services): ExtensionPageHandlersOf<keyof IsolationRequests> {
  return {
    'isolation.read': async ({ tabId }) => {
      const [map, { isolation: chosen }] = await Promise.all([isolation.mapOf(tabId), settings.get()]);
      return { ...map, chosen };
    },

    'isolation.stopped': async ({ tabId, after }) => {
      await log.flush();
      return readWantedEvents(events, after, (event) => event.tabId === tabId && isStopped(event.method));
    },

    'isolation.choose': async ({ origin, keying }) => {
      const value = keying === 'respect' ? undefined : keying;
      await changeSettings((stored) => ({ ...stored, isolation: withMember(stored.isolation, origin, value) }));
      return null;
    },
  };
}
