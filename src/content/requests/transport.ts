/**
 * How requests get to the service worker: those of one task in one message, or a hundred of them, for a message for each takes a page with a thousand
 * of them half a second, and the service worker is to begin before the page has called the last; and through the port that the service worker opens to this document, where there is one.
 */

import type { Facts } from '../../protocol/document-facts';
import { fail } from '../../protocol/envelope';
import { MAXIMUM_REQUESTS } from '../../protocol/limits';
import { type NumberedRequest, REQUEST_PORT } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';
import { isOrphan } from '../orphan';

export interface Delivery {
  readonly request: NumberedRequest;
  /** Gets an envelope, or undefined where there is no answer. */
  answered(answer?: unknown): void;
  /** Called in the task in which the request goes out by the port, where the service worker is certain to be awake for it. */
  onItsWay(): void;
}

export interface Transport {
  /** It goes out with the others of the task; at once where the document may not live to the end of it. */
  collect(delivery: Delivery): void;
  /** It goes out now and alone, after everything before it; by the port only where the receiver keeps itself awake until it has answered. */
  deliverNow(delivery: Delivery, mayTakePort: boolean): void;
  /** The document goes away: what it asks for from now on goes out at once, or at the end of the task where it is put into the back/forward cache. */
  leave(isPutAway: boolean): void;
  /** The document was in the back/forward cache: the browser has closed its channels, and says so to the other end alone. */
  forgetChannels(): void;
}

type Answered = (answer?: unknown) => void;

/**
 * So long after it has answered, in milliseconds, the service worker is awake for certain: the browser stops it 30 seconds after it was last asked for something.
 */
const AWAKE = 20_000;

/**
 * What has had no answer for so long, in milliseconds, is taken for lost: the browser may lose a message, or a port to a worker that was stopped while it opened that, without
 * a word. A worker that is carrying a request out knows it by its number when it comes again.
 */
const LONGEST_SILENCE = 20_000;

/** In UTF-16 code units, roughly: the browser does not send messages of more than 64 MB. */
const MAXIMUM_WEIGHT = 1_000_000;

/** Of an update's methods; of other requests 0. */
export const weightOfMethods = ({ methods = [] }: { readonly methods?: readonly { key?: string; value?: string }[] }): number =>
  methods.reduce((sum, { key = '', value = '' }) => sum + (key + value).length, 0);

function weightOf({ params }: NumberedRequest): number {
  const { data, operation } = params as { data?: unknown; operation?: object };
  // What an operation's data weighs is not known.
  return data || operation ? MAXIMUM_WEIGHT : weightOfMethods(params as object);
}

/** Returns true where the messages have gone by the port to a service worker that is awake. */
type Send = (deliveries: readonly Delivery[], isCollected: boolean, mayTakePort: boolean) => boolean;

/** What the document's requests say about its permissions policy. */
type ReadFacts = () => Facts | null;

/** Returns whether the service worker is awake. */
type Post = (message: Message, answered: Answered) => boolean;

function postThrough(port: chrome.runtime.Port, closed: () => void): Post {
  const asked = new Map<number, Answered>();
  let lastId = 0;
  // It has just been opened.
  let heard = performance.now();
  port.onMessage.addListener(([id, answer]: [number, unknown]) => {
    heard = performance.now();
    asked.get(id)?.(answer);
    asked.delete(id);
  });
  port.onDisconnect.addListener(() => {
    closed();
    for (const answered of asked.values()) answered();
  });
  return (message, answered) => {
    port.postMessage([++lastId, message]);
    asked.set(lastId, answered);
    return performance.now() - heard < AWAKE;
  };
}

/** Sends messages, by the port where there is one and they may take it; `forget` closes what the browser has closed. */
function createSender(readFacts: ReadFacts): { send: Send; forget(): void } {
  /** Sends by the port, while there is one. */
  let post: Post | null = null;
  /** Messages with collected requests that are under way without the port: nothing must overtake them. */
  const underWay = new Set<Answered>();

  /** Once the document goes, what it asks for is in time only where the service worker is awake. */
  const wake = () => void (isOrphan() || send([], false, true));

  const onConnect = (port: chrome.runtime.Port): void => {
    if (port.name !== REQUEST_PORT) return;
    const own = postThrough(port, () => {
      if (post === own) post = null;
      // Listening again changes nothing.
      addEventListener('beforeunload', wake, true);
    });
    post = own;
  };

  const send: Send = (deliveries, isCollected, mayTakePort) => {
    const message: Message = { to: 'service-worker', facts: readFacts(), requests: deliveries.map(({ request }) => request) };
    const postThis = mayTakePort && underWay.size === 0 && post;
    const lost = setTimeout(() => {
      // A message by itself may just take long.
      if (postThis) post = null;
      answered();
    }, LONGEST_SILENCE);
    const answered = (answer?: unknown) => {
      clearTimeout(lost);
      underWay.delete(answered);
      const answers = Array.isArray(answer) ? answer : [];
      for (const delivery of deliveries) delivery.answered(answers.shift());
    };
    try {
      if (postThis) return postThis(message, answered);
      // A closed port, or a message that cannot be cloned: sent otherwise, it will be seen which.
    } catch {}
    // Listening again changes nothing.
    chrome.runtime.onConnect.addListener(onConnect);
    try {
      chrome.runtime.sendMessage(message).then(answered, answered);
      if (isCollected) underWay.add(answered);
    } catch {
      clearTimeout(lost);
      // The extension was reloaded just now; nothing that cannot be cloned may take the others with it.
      if (isOrphan()) answered();
      else if (deliveries.length > 1) for (const delivery of deliveries) send([delivery], isCollected, mayTakePort);
      // It carries what cannot be cloned into another process, such as a SharedArrayBuffer, or is too large for a message of an extension.
      else answered([fail('DataCloneError', 'More than 64 MiB, or not cloneable.')]);
    }
    return false;
  };
  return {
    send,
    forget() {
      underWay.clear();
      post = null;
    },
  };
}

/**
 * `repeat` is called when the document goes away, and collects everything that has not been answered, whether it has gone by the port or not: a message
 * without the port wakes the service worker, where that was stopped a moment ago.
 */
export function createTransport(readFacts: ReadFacts, repeat: () => void): Transport {
  const { send, forget } = createSender(readFacts);
  let collected: Delivery[] = [];
  let weight = 0;
  /** A port of a page that is kept to go back to is closed by then. */
  let isLeaving = false;
  /** Whether there is an end of the task to wait for: not for a document that goes away for good. */
  let isKept = true;

  const flush = (): void => {
    const deliveries = collected;
    collected = [];
    if (deliveries.length > 0 && send(deliveries, true, !isLeaving)) for (const { onItsWay } of deliveries) onItsWay();
  };

  const sendAgain = (): void => {
    collected = [];
    repeat();
    flush();
  };

  return {
    // Removing a frame, and some ways to leave a page, leave no time for microtasks.
    leave(isPutAway) {
      isLeaving = true;
      sendAgain();
      isKept = isPutAway;
      // While the service worker starts, the browser keeps what it has been sent, but for documents that it puts away meanwhile; that one has been put away.
      if (isPutAway) document.addEventListener('freeze', sendAgain, { once: true });
    },

    collect(delivery) {
      if (collected.length === 0) {
        weight = 0;
        queueMicrotask(flush);
      }
      collected.push(delivery);
      weight += weightOf(delivery.request);
      if (!isKept || collected.length >= MAXIMUM_REQUESTS || weight >= MAXIMUM_WEIGHT) flush();
    },

    deliverNow(delivery, mayTakePort) {
      flush();
      send([delivery], false, mayTakePort && !isLeaving);
    },

    forgetChannels() {
      isLeaving = false;
      forget();
    },
  };
}
