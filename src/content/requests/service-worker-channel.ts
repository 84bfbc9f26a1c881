/**
 * Requests to the service worker, in order and at most once each.
 *
 * The browser may stop the service worker between receiving a message and answering it. Whatever was not answered is then sent again, in its
 * order; the numbers let the receiver tell what it has done already. A newer request can overtake the repetition, when it was sent after the
 * stop and before this document heard of the stop. So each request says which one it comes after, and is refused by a worker that has not
 * heard of that one.
 */

import type { Facts } from '../../protocol/document-facts';
import { type Envelope, fail, isEnvelope } from '../../protocol/envelope';
import { isInOrder, type Method, type NumberedRequest, type Requests } from '../../protocol/messages';
import { isOrphan } from '../orphan';
import { createTransport } from './transport';

interface Unanswered {
  readonly request: NumberedRequest;
  readonly answer: (envelope: Envelope) => void;
  readonly onItsWay: (() => void) | undefined;
  repetitions: number;
}

/** What the page is told where the service worker is stopped again and again. */
export const NO_ANSWER = 'The Shared Storage Lab service worker does not answer.';

/** What it is told where this script is an orphan: the extension was reloaded, updated or removed. */
const ORPHANED = 'Shared Storage Lab was reloaded or removed. Reload this page to use it.';

/** After as many repetitions of the oldest request, something is wrong with the request itself, or the service worker. One stop can cost several. */
const MAXIMUM_REPETITIONS = 20;

/** For which the service worker keeps itself awake, so that a port will do. */
const KEPT_AWAKE: Method = 'header.settle';

export interface ServiceWorkerChannel {
  /**
   * The request has its place, and is on its way, before this returns. `onItsWay` is called in the same task where nothing but a kill of the browser or
   * of the service worker can keep it from arriving.
   */
  send<Name extends Method>(method: Name, params: Requests[Name]['params'], onItsWay?: () => void): Promise<Envelope>;
  /** The document goes away, or into the back/forward cache. */
  leave(isPutAway: boolean): void;
  /** The document is back from the back/forward cache, and nothing that it waited for will be answered. */
  resume(): void;
}

/** `readFacts`: what the document's requests say about its permissions policy. */
export function createServiceWorkerChannel(readFacts: () => Facts | null): ServiceWorkerChannel {
  const transport = createTransport(readFacts, () => repeat(true));
  const unanswered = new Map<number, Unanswered>();
  let lastSequence = 0;
  /** The newest request in order, while it is not answered; 0 when none has to be waited for. */
  let newest = 0;
  /** Grows with each repetition: failures of deliveries before it are old news. */
  let repetition = 0;

  const order = (request: NumberedRequest): void => {
    request.after = newest;
    if (isInOrder(request.method)) newest = request.sequence;
  };

  const settle = ({ sequence, after }: NumberedRequest, envelope: Envelope): void => {
    // One that went well says the same of all before it.
    if (sequence === newest) newest = envelope.ok ? 0 : after;
    unanswered.get(sequence)?.answer(envelope);
    unanswered.delete(sequence);
  };

  const deliver = (request: NumberedRequest): void => {
    const current = repetition;
    const answered = (answer: unknown) => {
      if (isEnvelope(answer)) settle(request, answer);
      else if (current === repetition) repeat();
    };
    const delivery = { request, answered, onItsWay: () => unanswered.get(request.sequence)?.onItsWay?.() };
    if (isOrphan()) settle(request, fail('InvalidStateError', ORPHANED));
    else if (isInOrder(request.method)) transport.collect(delivery);
    else transport.deliverNow(delivery, request.method === KEPT_AWAKE);
  };

  /** `isLeaving`: the document goes away, and cannot repeat anything later. What takes no place in the order then is of no use to it any more. */
  const repeat = (isLeaving = false): void => {
    repetition++;
    const [oldest] = unanswered.values();
    if (oldest && ++oldest.repetitions > MAXIMUM_REPETITIONS) settle(oldest.request, fail('UnknownError', NO_ANSWER));
    newest = 0;
    for (const { request } of [...unanswered.values()]) {
      if (isLeaving && !isInOrder(request.method)) continue;
      order(Object.assign(request, { repeated: true }));
      deliver(request);
    }
  };
  return {
    send: (method, params, onItsWay) =>
      new Promise((answer) => {
        const request: NumberedRequest = { method, sequence: ++lastSequence, after: 0, repeated: false, params };
        order(request);
        unanswered.set(lastSequence, { request, answer, onItsWay, repetitions: 0 });
        deliver(request);
      }),
    leave: transport.leave,
    resume() {
      transport.forgetChannels();
      repeat();
    },
  };
}
