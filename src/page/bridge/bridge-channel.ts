/** The page's end of the channel to the bridge (protocol/page-channel.ts says how it works). */

import type { ErrorDescription } from '../../protocol/envelope';
import {
  FRAME,
  handshakeOf,
  IS_CONTROLLED,
  MAY_BE_DENIED,
  MESSAGE,
  type PageRequests,
  type PageResponse,
  type PageScript,
  REQUEST,
  RESPONSE,
  WAKE,
} from '../../protocol/page-channel';
import { domException, fromDescription } from '../../webidl/exceptions';
import { bag, Map, mapDelete, mapGet, mapSet, Promise, uncurryGetter } from '../../webidl/primordials';
import { addEventListener, dispatchEvent, document, NativeEvent } from './dom';
import { attachPort, createHost, handOver as handOverTo } from './handed-over-port';

export const NativeCustomEvent = CustomEvent;
export const eventDetail = uncurryGetter(CustomEvent, 'detail');

interface Settle {
  resolve(value: string | undefined): void;
  reject(error: ErrorDescription): void;
}

const host = createHost();
// A page may hear of the handshake, where it had the window of the document before: whatever port it puts into the host comes too late.
export const ownPort = attachPort(host);
const pending = new Map<number, Settle>();
let lastId = 0;
/** What the bridge is to know of the document's end. */
let turned = '';
let port: EventTarget | null = null;

/** Hands the script's host to the bridge; must run before any page script does. */
export const connect = (script: PageScript): void => handOverTo(document, handshakeOf(script), host);

export const addHostListener = (type: string, listener: (event: Event) => void): void => addEventListener(host, type, listener);

/** The port, which the bridge opens when it is first used. */
function open(): EventTarget {
  if (port) return port;
  const isOpened = !dispatchEvent(host, new NativeEvent(WAKE, { __proto__: null, cancelable: true } as EventInit));
  // The orphan of a reloaded extension cannot open anything, and says so on the host.
  port = isOpened ? ownPort : host;
  addEventListener(port, RESPONSE, (event: Event) => {
    const { id, error, value } = eventDetail(event as CustomEvent) as PageResponse;
    const settle = mapGet(pending, id);
    if (!settle) return;
    mapDelete(pending, id);
    if (error) settle.reject(error);
    else settle.resolve(value);
  });
  if (turned) dispatchToPort(new NativeEvent(turned));
  return port;
}

/** Returns false where an event was cancelled. */
export const dispatchToPort = (event: Event): boolean => dispatchEvent(open(), event);

/** Says that the document goes away, is put away, or is there again, by the name of the event. */
export function turn(type: string): void {
  turned = type;
  if (port) dispatchToPort(new NativeEvent(type));
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
    if (!dispatchToPort(event)) return;
    // Nobody took it: what it carries cannot leave this world, such as a WebAssembly.Module.
    mapDelete(pending, id);
    rejectWith(domException('DataCloneError', `The data of '${method}' could not be cloned.`));
  });
}

let handedOver = 0;

/** Hands the isolated world an element, detached still, with a shadow tree or for one; returns its number there, from 1. */
export function handOver(element: HTMLElement): number {
  handOverTo(open(), FRAME, element);
  return ++handedOver;
}

/** Hands the port to scripts of the isolated world that come later (protocol/selected-frames.ts). */
export const handOverPortAgain = (): number => handOver(host);

export const addPortListener = (type: string, listener: (event: Event) => void): void => addEventListener(open(), type, listener);

/** Lets the bridge stop the message that is being dispatched to this window. */
export function judgeMessage(): void {
  dispatchToPort(new NativeEvent(MESSAGE));
}

/** Whether the bridge says yes. */
const ask = (type: string): boolean =>
  !dispatchToPort(new NativeCustomEvent(type, { __proto__: null, cancelable: true } as CustomEventInit));

/** True where the document's permissions policy may deny something: where the bridge has anything at all to say about it. */
export const mayBeDenied = (): boolean => ask(MAY_BE_DENIED);

/**
 * Whether the page has a service worker, which would see the mark of a request. To make Navigator's interface here takes longer than all else that
 * every page pays for.
 */
export const isControlled = (): boolean => ask(IS_CONTROLLED);
