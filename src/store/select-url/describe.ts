/** What the event log says of a selection, once it has its result. */

import type { LoggedEvent } from '../../protocol/logged-event';
import { shorten } from '../events/event-log';
import type { SettledSelection } from './settle';

/** `reveal`: whether the log says which index won, and why. */
export function describeSelection(selection: SettledSelection, reveal: boolean): LoggedEvent {
  const { documentId, page, dataOrigin, operation, urls, savedQuery, time, result, urn } = selection;
  const url = shorten(urls[result.index]?.url ?? '');
  return {
    time,
    scope: 'worklet',
    method: 'selectURL',
    documentId,
    tabId: page.tabId,
    dataOrigin,
    parameters: { urn, name: shorten(operation), urls: urls.length, ...(savedQuery === '' ? {} : { savedQuery: shorten(savedQuery) }) },
    result: reveal ? { index: result.index, url, charged: result.charged } : null,
    refusal: reveal && result.reason !== null ? shorten(result.reason) : null,
    duration: Math.max(0, Date.now() - time),
  };
}
