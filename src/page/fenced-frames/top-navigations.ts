/**
 * `top.location = url` in a fenced frame takes the frame itself there. Here `top` is the page's, which nobody can replace, and the browser refuses with
 * an exception that names the URL. Where no script catches that, what comes after it would not have been carried out natively either.
 * DEVIATION: what catches it sees it, and the frame stays.
 */

import { isInstance, stringIndexOf, stringSlice, uncurryGetter } from '../../webidl/primordials';
import { addEventListener, preventDefault, stopImmediatePropagation } from '../bridge/dom';

const { location, self } = globalThis;
const exceptionPrototype = DOMException.prototype;
const message = uncurryGetter(DOMException, 'message');
const thrown = uncurryGetter(ErrorEvent, 'error');
const rejected = uncurryGetter(PromiseRejectionEvent, 'reason');

const REFUSAL = "navigate the target frame to '";

/** A page that makes such an event itself could navigate its frame as well. */
function follow(event: Event, exception: unknown): void {
  const text = isInstance(exceptionPrototype, exception) ? message(exception as DOMException) : '';
  const begin = stringIndexOf(text, REFUSAL);
  if (begin < 0) return;
  preventDefault(event);
  stopImmediatePropagation(event);
  // It ends with an apostrophe and a full stop.
  location.href = stringSlice(text, begin + REFUSAL.length, -2);
}

export function followTopNavigations(): void {
  addEventListener(self, 'error', (event: Event) => follow(event, thrown(event as ErrorEvent)), true);
  addEventListener(self, 'unhandledrejection', (event: Event) => follow(event, rejected(event as PromiseRejectionEvent)));
}
