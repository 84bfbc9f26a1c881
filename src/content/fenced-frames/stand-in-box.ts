/**
 * What makes the box of an ordinary element, the stand-in, that of a replaced one, which a `<fencedframe>` is: stand-in.css says what each
 * word does. https://drafts.csswg.org/css-sizing/#intrinsic-sizes
 */

/** In the flat tree. */
function parentOf(element: Element): Element | null {
  const parent = element.assignedSlot ?? element.parentNode;
  if (parent instanceof ShadowRoot) return parent.host;
  const shadow = parent instanceof HTMLElement && parent === element.parentNode ? chrome.dom.openOrClosedShadowRoot(parent) : null;
  const slots = shadow ? [...shadow.querySelectorAll('slot')] : [];
  return slots.find((slot) => slot.assignedNodes().includes(element)) ?? (parent instanceof Element ? parent : null);
}

/** The style of the box that contains the element's. */
function containerOf(element: Element): CSSStyleDeclaration | null {
  for (let parent = parentOf(element); parent; parent = parentOf(parent)) {
    const style = getComputedStyle(parent);
    if (style.display !== 'contents') return style;
  }
  return null;
}

/** Alignment that stretches every element but replaced ones. */
function isNormal(own: string, ofContainer: string): boolean {
  const value = own === 'auto' ? ofContainer : own;
  return value === 'normal' || value.startsWith('legacy');
}

/** `display` is what the page says of the element's, and the style sheet overrules; empty where the page says nothing. */
export function boxOf(frame: Element, display: string): string {
  const style = getComputedStyle(frame);
  const container = containerOf(frame);
  const isPositioned = style.position === 'absolute' || style.position === 'fixed';
  const isIn = (layout: string) => !isPositioned && container?.display.includes(layout) === true;
  const isInGrid = isIn('grid');
  const isJustified = isInGrid && !isNormal(style.justifySelf, container?.justifyItems ?? '');
  const isAligned = isInGrid && !isNormal(style.alignSelf, container?.alignItems ?? '');
  const hasRatio = style.aspectRatio !== 'auto';
  // A replaced element has no minimum of its own that a ratio would have to respect.
  const isWithoutMinimum = (minimum: string) => hasRatio && (minimum === 'auto' || minimum === '0px');
  // An ordinary block would fill what contains it; with a ratio, its length follows from its breadth.
  const isBlock = display ? !/^(?:inline|ruby)/.test(display) : isPositioned || isInGrid;
  const fills = isBlock && !isIn('flex') && !isJustified && !(hasRatio && style.blockSize !== 'auto');
  const isStretched = hasRatio && style.inlineSize === 'auto' && style.blockSize === 'auto' && !isPositioned && !isIn('flex') && !isInGrid;
  const words: [string, boolean][] = [
    ['block', display !== '' && isBlock],
    ['inline-size', fills && style.inlineSize === 'auto' && !isStretched],
    // With a ratio, and without any size, it is as wide as there is room.
    ['stretch', isStretched],
    ['block-size', isPositioned && style.blockSize === 'auto' && !hasRatio],
    ['min-inline-size', isWithoutMinimum(style.minInlineSize)],
    ['min-block-size', isWithoutMinimum(style.minBlockSize)],
    ['justify-self', isInGrid && !isJustified],
    ['align-self', isInGrid && !isAligned],
  ];
  return words.flatMap(([word, isSo]) => (isSo ? [word] : [])).join(' ');
}
