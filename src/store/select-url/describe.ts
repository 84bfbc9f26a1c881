/** What the event log says of a selection, once it has its result. */

import type { LoggedEvent } from '../../protocol/logged-event';
import { type Reason, said } from '../../spec/reason';
import { shorten } from '../events/event-log';
import type { SettledSelection } from './settle';

/** What a page has thrown has any length. */
const shortenReason = (reason: Reason | null): Reason | null => (typeof reason === 'string' ? said(shorten(reason)) : reason);

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
    refusal: reveal ? shortenReason(result.reason) : null,
    duration: Math.max(0, Date.now() - time),
  };
}
