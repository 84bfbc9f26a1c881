/** The page's end of a channel to an isolated world (protocol/page-channel.ts says how it works). */

import { PORT_ELEMENT } from '../../protocol/page-channel';
import { uncurryThis } from '../../webidl/primordials';
import { dispatchEvent } from './dom';

/** Of the events with a `relatedTarget`, the one that takes the browser the least to make. */
const NativeFocusEvent = FocusEvent;
const createElementNS = uncurryThis(Document.prototype.createElementNS) as (self: Document, namespace: string, name: string) => Element;
const attachShadow = uncurryThis(Element.prototype.attachShadow);
const { document } = globalThis;

/** Hands something to whoever listens on `target`; must run before any page script does, unless no page script can have the target. */
export function handOver(target: EventTarget, type: string, relatedTarget: EventTarget): void {
  dispatchEvent(target, new NativeFocusEvent(type, { __proto__: null, relatedTarget } as FocusEventInit));
}

export interface HandedOverPort {
  /** Events in a shadow tree never become `window.event`, which would show them to page code that runs while one is read. */
  readonly port: ShadowRoot;
  readonly host: Element;
}

/** The isolated world alone can open the host's shadow root: page scripts that get hold of the host have nothing. */
export function createPort(): HandedOverPort {
  const host = createElementNS(document, 'http://www.w3.org/1999/xhtml', PORT_ELEMENT);
  return { host, port: attachShadow(host, { __proto__: null, mode: 'closed' } as ShadowRootInit) };
}
