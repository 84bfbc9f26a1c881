/** A call of a handler as the event log has it, and what the console of its document says of one that was not made. */

import { HANDLER_CALL, type LoggedEvent } from '../../protocol/logged-event';
import type { ConsoleNotice } from '../../spec/select-url';
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

export function noticeOfRefusedCall({ handler, call, refusal }: HandlerReport): ConsoleNotice {
  const { name, key } = handler;
  return {
    level: 'error',
    text: `The event handler '${shorten(name)}' was not called for '${call.action}' of '${shorten(key)}': ${refusal}`,
  };
}
