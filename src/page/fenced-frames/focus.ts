/** Nothing in a fenced frame takes the focus from what is outside without its user's doing. */

import { apply, getOwnPropertyDescriptor, isInstance, uncurryGetter, uncurryMethod } from '../../webidl/primordials';
import { addEventListener, eventTarget, hasAttribute, hasDocumentFocus, setAttribute } from '../bridge/dom';
import { replaceMember } from './replace-member';
import { consumeUserActivation, isActive } from './user-activation';

const { document, navigation, requestAnimationFrame, self } = globalThis;
const activeElement = uncurryGetter(Document, 'activeElement');
const documentElement = uncurryGetter(Document, 'documentElement');
const removeAttribute = uncurryMethod(Element, 'removeAttribute');
const blur = uncurryMethod(HTMLElement, 'blur');
const htmlElementPrototype = HTMLElement.prototype;
const hashChange = uncurryGetter(NavigateEvent, 'hashChange');

/** https://wicg.github.io/fenced-frame/#fenced-frame-focus-changes */
const mayTakeFocus = (): boolean => hasDocumentFocus(document) || consumeUserActivation();

function gate(target: object): void {
  const native = getOwnPropertyDescriptor(target, 'focus')?.value as ((...args: unknown[]) => unknown) | undefined;
  if (native) replaceMember(target, 'focus', (element, args) => (mayTakeFocus() ? apply(native, element, args) : undefined));
}

/** What a fragment, or an attribute, has given the focus loses it at once. */
function takeBack(): void {
  const element = activeElement(document);
  if (isInstance(htmlElementPrototype, element)) blur(element as HTMLElement);
}

export function keepFocusOut(): void {
  gate(htmlElementPrototype);
  gate(SVGElement.prototype);
  gate(self);
  addEventListener(navigation, 'navigate', (event: Event) => {
    if (!hashChange(event as NavigateEvent) || hasDocumentFocus(document) || consumeUserActivation()) return;
    const before = activeElement(document);
    const root = documentElement(document);
    const isHeld = root !== null && !hasAttribute(root, 'inert');
    // What the fragment gives the focus takes it from the page around; in an inert document it can have none.
    if (isHeld) setAttribute(root, 'inert', '');
    requestAnimationFrame(() => {
      if (isHeld) removeAttribute(root, 'inert');
      if (activeElement(document) !== before) takeBack();
    });
  });
  addEventListener(
    self,
    'focus',
    (event: Event) => {
      const target = eventTarget(event);
      if (isInstance(htmlElementPrototype, target) && hasAttribute(target as HTMLElement, 'autofocus') && !isActive()) takeBack();
    },
    true,
  );
}
