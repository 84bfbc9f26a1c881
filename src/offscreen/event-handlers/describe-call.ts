/** A call of a handler as the event log has it, and what the console of its document says of one that was not made. */

import { HANDLER_CALL, type LoggedEvent } from '../../protocol/logged-event';
import { because, type Reason } from '../../spec/reason';
import { shorten } from '../../store/events/event-log';
import type { HandlerReport } from './key-handlers';

export function describeCall({ document, dataOrigin, handler, call, refusal }: HandlerReport): LoggedEvent {
  const { action, step, cause } = call;
  const { scope, method, documentId, tabId, time, by } = cause;
  const causedBy = { scope, method, documentId, tabId, time, handler: by && (by.handler === null ? '' : shorten(by.handler)) };
  return {
    scope: 'worklet',
    method: HANDLER_CALL,
    documentId: document.documentId,
    tabId: document.tabId,
    dataOrigin,
    time: Date.now(),
    duration: 0,
    parameters: { name: shorten(handler.name), key: shorten(handler.key), action, step, cause: causedBy },
    result: refusal === null,
    refusal,
  };
}

export const whyNotCalled = ({ handler: { name, key }, call }: HandlerReport, refusal: Reason): Reason =>
  because('handlerNotCalled', shorten(name), call.action, shorten(key), refusal);
