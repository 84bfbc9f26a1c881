/** Puts the requests of one task into one message: a message for each takes a page with a thousand of them half a second. */

import type { Facts } from '../protocol/document-facts';
import type { Message, NumberedRequest } from '../protocol/messages';

export interface Delivery {
  readonly request: NumberedRequest;
  readonly facts: Facts | null;
  /** Gets undefined where there is no answer. */
  answered(answer: unknown): void;
  /** The browser cannot send it. */
  refused(reason: string): void;
}

const MAXIMUM_LENGTH = 1000;
/** In UTF-16 code units, roughly: the browser does not send messages of more than 64 MB. */
const MAXIMUM_WEIGHT = 1_000_000;

let collected: Delivery[] = [];
let weight = 0;
let isLeaving = false;

function weightOf({ params }: NumberedRequest): number {
  const { methods, data } = params as { methods?: { key?: string; value?: string }[]; data?: unknown };
  // What an operation's data weighs is not known.
  if (data) return MAXIMUM_WEIGHT;
  return (methods ?? []).reduce((sum, { key = '', value = '' }) => sum + key.length + value.length, 0);
}

function leave(): void {
  isLeaving = true;
  flush();
}

const comeBack = () => {
  isLeaving = false;
};

/** It goes out with the others of the task; at once where the document may not live to the end of it. */
export function collect(delivery: Delivery): void {
  const [first] = collected;
  if (first && first.facts !== delivery.facts) flush();
  if (collected.length === 0) {
    weight = 0;
    queueMicrotask(flush);
    // Removing a frame leaves no time for microtasks. Adding a listener again changes nothing.
    addEventListener('pagehide', leave, true);
    addEventListener('pageshow', comeBack, true);
  }
  collected.push(delivery);
  weight += weightOf(delivery.request);
  if (isLeaving || collected.length >= MAXIMUM_LENGTH || weight >= MAXIMUM_WEIGHT) flush();
}

/** It goes out now and alone, after everything before it. */
export function deliverNow(delivery: Delivery): void {
  flush();
  sendTogether([delivery]);
}

function flush(): void {
  const deliveries = collected;
  collected = [];
  if (deliveries.length > 0) sendTogether(deliveries);
}

function sendTogether(deliveries: readonly Delivery[]): void {
  const requests = deliveries.map(({ request }) => request);
  const message: Message = { to: 'service-worker', facts: deliveries[0]?.facts ?? null, requests };
  const answered = (answer: unknown) => {
    const answers = Array.isArray(answer) ? answer : [];
    for (const [index, delivery] of deliveries.entries()) delivery.answered(answers[index]);
  };
  try {
    chrome.runtime.sendMessage(message).then(answered, answered);
  } catch (error) {
    // The extension was reloaded just now; nothing that cannot be cloned may take the others with it.
    if (!chrome.runtime?.id) answered(undefined);
    else if (deliveries.length > 1) for (const delivery of deliveries) sendTogether([delivery]);
    else deliveries[0]?.refused(String(error instanceof Error ? error.message : error));
  }
}
