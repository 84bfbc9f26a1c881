/** What responses wrote, and what one would write, for the extension's own pages. */

import { wordsOf } from '../../../extension/words';
import type { HeaderWritesRequests, TriedHeader } from '../../../protocol/extension-pages/header-writes';
import { because, type Reason } from '../../../spec/reason';
import type { IndexedDatabase } from '../../../store/entries/indexed-database';
import type { RehearsedChange } from '../../../store/entries/rehearse';
import type { EventLog, EventsConnection } from '../../../store/events/event-log';
import { readWantedEvents } from '../../../store/events/read-events';
import type { HeaderWriter } from '../../header-writes/header-writer';
import type { HeaderWrites } from '../../header-writes/header-writes';
import { documentIn } from './documents';
import { eventInWords, wordsOrNull } from './in-words';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly database: IndexedDatabase;
  readonly events: EventsConnection;
  readonly headerWriter: HeaderWriter;
  readonly headerWrites: HeaderWrites;
  readonly log: EventLog;
}

const changeOf = ({ key, before, after }: RehearsedChange) => ({ key, before: before ?? null, after: after ?? null });

export function headerWritesPageHandlers(services: Services): ExtensionPageHandlersOf<keyof HeaderWritesRequests> {
  const { database, events, headerWriter, headerWrites, log } = services;

  /** Why the document in the frame must not let the origin write. */
  const refusalFor = async (tabId: number, frameId: number, origin: string): Promise<Reason | null> => {
    const document = await documentIn(tabId, frameId);
    if (!document || typeof document.caller === 'string') return because('reasonInsecurePage');
    return headerWrites.reasonOfRefusal(document.caller, origin);
  };

  return {
    'header-writes.read': async ({ tabId, after }) => {
      await log.flush();
      const read = await readWantedEvents(events, after, (event) => event.tabId === tabId && event.method === 'Shared-Storage-Write');
      return { ...read, events: read.events.map(eventInWords) };
    },

    'header-writes.try': async ({ tabId, frameId, origin, lines }): Promise<TriedHeader> => {
      const { storageWrite, refusal } = headerWriter.judge(lines, origin, await refusalFor(tabId, frameId, origin));
      const { withLock, methods } = storageWrite;
      const members = storageWrite.members.map((member) => ({ ...member, problem: wordsOrNull(member.problem) }));
      if (refusal !== null) return { members, withLock, refusal: wordsOf(refusal), changes: [], usage: null };
      const { outcome, changes, before, after } = await database.rehearse(origin, methods);
      const failed = outcome.result === false ? outcome.reason : null;
      return {
        members,
        withLock,
        refusal: wordsOrNull(failed),
        changes: changes.map(changeOf),
        usage: failed === null ? { before, after } : null,
      };
    },
  };
}
