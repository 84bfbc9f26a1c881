/** Navigations to a URN that the document in the frame hears of itself, by `navigate`: whoever begins them, they go no further. */

import { isUrnUuid } from '../../spec/fenced-frame-config';
import { askForURL, fillFrame } from './fill-frame';
import { iframeOf } from './find-frame';
import { sentBy } from './sent-form';

/** That it went no further is no news for the page. */
function hideFailure(event: Event): void {
  event.stopImmediatePropagation();
}

/** What leads a form of ours to where the URN does, which has taken the first one's place (src/background/select-url/selected-frames.ts). */
const isDetour = (url: string): boolean => /^https:\/\/[0-9a-f-]{36}\.invalid\/$/.test(url);

export function watchNavigations(view: Window): void {
  const { navigation } = view;
  navigation.addEventListener('navigate', (event) => {
    const { destination, navigationType, formData, sourceElement } = event;
    if (isDetour(destination.url)) event.stopImmediatePropagation();
    if (event.defaultPrevented || !event.cancelable || !isUrnUuid(destination.url)) return;
    navigation.addEventListener('navigateerror', hideFailure, { capture: true, once: true });
    event.preventDefault();
    navigation.removeEventListener('navigateerror', hideFailure, true);
    // A URN leads nowhere but in a frame.
    if (view.parent === view) return;
    const iframe = iframeOf(view);
    const sent = formData && sourceElement ? { form: sentBy(sourceElement, formData) } : {};
    if (iframe) void fillFrame(iframe, destination.url, { replaces: navigationType === 'replace', ...sent });
    // The parent has another origin. In an object of the page's, a document is stopped, and stays.
    else if (view === window) void askForURL(destination.url, true);
  });
}
