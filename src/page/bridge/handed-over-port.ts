/** The page's end of a channel to an isolated world (protocol/page-channel.ts says how it works). */

import { PORT_ELEMENT } from '../../protocol/page-channel';
import { uncurryThis } from '../../webidl/primordials';
import { dispatchEvent } from './dom';

const NativeMouseEvent = MouseEvent;
const createElementNS = uncurryThis(Document.prototype.createElementNS) as (self: Document, namespace: string, name: string) => Element;
const attachShadow = uncurryThis(Element.prototype.attachShadow);
const { document } = globalThis;

export interface HandedOverPort {
  /** Events in a shadow tree never become `window.event`, which would show them to page code that runs while one is read. */
  readonly port: ShadowRoot;
  readonly host: Element;
  /** Hands the port to the isolated world; must run before any page script does. */
  handOver(handshake: string): void;
}

/** The isolated world alone can open the host's shadow root: page scripts that get hold of the host have nothing. */
export function createPort(): HandedOverPort {
  const host = createElementNS(document, 'http://www.w3.org/1999/xhtml', PORT_ELEMENT);
  const port = attachShadow(host, { __proto__: null, mode: 'closed' } as ShadowRootInit);
  const handOver = (handshake: string) => {
    dispatchEvent(document, new NativeMouseEvent(handshake, { __proto__: null, relatedTarget: host } as MouseEventInit));
  };
  return { port, host, handOver };
}
