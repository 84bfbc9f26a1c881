/** Which events are shown. */

import { formatValue } from '../../../components/format';
import type { ReadEvent } from '../../../protocol/logged-event';

/** Empty strings ask for nothing. */
export interface EventFilter {
  readonly method: string;
  readonly dataOrigin: string;
  readonly documentId: string;
  readonly onlyFailures: boolean;
  /** A part of the parameters, the result or the reason, in any case. */
  readonly words: string;
}

export const ALL_EVENTS: EventFilter = { method: '', dataOrigin: '', documentId: '', onlyFailures: false, words: '' };

/** How much of what an event says is looked through, in UTF-16 code units. */
const SEARCHED = 10_000;

/** The result, or why there is none. */
export const outcomeOf = ({ refusal, result }: ReadEvent): string =>
  refusal ?? (result === null || result === undefined ? '' : formatValue(result));

export const parametersOf = ({ parameters }: ReadEvent, longest?: number): string =>
  parameters === null ? '' : formatValue(parameters, longest);

export function isWanted(event: ReadEvent, { method, dataOrigin, documentId, onlyFailures, words }: EventFilter): boolean {
  if (method !== '' && event.method !== method) return false;
  if (dataOrigin !== '' && event.dataOrigin !== dataOrigin) return false;
  if (documentId !== '' && event.documentId !== documentId) return false;
  if (onlyFailures && event.refusal === null) return false;
  if (words === '') return true;
  const said = `${event.method} ${parametersOf(event, SEARCHED)} ${outcomeOf(event)}`.toLowerCase();
  return said.includes(words.toLowerCase());
}
