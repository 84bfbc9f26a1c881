/** The page's end of a channel to an isolated world (protocol/page-channel.ts says how it works). */

import { PORT_ELEMENT } from '../../protocol/page-channel';
import { uncurryMethod } from '../../webidl/primordials';
import { dispatchEvent, document, NativeSubmitEvent } from './dom';

const createElementNS = uncurryMethod(Document, 'createElementNS') as (self: Document, namespace: string, name: string) => HTMLElement;
const attachShadow = uncurryMethod(Element, 'attachShadow');

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
