/** What a frame shows for a URN of selectURL(), or for the URL or URN of a fenced frame's config. */

import { CROSS_SITE, DIRECTIVE, FENCED_FRAME, ISOLATED, indexOf, markedURL, SAME_SITE, URN_IFRAME } from '../../protocol/url-marks';
import { isUrnUuid, type Page } from '../../spec/fenced-frame-config';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import { siteOf } from '../../store/site';
import type { FrameContent } from './frame-records';
import type { SelectedURLs } from './selected-urls';

/** selectURL() takes URLs of any scheme, and configs are made of any; a frame does not. */
function isAllowedInFrame(url: string): boolean {
  return url === 'about:blank' || (/^https?:/.test(url) && isOriginPotentiallyTrustworthy(new URL(url).origin));
}

/** What a fenced frame has from its embedder. */
export interface Fenced {
  /** `FencedFrameConfig.setSharedStorageContext()` */
  readonly context: string | null;
  /** The embedder's origin, where its `Cross-Origin-Embedder-Policy` binds the frame's documents; null otherwise. */
  readonly embedder: string | null;
}

/** What such an embedder asks of the frame's documents. */
function isolationOf(embedder: string | null, origin: string): string {
  if (embedder === null) return '';
  if (embedder === origin) return ISOLATED;
  return ISOLATED + (siteOf(embedder) === siteOf(origin) ? SAME_SITE : CROSS_SITE);
}

export interface Shown {
  /** Where the frame goes. */
  readonly url: string;
  /** One that the page has named, whichever was selected. */
  readonly namedURL: string;
  readonly content: FrameContent;
}

/** `given`: what the page put into the frame, or into the config of the fenced frame. Resolves once that is decided; to null where nothing is shown. */
export async function findContent(
  given: string,
  fenced: Fenced | undefined,
  page: Page,
  selectedURLs: SelectedURLs,
): Promise<Shown | null> {
  const isOpaque = isUrnUuid(given);
  const selected = isOpaque
    ? await selectedURLs.resolve(given, page)
    : { url: given, defaultURL: given, reportingMetadata: new Map<string, string>(), embedderOrigin: '' };
  if (!selected || !isAllowedInFrame(selected.url)) return null;
  const { url, defaultURL: namedURL, reportingMetadata, embedderOrigin } = selected;
  const content: FrameContent = {
    fenced: Boolean(fenced),
    urn: isOpaque ? given : null,
    origin: new URL(url).origin,
    context: fenced ? fenced.context : null,
    reportingMetadata: Object.fromEntries(reportingMetadata),
    embedderOrigin,
    topDocumentId: page.documentId,
    isNetworkRevoked: false,
  };
  const mark = fenced ? `${isolationOf(fenced.embedder, content.origin)}${FENCED_FRAME}` : URN_IFRAME;
  return { url: markedURL(url.endsWith('#') ? url + DIRECTIVE : url, mark, indexOf), namedURL, content };
}
