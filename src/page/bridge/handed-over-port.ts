/** The page's end of a channel to an isolated world (protocol/page-channel.ts says how it works). */

import { PORT_ELEMENT } from '../../protocol/page-channel';
import { uncurryThis } from '../../webidl/primordials';
import { dispatchEvent } from './dom';

/** Of the events that carry an element, the one that takes the browser the least to make. */
const NativeSubmitEvent = SubmitEvent;
const createElementNS = uncurryThis(Document.prototype.createElementNS) as (self: Document, namespace: string, name: string) => HTMLElement;
const attachShadow = uncurryThis(Element.prototype.attachShadow);
const { document } = globalThis;

/** Hands something to whoever listens on `target`; must run before any page script does, unless no page script can have the target. */
export function handOver(target: EventTarget, type: string, submitter: HTMLElement): void {
  dispatchEvent(target, new NativeSubmitEvent(type, { __proto__: null, submitter } as SubmitEventInit));
}

export const createHost = (): HTMLElement => createElementNS(document, 'http://www.w3.org/1999/xhtml', PORT_ELEMENT);

/**
 * The port in a host, which the isolated world alone can find there: page scripts that get hold of the host have nothing. Events in a shadow tree
 * never become `window.event`, which would show them to page code that runs while one is read.
 */
export const attachPort = (host: HTMLElement): ShadowRoot => attachShadow(host, { __proto__: null, mode: 'closed' } as ShadowRootInit);
