/** One handler for each request that a bridge can make, by feature. What a handler throws becomes the envelope's error. */

import { type Envelope, fail, Refusal } from '../../protocol/envelope';
import { isInOrder, type Method, type Requests } from '../../protocol/messages';
import type { ArrivalId, ArrivalOrder } from '../requests/arrival-order';
import type { Caller } from '../requests/caller';
import { fencedFrameHandlers } from './fenced-frames';
import { headerWriteHandlers } from './header-writes';
import { interestGroupHandlers } from './interest-groups';
import { keyHandlerHandlers } from './key-handlers';
import { selectURLHandlers } from './select-url';
import { updateHandlers } from './updates';
import { workletHandlers } from './worklets';

/** The request's number in its document: the same number means the same request, delivered again. */
export interface Delivery extends ArrivalId {
  readonly repeated: boolean;
}

/** Undefined where the request has to be delivered again. */
export type HandlersOf<Name extends Method> = {
  [Each in Name]: (params: Requests[Each]['params'], caller: Caller, delivery: Delivery) => Promise<Envelope | undefined>;
};

export type Handlers = HandlersOf<Method>;

type Services = Parameters<typeof updateHandlers>[0] &
  Parameters<typeof workletHandlers>[0] &
  Parameters<typeof selectURLHandlers>[0] &
  Parameters<typeof headerWriteHandlers>[0] &
  Parameters<typeof fencedFrameHandlers>[0] &
  Parameters<typeof interestGroupHandlers>[0] &
  Parameters<typeof keyHandlerHandlers>[0];

export function createHandlers(services: Services): Handlers {
  return {
    ...updateHandlers(services),
    ...workletHandlers(services),
    ...selectURLHandlers(services),
    ...headerWriteHandlers(services),
    ...fencedFrameHandlers(services),
    ...interestGroupHandlers(services),
    ...keyHandlerHandlers(services),
  };
}

/** Call in the order of arrival: a request that has to keep its place takes it before this returns. */
export async function answer<Name extends Method>(
  handlers: Handlers,
  order: ArrivalOrder,
  method: Name,
  params: Requests[Name]['params'],
  caller: Caller,
  delivery: Delivery,
): Promise<Envelope | undefined> {
  if (isInOrder(method) && !order.accept(caller.documentId, delivery)) return undefined;
  try {
    return await handlers[method](params, caller, delivery);
  } catch (error) {
    if (error instanceof Refusal) return fail(error.name, error.message);
    console.error(method, error);
    return fail('UnknownError', 'Shared Storage Lab could not carry this out; its service worker console says why.');
  }
}
