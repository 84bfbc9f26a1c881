/**
 * The user's activation, as it is on one side of a fenced frame's border: what happens on the other side neither gives it nor uses it up.
 * https://wicg.github.io/fenced-frame/#ref-for-activation-notification
 *
 * The browser's own lets documents of one origin share it, whatever is between them, and it is spent where the browser itself opens windows.
 */

import { nativeFunction } from '../../webidl/interface';
import { bag, defineProperty, getOwnPropertyDescriptor, uncurryGetter, uncurryThis } from '../../webidl/primordials';
import { isTrusted } from './fence-event';

const { self } = globalThis;
const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
const { prototype } = UserActivation;
const own = uncurryGetter(Navigator.prototype, 'userActivation')(navigator);
const nativeIsActive = uncurryGetter(prototype, 'isActive');
const nativeHasBeenActive = uncurryGetter(prototype, 'hasBeenActive');
const now = uncurryThis(Performance.prototype.now);
const { performance } = globalThis;

/** Chromium's, in milliseconds. */
const LIFETIME = 5000;

/** https://html.spec.whatwg.org/multipage/interaction.html#activation-triggering-input-event */
const TRIGGERS = ['keydown', 'mousedown', 'pointerdown', 'pointerup', 'touchend'];

/** When the user was last active in this document, and when that was used up; null for never. */
let last: number | null = null;
let consumed: number | null = null;

/** Whether the browser may take an activation on the other side of the border for one of this document. */
let isShared = false;

const isRecent = (time: number | null): boolean => time !== null && now(performance) - time < LIFETIME;

/** "transient activation" */
export const isActive = (): boolean => !isRecent(consumed) && (isRecent(last) || (!isShared && nativeIsActive(own)));

/** "sticky activation" */
export const hasBeenActive = (): boolean => last !== null || (!isShared && nativeHasBeenActive(own));

/** "Consume user activation" */
export function consumeActivation(): void {
  if (!isActive()) return;
  if (last !== null) last = -LIFETIME;
  consumed = now(performance);
}

function replaceGetter(name: 'isActive' | 'hasBeenActive', read: () => boolean, native: (self: UserActivation) => boolean): void {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  const get = nativeFunction(`get ${name}`, 0, (object) => {
    // It throws for what is no UserActivation.
    const value = native(object as UserActivation);
    return object === own ? read() : value;
  });
  defineProperty(prototype, name, bag({ ...descriptor, get } as PropertyDescriptor));
}

function hasOwnOrigin(view: Window | null): boolean {
  try {
    return view?.location.origin === self.origin;
  } catch {
    // It has another one.
    return false;
  }
}

/** Of a document in a fenced frame, from now on. */
export function separateActivation(): void {
  isShared = hasOwnOrigin(self.top);
  const trigger = (event: Event) => {
    if (!isTrusted(event)) return;
    last = now(performance);
    consumed = null;
  };
  for (let index = 0; index < TRIGGERS.length; index++) addEventListener(self, TRIGGERS[index] as string, trigger, true);
  replaceGetter('isActive', isActive, nativeIsActive);
  replaceGetter('hasBeenActive', hasBeenActive, nativeHasBeenActive);
}
