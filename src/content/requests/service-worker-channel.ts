/**
 * Requests to the service worker, in order and at most once each.
 *
 * The browser may stop the service worker between receiving a message and answering it. Whatever was not answered is then sent
 * again, in its order; the numbers let the receiver tell what it has done already. A newer write can overtake the repetition, when
 * it was sent after the stop and before we heard of it. So each request says which write it comes after, and is refused without that.
 */

import { decodeEnvelope, type Envelope, fail } from '../../protocol/envelope';
import type { Method, NumberedRequest, Requests } from '../../protocol/messages';
import { ownFacts } from '../permissions-policy/facts';
import { reopenWorkletPort } from '../worklets/worklet-console';
import { collect, type Delivery, deliverNow, forgetChannels } from './message';

interface Unanswered {
  readonly request: NumberedRequest;
  readonly facts: ReturnType<typeof ownFacts>;
  readonly answer: (envelope: Envelope) => void;
  repetitions: number;
}

/** After as many repetitions of the oldest request, something is wrong with the request itself. One stop can cost several. */
const MAXIMUM_REPETITIONS = 20;

/** What is answered without waiting for anybody else, and so may share a message. */
const QUICK = /^(?:database\.update|worklet\.run)$/;

/** For which the service worker keeps itself awake, so that a port will do. */
const KEPT_AWAKE = /^header\.(?:expect|settle)$/;

const unanswered = new Map<number, Unanswered>();
let lastSequence = 0;
/** The newest write, while it is not answered; 0 when nothing needs to be waited for. */
let newestWrite = 0;
/** Grows with each repetition: failures of deliveries before it are old news. */
let repetition = 0;

export function send<Name extends Method>(method: Name, params: Requests[Name]['params']): Promise<Envelope> {
  return new Promise((answer) => {
    const sequence = ++lastSequence;
    const request: NumberedRequest = { method, sequence, after: 0, repeated: false, params };
    const entry: Unanswered = { request, facts: ownFacts(), answer, repetitions: 0 };
    unanswered.set(sequence, entry);
    order(entry);
    deliver(sequence, entry);
  });
}

function order({ request }: Unanswered): void {
  request.after = newestWrite;
  if (request.method === 'database.update') newestWrite = request.sequence;
}

function settle(sequence: number, envelope: Envelope): void {
  const entry = unanswered.get(sequence);
  unanswered.delete(sequence);
  // A write that went well says the same of all before it.
  if (entry && sequence === newestWrite) newestWrite = envelope.ok ? 0 : entry.request.after;
  entry?.answer(envelope);
}

function deliver(sequence: number, { request, facts }: Unanswered): void {
  // The extension was reloaded, updated or removed: this script is an orphan.
  if (!chrome.runtime?.id) {
    settle(sequence, fail('InvalidStateError', 'Shared Storage Lab was reloaded or removed. Reload this page to use it.'));
    return;
  }
  const current = repetition;
  const delivery: Delivery = {
    request,
    facts,
    answered(answer) {
      const envelope = decodeEnvelope(answer);
      if (envelope) settle(sequence, envelope);
      else if (current === repetition) repeat();
    },
  };
  if (QUICK.test(request.method)) collect(delivery);
  else deliverNow(delivery, KEPT_AWAKE.test(request.method));
}

function repeat(): void {
  repetition++;
  const [oldest] = unanswered.values();
  if (oldest && ++oldest.repetitions > MAXIMUM_REPETITIONS)
    settle(oldest.request.sequence, fail('UnknownError', 'The Shared Storage Lab service worker does not answer.'));
  newestWrite = 0;
  for (const entry of unanswered.values()) {
    order(entry);
    entry.request.repeated = true;
  }
  for (const [sequence, entry] of [...unanswered]) deliver(sequence, entry);
}

/** The document is back from the back/forward cache, and nothing that it waited for will be answered. */
export function resume(): void {
  forgetChannels();
  repeat();
  reopenWorkletPort();
}
