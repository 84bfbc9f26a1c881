/** Takes a frame to a URL that no script of the page may learn. */

import { temporaryName } from '../../protocol/selected-frames';
import { type SentForm, sendForm } from './sent-form';
import { NOWHERE } from './silent-change';
import { insteadOfLoad } from './silent-load';

/** How the frame goes there. */
export interface Manner {
  /** Whether it takes the place of the last entry of the history, which is on behalf of this navigation already. */
  readonly replaces?: boolean;
  /** Of the request; where there is none, the iframe's counts. */
  readonly referrerPolicy?: string;
  /** The name by which somebody has found it. */
  readonly target?: string;
  /** What is sent. */
  readonly form?: SentForm;
}

/** Whether scripts of the page could hear of navigations of the frame: an initial empty document has no `navigate` events. */
export const isOverheard = ({ location, navigation }: Window): boolean =>
  location.href !== 'about:blank' || navigation.currentEntry !== null;

/** What becomes of a referrer policy where nothing is same-origin: the request is made for a URN. */
const ACROSS_ORIGINS: Readonly<Record<string, ReferrerPolicy>> = {
  '': 'strict-origin',
  'same-origin': 'no-referrer',
  'origin-when-cross-origin': 'origin',
  'strict-origin-when-cross-origin': 'strict-origin',
};

/** Calls `go` with a name that leads to the frame, and to no other. */
function underName(view: Window, go: (name: string) => void): void {
  const { name } = view;
  view.name = temporaryName(name);
  go(view.name);
  view.name = name;
}

/** As the browser goes to the `src`: from the document that the iframe is in, with its referrer and the referrer policy of the iframe. */
function followLink(iframe: HTMLIFrameElement, view: Window, url: string, { referrerPolicy }: Manner): void {
  const link = iframe.ownerDocument.createElement('a');
  link.href = url;
  const policy = referrerPolicy || iframe.referrerPolicy || '';
  link.referrerPolicy = (link.origin === origin && ACROSS_ORIGINS[policy]) || policy;
  underName(view, (name) => {
    link.target = name;
    link.click();
  });
}

/** Leaves the document of the page that is in the frame, for one that no script of the page can look into, and resolves when that is there. */
function leaveDocument(iframe: HTMLIFrameElement, { location }: Window, { replaces }: Manner): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  insteadOfLoad(iframe, resolve);
  if (replaces) location.replace(NOWHERE);
  else location.assign(NOWHERE);
  return promise;
}

/** `isCancelled`: whether the frame has been sent elsewhere meanwhile. */
export async function navigate(iframe: HTMLIFrameElement, url: string, manner: Manner, isCancelled: () => boolean): Promise<void> {
  const view = iframe.contentWindow;
  if (!view) return;
  const { form } = manner;
  if (form) {
    if (iframe.contentDocument) underName(view, (name) => sendForm(form, url, name));
    else sendForm(form, url, manner.target ?? '');
    return;
  }
  if (!iframe.contentDocument) {
    if (manner.replaces) view.location.replace(url);
    else view.location.href = url;
    return;
  }
  if (!isOverheard(view)) {
    followLink(iframe, view, url, manner);
    return;
  }
  await leaveDocument(iframe, view, manner);
  if (iframe.contentWindow === view && !iframe.contentDocument && !isCancelled()) view.location.replace(url);
}
