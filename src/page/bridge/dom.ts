/** What more than one part of a page's scripts uses of the DOM, captured once. */

import { uncurryGetter, uncurryThis } from '../../webidl/primordials';

export const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
export const dispatchEvent = uncurryThis(EventTarget.prototype.dispatchEvent);
export const stopImmediatePropagation = uncurryThis(Event.prototype.stopImmediatePropagation);
export const preventDefault = uncurryThis(Event.prototype.preventDefault);
export const eventTarget = uncurryGetter(Event.prototype, 'target');
export const eventType = uncurryGetter(Event.prototype, 'type');
export const getAttribute = uncurryThis(Element.prototype.getAttribute);
export const hasAttribute = uncurryThis(Element.prototype.hasAttribute);
export const setAttribute = uncurryThis(Element.prototype.setAttribute);
export const localName = uncurryGetter(Element.prototype, 'localName');
export const querySelectorAll = uncurryThis(Element.prototype.querySelectorAll);
export const hasDocumentFocus = uncurryThis(Document.prototype.hasFocus);
export const createElement = uncurryThis(Document.prototype.createElement) as <T extends Element>(self: Document, name: string) => T;
export const nodeType = uncurryGetter(Node.prototype, 'nodeType');
export const parentNode = uncurryGetter(Node.prototype, 'parentNode');
export const getRootNode = uncurryThis(Node.prototype.getRootNode);
export const ownerDocument = uncurryGetter(Node.prototype, 'ownerDocument');
export const iframeSrc = uncurryGetter(HTMLIFrameElement.prototype, 'src');
