/** Navigations to a URN that the document in the frame hears of itself, by `navigate`: whoever begins them, they go no further. */

import { isUrnUuid } from '../../spec/fenced-frame-config';
import { askForURL, fillFrame } from './fill-frame';
import { iframeOf } from './find-frame';

/** That it went no further is no news for the page. */
function hideFailure(event: Event): void {
  event.stopImmediatePropagation();
}

export function watchNavigations(view: Window): void {
  const { navigation } = view;
  if (view.parent === view) return;
  navigation.addEventListener('navigate', (event) => {
    const { destination, navigationType } = event;
    if (event.defaultPrevented || !event.cancelable || !isUrnUuid(destination.url)) return;
    navigation.addEventListener('navigateerror', hideFailure, { capture: true, once: true });
    event.preventDefault();
    navigation.removeEventListener('navigateerror', hideFailure, true);
    const iframe = iframeOf(view);
    if (iframe) void fillFrame(iframe, destination.url, { replaces: navigationType === 'replace' });
    // The parent has another origin.
    else void askForURL(destination.url, true);
  });
}
