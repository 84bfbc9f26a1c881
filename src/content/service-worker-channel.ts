/**
 * Requests to the service worker, in order and at most once each.
 *
 * The browser may stop the service worker between receiving a message and answering it. Whatever was not answered is then sent
 * again, in its order and before anything newer; the numbers let the receiver tell what it has done already.
 */

import { decodeEnvelope, type Envelope, fail } from '../protocol/envelope';
import type { Message, Method, Requests } from '../protocol/messages';

interface Unanswered {
  readonly message: Message;
  readonly answer: (envelope: Envelope) => void;
  attempts: number;
}

/** After as many stops of the service worker during one request, something is wrong with the request itself. */
const MAXIMUM_ATTEMPTS = 5;

const unanswered = new Map<number, Unanswered>();
let lastSequence = 0;
/** Grows with each repetition: failures of deliveries before it are old news. */
let repetition = 0;

/** The extension was reloaded, updated or removed: this script is an orphan. */
const isOrphaned = (): boolean => !chrome.runtime?.id;

export function send<Name extends Method>(method: Name, params: Requests[Name]['params']): Promise<Envelope> {
  return new Promise((answer) => {
    const sequence = ++lastSequence;
    const message: Message = { to: 'service-worker', method, sequence, params };
    const entry: Unanswered = { message, answer, attempts: 0 };
    unanswered.set(sequence, entry);
    deliver(sequence, entry);
  });
}

function settle(sequence: number, envelope: Envelope): void {
  const entry = unanswered.get(sequence);
  unanswered.delete(sequence);
  entry?.answer(envelope);
}

function deliver(sequence: number, entry: Unanswered): void {
  const current = repetition;
  const lost = () => {
    if (current === repetition) repeat();
  };
  if (isOrphaned()) {
    settle(sequence, fail('InvalidStateError', 'Shared Storage Lab was reloaded or removed. Reload this page to use sharedStorage again.'));
    return;
  }
  entry.attempts++;
  try {
    chrome.runtime.sendMessage(entry.message).then((answer: unknown) => {
      const envelope = decodeEnvelope(answer);
      if (envelope) settle(sequence, envelope);
      else lost();
    }, lost);
  } catch (error) {
    // What the message carries cannot be cloned into another process, such as a SharedArrayBuffer.
    settle(sequence, fail('DataCloneError', String(error instanceof Error ? error.message : error)));
  }
}

function repeat(): void {
  repetition++;
  for (const [sequence, entry] of [...unanswered]) {
    if (entry.attempts < MAXIMUM_ATTEMPTS) deliver(sequence, entry);
    else settle(sequence, fail('UnknownError', 'The Shared Storage Lab service worker does not answer.'));
  }
}
