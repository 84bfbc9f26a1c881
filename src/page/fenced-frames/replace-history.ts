/**
 * What a document in a fenced frame does adds nothing to the history of the page around it: what would make an entry takes the place of the last one.
 * DEVIATION: a form that is sent by POST makes an entry, since nothing else can carry what it sends, and so does what a document of another origin begins.
 */

import { apply, bag, uncurryGetter, uncurryThis } from '../../webidl/primordials';
import { addEventListener, preventDefault, stopImmediatePropagation } from '../bridge/dom';
import { wrapMember } from './replace-member';

const { location, navigation } = globalThis;
const isCancelable = uncurryGetter(Event, 'cancelable');
const destinationOf = uncurryGetter(NavigateEvent, 'destination');
const downloadRequest = uncurryGetter(NavigateEvent, 'downloadRequest');
const formData = uncurryGetter(NavigateEvent, 'formData');
const navigationType = uncurryGetter(NavigateEvent, 'navigationType');
const urlOf = uncurryGetter(NavigationDestination, 'url');
const replaceState = History.prototype.replaceState;
const replaceLocation = uncurryThis(location.replace);

function replace(given: Event): void {
  const event = given as NavigateEvent;
  if (navigationType(event) !== 'push' || !isCancelable(event) || formData(event) || downloadRequest(event) !== null) return;
  stopImmediatePropagation(event);
  // That it went no further is no news for the document.
  addEventListener(navigation, 'navigateerror', stopImmediatePropagation, bag({ capture: true, once: true }));
  preventDefault(event);
  replaceLocation(location, urlOf(destinationOf(event)));
}

export function replaceHistory(): void {
  wrapMember(History.prototype, 'pushState', (_native, history, args) => apply(replaceState, history, args));
  addEventListener(navigation, 'navigate', replace);
}
