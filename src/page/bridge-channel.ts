/** The page's end of the channel to the bridge (protocol/page-channel.ts says how it works). */

import { HANDSHAKE, type PageRequests, type PageResponse, REQUEST, RESPONSE } from '../protocol/page-channel';
import { fromDescription } from '../webidl/exceptions';
import { Map, mapDelete, mapGet, mapSet, Promise, uncurryGetter, uncurryThis } from '../webidl/primordials';

const NativeCustomEvent = CustomEvent;
const NativeMouseEvent = MouseEvent;
const dispatchEvent = uncurryThis(EventTarget.prototype.dispatchEvent);
const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
const eventDetail = uncurryGetter(CustomEvent.prototype, 'detail');
const createElement = uncurryThis(Document.prototype.createElement) as (self: Document, name: string) => Element;
const { document } = globalThis;

interface Settle {
  resolve(value: undefined): void;
  reject(reason: unknown): void;
}

const port = createElement(document, 'i');
const pending = new Map<number, Settle>();
let lastId = 0;

/** Hands the port to the bridge; must run before any page script does. */
export function connect(): void {
  addEventListener(port, RESPONSE, (event: Event) => {
    const { id, error } = eventDetail(event as CustomEvent) as PageResponse;
    const settle = mapGet(pending, id);
    if (!settle) return;
    mapDelete(pending, id);
    if (error) settle.reject(fromDescription(error));
    else settle.resolve(undefined);
  });
  dispatchEvent(document, new NativeMouseEvent(HANDSHAKE, { __proto__: null, relatedTarget: port } as MouseEventInit));
}

/**
 * Sends a request before it returns, so that it outlives a navigation or removal of the frame that follows at once.
 * The promise resolves to undefined, or rejects with the exception that the answer describes.
 */
export function request<Method extends keyof PageRequests>(method: Method, params: PageRequests[Method]): Promise<undefined> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    mapSet(pending, id, { __proto__: null, resolve, reject } as Settle);
    const detail = { __proto__: null, id, method, params };
    dispatchEvent(port, new NativeCustomEvent(REQUEST, { __proto__: null, detail } as CustomEventInit));
  });
}
