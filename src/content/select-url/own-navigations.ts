/** Navigations to a URN that the document in the frame hears of itself, by `navigate`: whoever begins them, they go no further. */

import { isUrnUuid } from '../../spec/fenced-frame-config';
import { askForURL, fillFrame } from './fill-frame';
import { iframeOf } from './find-frame';
import { sentBy } from './sent-form';

/** What leads a form of ours to where the URN does, which has taken the first one's place (src/background/select-url/selected-frames.ts). */
const isDetour = (url: string): boolean => /^https:\/\/[0-9a-f-]{36}\.invalid\/$/.test(url);

/** Before the page's own listeners, as far as these come later. `note`: told of each navigation whether it was stopped. */
export function watchNavigations(view: Window, note: (isStopped: boolean) => void): void {
  view.navigation.addEventListener('navigate', (event) => {
    const { destination, navigationType, formData, sourceElement } = event;
    if (isDetour(destination.url)) event.stopImmediatePropagation();
    const isStopped = !event.defaultPrevented && event.cancelable && isUrnUuid(destination.url);
    note(isStopped);
    if (!isStopped) return;
    event.preventDefault();
    // A URN leads nowhere but in a frame.
    if (view.parent === view) return;
    const iframe = iframeOf(view);
    const sent = formData && sourceElement ? { form: sentBy(sourceElement, formData) } : {};
    if (iframe) void fillFrame(iframe, destination.url, { replaces: navigationType === 'replace', ...sent });
    // The parent has another origin. In an object of the page's, a document is stopped, and stays.
    else if (view === window) void askForURL(destination.url, true);
  });
}
