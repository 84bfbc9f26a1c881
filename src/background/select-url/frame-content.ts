/** What a frame shows for a URN of selectURL(), or for the URL or URN of a fenced frame's config. */

import { FENCED_FRAME, indexOf, markedURL, URN_IFRAME } from '../../protocol/url-marks';
import { isUrnUuid, type Page } from '../../spec/fenced-frame-config';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import type { FrameContent } from './frame-records';
import type { SelectedURLs } from './selected-urls';

/** selectURL() takes URLs of any scheme, and configs are made of any; a frame does not. */
function isAllowedInFrame(url: string): boolean {
  return url === 'about:blank' || (/^https?:/.test(url) && isOriginPotentiallyTrustworthy(new URL(url).origin));
}

export interface Shown {
  /** Where the frame goes. */
  readonly url: string;
  readonly content: FrameContent;
}

/** `given`: what the page put into the frame, or into the config of the fenced frame. Resolves once that is decided; to null where nothing is shown. */
export async function findContent(
  given: string,
  fenced: { readonly context: string | null } | undefined,
  page: Page,
  selectedURLs: SelectedURLs,
): Promise<Shown | null> {
  const isOpaque = isUrnUuid(given);
  const selected = isOpaque ? await selectedURLs.resolve(given, page) : { url: given, reportingMetadata: new Map<string, string>() };
  if (!selected || !isAllowedInFrame(selected.url)) return null;
  const { url, reportingMetadata } = selected;
  const content: FrameContent = {
    fenced: Boolean(fenced),
    urn: isOpaque ? given : null,
    origin: new URL(url).origin,
    context: fenced ? fenced.context : null,
    reportingMetadata: Object.fromEntries(reportingMetadata),
    topDocumentId: page.documentId,
    isNetworkRevoked: false,
  };
  return { url: markedURL(url, fenced ? FENCED_FRAME : URN_IFRAME, indexOf), content };
}
