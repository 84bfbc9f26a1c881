/** What more than one part of a page's scripts uses of the DOM, captured once. */

import { uncurryGetter, uncurryMethod } from '../../webidl/primordials';

export const { document, performance } = globalThis;
export const NativeEvent = Event;
/** Of the events that carry an element, the one that takes the browser the least to make. */
export const NativeSubmitEvent = SubmitEvent;

export const addEventListener = uncurryMethod(EventTarget, 'addEventListener');
export const dispatchEvent = uncurryMethod(EventTarget, 'dispatchEvent');
export const stopImmediatePropagation = uncurryMethod(Event, 'stopImmediatePropagation');
export const preventDefault = uncurryMethod(Event, 'preventDefault');
export const eventTarget = uncurryGetter(Event, 'target');
export const eventType = uncurryGetter(Event, 'type');
export const getAttribute = uncurryMethod(Element, 'getAttribute');
export const hasAttribute = uncurryMethod(Element, 'hasAttribute');
export const setAttribute = uncurryMethod(Element, 'setAttribute');
export const localName = uncurryGetter(Element, 'localName');
export const querySelectorAll = uncurryMethod(Element, 'querySelectorAll');
export const hasDocumentFocus = uncurryMethod(Document, 'hasFocus');
export const createElement = uncurryMethod(Document, 'createElement') as <T extends Element>(self: Document, name: string) => T;
export const nodeType = uncurryGetter(Node, 'nodeType');
export const parentNode = uncurryGetter(Node, 'parentNode');
export const getRootNode = uncurryMethod(Node, 'getRootNode');
export const ownerDocument = uncurryGetter(Node, 'ownerDocument');
export const iframeSrc = uncurryGetter(HTMLIFrameElement, 'src');
