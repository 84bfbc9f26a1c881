/**
 * What a URN stands for. https://wicg.github.io/fenced-frame/#fenced-frame-config-mapping
 * The mapping itself is in src/background/select-url/selected-urls.ts.
 */

import { isOriginPotentiallyTrustworthy } from './secure-contexts';

/** A URL that can be selected: with the URLs that events in its frame are reported to, by the events' types. */
export interface SelectableUrl {
  readonly url: string;
  /** https://wicg.github.io/shared-storage/#register-reporting-metadata */
  readonly reportingMetadata: readonly (readonly [eventType: string, url: string])[];
}

/** What a frame that is navigated to a URN loads, and what goes with it: a "fenced frame config" whose operation has finished. */
export interface SelectedURL {
  /** `urn:uuid:` and a random UUID. */
  readonly urn: string;
  /** "mapped url" */
  readonly url: string;
  /** Which of the URLs it is. */
  readonly index: number;
  /** The origin whose data decided it; its site is charged. */
  readonly dataOrigin: string;
  /** The data origin's site: scheme and registrable domain. */
  readonly site: string;
  /** The bits that a top-level navigation out of the frame reveals, at most. */
  readonly budgetBits: number;
  /** "reporting url map" of the destination `shared-storage-select-url`, empty where there is none. */
  readonly reportingMetadata: ReadonlyMap<string, string>;
  /** The first of the URLs that the page has named. */
  readonly defaultURL: string;
  /** The document that called selectURL(). */
  readonly documentId: string;
  /** Its origin. */
  readonly embedderOrigin: string;
}

/** A page: a tab, and the document at its top. */
export interface Page {
  readonly tabId: number;
  readonly documentId: string;
}

/** https://www.rfc-editor.org/rfc/rfc9562#section-4, in the form that URNs have here */
const URN = /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** https://wicg.github.io/fenced-frame/#urn-uuid */
export const isUrnUuid = (value: string): boolean => URN.test(value);

/** Whether a fenced frame may be taken to a URL; `url` is what a page wrote, and native Chromium takes no relative one. */
export function isValidFencedFrameURL(url: string): boolean {
  const parsed = URL.parse(url);
  if (!parsed) return false;
  // "If url's potentially-dangling-markup flag is set": a tag that somebody forgot to close must not carry away what comes after it.
  if (/[\t\n\r]/.test(url) && url.includes('<')) return false;
  const { protocol, href, origin } = parsed;
  return href === 'about:blank' || isUrnUuid(href) || (/^https?:$/.test(protocol) && isOriginPotentiallyTrustworthy(origin));
}
