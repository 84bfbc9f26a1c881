/**
 * The end of a document. From `pagehide` on it gets no answers any more, and natively what it asks for goes out all the same: so nothing waits for
 * an answer of the extension then, not even what waited before. What `fetchLater()` is given the browser sends when the document has gone, or has
 * been put away; it is lost with neither.
 */

import { LEAVE, PUT_AWAY, RETURN } from '../../protocol/page-channel';
import { append, apply, bag, Map, mapDelete, mapForEach, mapSet, Promise, react, uncurryGetter } from '../../webidl/primordials';
import { mayBeDenied, turn as tellBridge } from '../bridge/bridge-channel';
import { addEventListener, document, eventType } from '../bridge/dom';

export const { now } = Date;
const { fetch, fetchLater, parent, self } = globalThis;
const isPersisted = uncurryGetter(PageTransitionEvent, 'persisted');

/** How long the service worker may take to listen, in milliseconds: where it is awake, and where the browser has to start it. */
const LISTENS_WITHIN = 30;
const STARTS_WITHIN = 150;

/** For so long after its last answer it is awake; the browser stops it after 30 seconds. */
const AWAKE = 25 * 1000;

let leaving = false;
let kept = false;
let awakeUntil = 0;
/** When the service worker was first told of a request of this leaving document. */
let toldAt: number | null = null;
/** What goes out when the document goes away, by token. */
const waiting = new Map<string, () => void>();
/** What a document that is being kept has to tell. */
let tells: (() => void)[] = [];

export const noop = (): void => undefined;

/** Calls `then` in a microtask. */
export function soon(then: () => void): void {
  react(new Promise<void>((resolve) => resolve()), then, then);
}

export const isLeaving = (): boolean => leaving;

/** `leave` is called when the document goes away and the request has not been answered. */
export const untilAnswered = (token: string, leave: () => void): void => void mapSet(waiting, token, leave);

/** The service worker has answered. */
export function answered(token: string): void {
  mapDelete(waiting, token);
  awakeUntil = now() + AWAKE;
}

/** A document that goes away can wait in no other way. */
function waitForListener(): void {
  toldAt ??= now();
  const end = toldAt + (toldAt < awakeUntil ? LISTENS_WITHIN : STARTS_WITHIN);
  while (now() < end);
}

const wake = (url: string): void => react(fetch(url, bag<RequestInit>({ mode: 'no-cors', keepalive: true })), noop, noop);

/**
 * Sends a request that the service worker is to hear of. `tell` sends a message, upon which it listens. But the browser delivers no messages of windows
 * that are being closed; it says what our rules match, of which one blocks the request for `wakingURL`.
 */
export function sendLast(wakingURL: string, send: () => void, tell: () => void): void {
  // The other frames of a kept page may have it dropped before a frame's message is delivered. Where the policy may deny something, only a message will do.
  if ((parent === self) !== kept && !mayBeDenied()) wake(wakingURL);
  if (kept) {
    send();
    append(tells, tell);
    // Adding it again changes nothing.
    addEventListener(document, 'freeze', tellAll);
    return;
  }
  tell();
  waitForListener();
  send();
}

/**
 * The last that happens in a document which is kept to go back to. The browser drops it as soon as somebody begins to listen, with all that it has not
 * sent or said; and only now has it sent everything. What it says in one task goes out in one message.
 */
function tellAll(): void {
  const all = tells;
  tells = [];
  for (let index = 0; index < all.length; index++) all[index]?.();
}

/** As fetch() does, once the document has gone; where the browser has no room for what it carries, at once. */
export function fetchAfterwards(go: (args: ArrayLike<unknown>) => Promise<Response>, args: ArrayLike<unknown>): Promise<Response> {
  try {
    apply(fetchLater as (...args: unknown[]) => unknown, self, args);
    return new Promise(noop);
  } catch {
    return go(args);
  }
}

function turn(event: Event): void {
  // Pages dispatch such events themselves, to try what they do then. `isTrusted` cannot be replaced.
  if (!event.isTrusted) return;
  leaving = eventType(event) === 'pagehide';
  kept = leaving && isPersisted(event as PageTransitionEvent);
  tellBridge(!leaving ? RETURN : kept ? PUT_AWAY : LEAVE);
  toldAt = null;
  if (!leaving) return;
  mapForEach(waiting, (leave, token) => {
    mapDelete(waiting, token);
    leave();
  });
}

/** Before the page's own listeners. Who listens already is not added twice. */
export function listenForLeaving(): void {
  const capture = bag({ capture: true });
  addEventListener(self, 'pagehide', turn, capture);
  addEventListener(self, 'pageshow', turn, capture);
}
