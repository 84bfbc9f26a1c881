/** What is scrolled into view in a fenced frame scrolls nothing outside. */

import { apply, bag, getOwnPropertyDescriptor, uncurryGetterOf, uncurryMethod } from '../../webidl/primordials';
import { frameElementOf, isFencedFrame, parentOf } from './frame-kind';
import { type Native, wrapMember } from './replace-member';

const { self } = globalThis;
const elementPrototype = Element.prototype;
const parentElement = uncurryGetterOf(Node.prototype as Element, 'parentElement');
const nativeGetComputedStyle = getComputedStyle;
const getPropertyValue = uncurryMethod(CSSStyleDeclaration, 'getPropertyValue');
const scrollIntoView = getOwnPropertyDescriptor(elementPrototype, 'scrollIntoView')?.value as Native;

const VISIBLE = { __proto__: null, visible: 1, clip: 1 };

const scrolls = (element: Element): boolean => !(getPropertyValue(nativeGetComputedStyle(element), 'overflow-y') in VISIBLE);

/** What the argument means: https://drafts.csswg.org/cssom-view/#dom-element-scrollintoview */
function optionsOf(arg: unknown): object {
  if (typeof arg === 'object' && arg !== null) return arg;
  return bag({ block: arg === undefined || arg ? 'start' : 'end', inline: 'nearest' });
}

/** The nearest box above that scrolls; that of the whole document is none of these. */
function scrollerAbove(element: Element): Element | null {
  for (let box = parentElement(element); box; box = parentElement(box)) {
    const around = parentElement(box);
    if (!around || !parentElement(around)) return null;
    if (scrolls(box)) return box;
  }
  return null;
}

/** Box by box, up to the document of the fenced frame. */
function scrollWithin(element: Element, options: object): void {
  let view: object = self;
  for (let box: Element | null = element; box; ) {
    apply(scrollIntoView, box, [bag({ ...options, container: 'nearest' })]);
    box = scrollerAbove(box);
    if (box || isFencedFrame(view)) continue;
    // What is of another origin is scrolled no further.
    box = frameElementOf(view);
    view = parentOf(view);
  }
}

export function keepScrollingWithin(): void {
  wrapMember(elementPrototype, 'scrollIntoView', (_native, element, args) => {
    scrollWithin(element as Element, optionsOf(args[0]));
  });
  wrapMember(elementPrototype, 'scrollIntoViewIfNeeded', (_native, element, args) => {
    scrollWithin(element as Element, bag({ block: args[0] === false ? 'nearest' : 'center', inline: 'nearest' }));
  });
}
