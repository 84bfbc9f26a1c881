/** The page's end of the channel to the bridge (protocol/page-channel.ts says how it works). */

import type { ErrorDescription } from '../../protocol/envelope';
import {
  FRAME,
  handshakeOf,
  MAY_BE_DENIED,
  MESSAGE,
  type PageRequests,
  type PageResponse,
  type PageScript,
  REQUEST,
  RESPONSE,
} from '../../protocol/page-channel';
import { domException, fromDescription } from '../../webidl/exceptions';
import { bag, Map, mapDelete, mapGet, mapSet, Promise, uncurryGetter } from '../../webidl/primordials';
import { addEventListener, dispatchEvent } from './dom';
import { createPort } from './handed-over-port';

export const NativeCustomEvent = CustomEvent;
const NativeEvent = Event;
const NativeMouseEvent = MouseEvent;
export const eventDetail = uncurryGetter(CustomEvent.prototype, 'detail');

interface Settle {
  resolve(value: string | undefined): void;
  reject(error: ErrorDescription): void;
}

const { port, host, handOver: handOverPort } = createPort();
const pending = new Map<number, Settle>();
let lastId = 0;

/** Hands the script's port to the bridge; must run before any page script does. */
export function connect(script: PageScript): void {
  addEventListener(port, RESPONSE, (event: Event) => {
    const { id, error, value } = eventDetail(event as CustomEvent) as PageResponse;
    const settle = mapGet(pending, id);
    if (!settle) return;
    mapDelete(pending, id);
    if (error) settle.reject(error);
    else settle.resolve(value);
  });
  handOverPort(handshakeOf(script));
}

/**
 * Sends a request before it returns, so that it outlives a navigation or removal of the frame that follows at once.
 * The promise resolves to undefined, to what was asked for, or rejects with the exception that the answer describes. `operation` comes before
 * what a permissions policy says.
 */
export function request<Method extends keyof PageRequests>(
  method: Method,
  params: PageRequests[Method],
  operation = '',
): Promise<string | undefined> {
  const id = ++lastId;
  return new Promise((resolve, rejectWith) => {
    const reject = ({ name, message }: ErrorDescription) =>
      rejectWith(
        fromDescription(bag({ name, message: operation && name === 'InvalidAccessError' ? `${operation}: ${message}` : message })),
      );
    mapSet(pending, id, bag({ resolve, reject }));
    const detail = { __proto__: null, id, method, params };
    const event = new NativeCustomEvent(REQUEST, { __proto__: null, detail, cancelable: true } as CustomEventInit);
    if (!dispatchEvent(port, event)) return;
    // Nobody took it: what it carries cannot leave this world, such as a WebAssembly.Module.
    mapDelete(pending, id);
    rejectWith(domException('DataCloneError', `The data of '${method}' could not be cloned.`));
  });
}

let handedOver = 0;

/** Hands the isolated world an element, detached still, with a shadow tree or for one; returns its number there, from 1. */
export function handOver(element: Element): number {
  dispatchEvent(port, new NativeMouseEvent(FRAME, { __proto__: null, relatedTarget: element } as MouseEventInit));
  return ++handedOver;
}

/** Hands the port to scripts of the isolated world that come later (protocol/selected-frames.ts). */
export const handOverPortAgain = (): number => handOver(host);

/** Returns false where an event was cancelled. */
export const dispatchToPort = (event: Event): boolean => dispatchEvent(port, event);

export const addPortListener = (type: string, listener: (event: Event) => void): void => addEventListener(port, type, listener);

/** Lets the bridge stop the message that is being dispatched to this window. */
export function judgeMessage(): void {
  dispatchEvent(port, new NativeEvent(MESSAGE));
}

/** True where the document's permissions policy may deny something: where the bridge has anything at all to say about it. */
export function mayBeDenied(): boolean {
  return !dispatchEvent(port, new NativeCustomEvent(MAY_BE_DENIED, { __proto__: null, cancelable: true } as CustomEventInit));
}
