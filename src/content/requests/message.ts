/**
 * Puts the requests of one task into one message: a message for each takes a page with a thousand of them half a second. It goes
 * through a port where there is one.
 */

import type { Facts } from '../../protocol/document-facts';
import { fail } from '../../protocol/envelope';
import { MAXIMUM_REQUESTS } from '../../protocol/limits';
import type { NumberedRequest } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';
import { forgetPort, listenForPort, postToPort } from './request-port';

export interface Delivery {
  readonly request: NumberedRequest;
  readonly facts: Facts | null;
  /** Gets an envelope, or undefined where there is no answer. */
  answered(answer: unknown): void;
}

/** In UTF-16 code units, roughly: the browser does not send messages of more than 64 MB. */
const MAXIMUM_WEIGHT = 1_000_000;

let collected: Delivery[] = [];
let weight = 0;
let isLeaving = false;
/** Messages with collected requests that are under way without the port: nothing must overtake them. */
const underWay = new Set<unknown>();

function weightOf({ params }: NumberedRequest): number {
  const { methods, data } = params as { methods?: { key?: string; value?: string }[]; data?: unknown };
  // What an operation's data weighs is not known.
  if (data) return MAXIMUM_WEIGHT;
  return (methods ?? []).reduce((sum, { key = '', value = '' }) => sum + key.length + value.length, 0);
}

/** Removing a frame, and some ways to leave a page, leave no time for microtasks. */
function onPageHide(): void {
  isLeaving = true;
  flush();
}

/** The document was in the back/forward cache: the browser has closed its channels, and says so to the other end alone. */
export function forgetChannels(): void {
  isLeaving = false;
  underWay.clear();
  forgetPort();
}

/** It goes out with the others of the task; at once where the document may not live to the end of it. */
export function collect(delivery: Delivery): void {
  if (collected.length === 0) {
    weight = 0;
    queueMicrotask(flush);
    // Adding a listener again changes nothing.
    addEventListener('pagehide', onPageHide);
  }
  collected.push(delivery);
  weight += weightOf(delivery.request);
  if (isLeaving || collected.length >= MAXIMUM_REQUESTS || weight >= MAXIMUM_WEIGHT) flush();
}

/** It goes out now and alone, after everything before it; by the port only where the receiver keeps itself awake until it has answered. */
export function deliverNow(delivery: Delivery, mayTakePort: boolean): void {
  flush();
  sendTogether([delivery], false, mayTakePort);
}

function flush(): void {
  const deliveries = collected;
  collected = [];
  if (deliveries.length > 0) sendTogether(deliveries, true, true);
}

function sendTogether(deliveries: readonly Delivery[], isCollected: boolean, mayTakePort: boolean): void {
  const requests = deliveries.map(({ request }) => request);
  const message: Message = { to: 'service-worker', facts: (deliveries[0] as Delivery).facts, requests };
  const answered = (answer: unknown) => {
    const answers = Array.isArray(answer) ? answer : [];
    for (const [index, delivery] of deliveries.entries()) delivery.answered(answers[index]);
  };
  // A port of a page that is kept to go back to is closed by now.
  if (mayTakePort && !isLeaving && underWay.size === 0 && postToPort(message, answered)) return;
  listenForPort();
  const ended = (answer: unknown) => {
    underWay.delete(ended);
    answered(answer);
  };
  try {
    chrome.runtime.sendMessage(message).then(ended, ended);
    if (isCollected) underWay.add(ended);
  } catch (error) {
    // The extension was reloaded just now; nothing that cannot be cloned may take the others with it.
    if (!chrome.runtime?.id) answered(undefined);
    else if (deliveries.length > 1) for (const delivery of deliveries) sendTogether([delivery], isCollected, mayTakePort);
    // It carries what cannot be cloned into another process, such as a SharedArrayBuffer.
    else answered([fail('DataCloneError', String(error))]);
  }
}
