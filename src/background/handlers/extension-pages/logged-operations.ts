/** What the event log has of the operations of a tab that contributed to reports. */

import type { LoggedOperation } from '../../../protocol/extension-pages/reports';
import type { NumberedEvent } from '../../../protocol/logged-event';
import { count, decode, object, string } from '../../../protocol/schema';
import type { EventLog, EventsConnection } from '../../../store/events/event-log';
import { readWantedEvents } from '../../../store/events/read-events';
import { wordsOrNull } from './in-words';

const parameters = object({ workletId: count, runId: count, name: string });

/** None of what an earlier version of the extension wrote, which had no numbers. */
function operationOf({ method, documentId, time, parameters: given, result, refusal }: NumberedEvent): LoggedOperation[] {
  const decoded = method === 'privateAggregation' ? decode(parameters, given) : null;
  if (!decoded || documentId === null) return [];
  // There may be a report, and something that is not in it.
  return [{ ...decoded, documentId, time, refusal: result === null ? wordsOrNull(refusal) : null }];
}

export async function readLoggedOperations(log: EventLog, events: EventsConnection, tabId: number, after: number) {
  await log.flush();
  const { events: ofTab, newest } = await readWantedEvents(events, after, (event) => event.tabId === tabId);
  const documentIds = [...new Set(ofTab.flatMap(({ documentId }) => documentId ?? []))];
  return { operations: ofTab.flatMap(operationOf), documentIds, newest };
}
