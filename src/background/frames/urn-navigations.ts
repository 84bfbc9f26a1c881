/**
 * Frames that a page sends to `urn:uuid:…`. The browser knows no such URL, and the navigation fails: that is the event. The frame is then
 * taken to the URL that the URN stands for, which only this worker and the frame itself ever know.
 */

import { doPoliciesAllow, doPoliciesAllowAnything, FENCED_FRAME_SRC, FRAME_SRC } from '../../spec/content-security-policy';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import { keepServiceWorkerAlive } from '../keep-alive';
import { readEmbedderPolicies } from './embedder-policies';
import { registerFence } from './fence-script';
import { markedURL, navigateFrame, navigateFramesWith } from './navigate';
import type { OpaqueURLs, Page, SelectedURL } from './opaque-urls';
import { type FencedFrame, fencedFrames, setContent } from './store';

type Failure = Pick<
  chrome.webNavigation.WebNavigationFramedErrorCallbackDetails,
  'tabId' | 'frameId' | 'parentDocumentId' | 'url' | 'error'
>;

/** https://wicg.github.io/fenced-frame/#is-a-potentially-trustworthy-url, for what a config may be made of. */
function isAllowedInFencedFrame(url: string): boolean {
  return url === 'about:blank' || (/^https?:/.test(url) && isOriginPotentiallyTrustworthy(new URL(url).origin));
}

async function pageOf(tabId: number): Promise<Page | null> {
  const top = await chrome.webNavigation.getFrame({ tabId, frameId: 0 });
  return top && { tabId, documentId: top.documentId };
}

const isBlockedByPolicy = ({ error }: Failure): boolean => error.includes('ERR_BLOCKED_BY_CSP');

/** The browser has checked a policy of the embedder against the URN, or, for a fenced frame, has not been asked. */
async function isAllowedByEmbedder(failure: Failure, url: string, fenced: FencedFrame | undefined): Promise<boolean> {
  const { tabId, parentDocumentId } = failure;
  if (!fenced && !isBlockedByPolicy(failure)) return true;
  // A frame that never got anywhere cannot be looked up.
  if (!parentDocumentId) return false;
  const embedder = await readEmbedderPolicies(tabId, parentDocumentId);
  if (!fenced) return doPoliciesAllow(embedder, FRAME_SRC, url);
  const isOpaque = fenced.url.startsWith('urn:uuid:');
  return isOpaque ? doPoliciesAllowAnything(embedder, FENCED_FRAME_SRC) : doPoliciesAllow(embedder, FENCED_FRAME_SRC, url);
}

async function contentFor(fenced: FencedFrame | undefined, urn: string, page: Page, opaqueURLs: OpaqueURLs): Promise<SelectedURL | null> {
  const url = fenced?.url ?? urn;
  if (url.startsWith('urn:uuid:')) return opaqueURLs.resolve(url, page);
  return isAllowedInFencedFrame(url) ? { url, reportingMetadata: {} } : null;
}

async function fill(failure: Failure, opaqueURLs: OpaqueURLs): Promise<void> {
  const { tabId, frameId, url: urn } = failure;
  const page = await pageOf(tabId);
  if (!page) return;
  const fenced = await fencedFrames.get(urn);
  const [selected] = await Promise.all([contentFor(fenced, urn, page, opaqueURLs), registerFence()]);
  if (!selected || !(await isAllowedByEmbedder(failure, selected.url, fenced))) return;
  const { url, reportingMetadata } = selected;
  const given = fenced?.url ?? urn;
  await setContent(tabId, frameId, {
    fenced: Boolean(fenced),
    urn: given.startsWith('urn:uuid:') ? given : null,
    origin: new URL(url).origin,
    context: fenced ? fenced.context : null,
    reportingMetadata,
    topDocumentId: page.documentId,
    isNetworkRevoked: false,
  });
  const marked = markedURL(url, fenced ? 'ssfence' : 'ssurn');
  if (isBlockedByPolicy(failure) && failure.parentDocumentId) await navigateFramesWith(urn, tabId, failure.parentDocumentId, marked);
  else await navigateFrame(tabId, frameId, marked);
}

export function listenToURNNavigations(opaqueURLs: OpaqueURLs): void {
  const filter = { url: [{ urlPrefix: 'urn:uuid:' }] };
  chrome.webNavigation.onErrorOccurred.addListener((failure) => {
    // The frame may be gone before it is filled.
    keepServiceWorkerAlive(fill(failure, opaqueURLs).catch((error: unknown) => console.debug('frame', error)));
  }, filter);
}
