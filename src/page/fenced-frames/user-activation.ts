/**
 * User activation within a fenced frame: what its user does elsewhere on the page activates nothing in there, and uses nothing up.
 * https://html.spec.whatwg.org/#tracking-user-activation
 */

import { uncurryGetter, uncurryMethod } from '../../webidl/primordials';
import { addEventListener, eventType, hasDocumentFocus } from '../bridge/dom';
import { isTrusted } from './fence-event';
import { replaceMember } from './replace-member';

const { document, navigator, performance, self } = globalThis;
const key = uncurryGetter(KeyboardEvent, 'key');
const pointerType = uncurryGetter(PointerEvent, 'pointerType');
const now = uncurryMethod(Performance, 'now');
const { prototype } = UserActivation;
const userActivation = navigator.userActivation;
const isNativelyActive = uncurryGetter(UserActivation, 'isActive');
const hasNativelyBeenActive = uncurryGetter(UserActivation, 'hasBeenActive');

/** "Transient activation duration", in milliseconds: Chromium's. */
const DURATION = 5000;

let last = Number.NEGATIVE_INFINITY;
let consumed = Number.NEGATIVE_INFINITY;

/** https://html.spec.whatwg.org/#activation-triggering-input-event */
function isTriggering(event: Event): boolean {
  const type = eventType(event);
  if (type === 'keydown') return key(event as KeyboardEvent) !== 'Escape';
  if (type === 'pointerdown') return pointerType(event as PointerEvent) === 'mouse';
  if (type === 'pointerup') return pointerType(event as PointerEvent) !== 'mouse';
  return true;
}

/**
 * By the browser's word, which counts what the user does anywhere on the page. What has been used up counts for nobody, though the browser does not
 * know of it.
 */
export const isNativelyActiveNow = (): boolean =>
  isNativelyActive(userActivation) && (last > consumed || now(performance) - consumed >= DURATION);

const isFocused = (): boolean => hasDocumentFocus(document);

/** What happens in the documents below is not heard of here, but the focus is there then. */
export function isActive(): boolean {
  const time = now(performance);
  if (last > consumed && time - last < DURATION) return true;
  return isNativelyActive(userActivation) && isFocused() && time - consumed >= DURATION;
}

export const hasBeenActive = (): boolean => last > 0 || (hasNativelyBeenActive(userActivation) && isFocused());

/** https://html.spec.whatwg.org/#consume-user-activation */
export function consumeUserActivation(): boolean {
  if (!isActive()) return false;
  consumed = now(performance);
  return true;
}

export function trackUserActivation(): void {
  const onEvent = (event: Event) => {
    if (isTrusted(event) && isTriggering(event)) last = now(performance);
  };
  const types = ['keydown', 'mousedown', 'pointerdown', 'pointerup', 'touchend'];
  for (let index = 0; index < types.length; index++) addEventListener(self, types[index] as string, onEvent, true);
  replaceMember(prototype, 'isActive', isActive);
  replaceMember(prototype, 'hasBeenActive', hasBeenActive);
}
