/**
 * Frames that a page sends to `urn:uuid:…`. The browser knows no such URL, and the navigation fails: that is the event. The frame is then
 * taken to the URL that the URN stands for, which only this worker and the frame itself ever know.
 */

import { fillStoppedFrame } from '../../injected/select-url/navigate';
import { doPoliciesAllow, FRAME_SRC } from '../../spec/content-security-policy';
import { isUrnUuid } from '../../spec/fenced-frame-config';
import type { KeepAlive } from '../browser/keep-alive';
import { pageOf } from '../browser/pages';
import { runIn } from '../browser/run-in';
import { readEmbedderPolicies } from './embedder-policies';
import { findContent } from './frame-content';
import { type Failure, isWithoutNetwork, unfilledFrames } from './frame-records';
import { navigateFrame, navigateFramesWith } from './navigate';
import type { SelectedURLs } from './selected-urls';

const isBlockedByPolicy = ({ error }: Failure): boolean => error.includes('ERR_BLOCKED_BY_CSP');

/** The browser has checked a policy of the embedder against the URN. */
async function isAllowedByEmbedder(failure: Failure, url: string): Promise<boolean> {
  const { tabId, parentDocumentId } = failure;
  if (!isBlockedByPolicy(failure)) return true;
  // A frame that never got anywhere cannot be looked up.
  return parentDocumentId !== undefined && doPoliciesAllow(await readEmbedderPolicies(tabId, parentDocumentId), FRAME_SRC, url);
}

/** Whether a policy of ours has stopped the frame, for the isolated world of the document around it to lead it. */
async function isLedByEmbedder({ tabId, parentDocumentId, url }: Failure): Promise<boolean> {
  return parentDocumentId !== undefined && (await runIn({ tabId, documentIds: [parentDocumentId] }, fillStoppedFrame, url)) === true;
}

/** Takes the frame, whose navigation to a URN has come to nothing, where the URN stands for. */
export async function fill(failure: Failure, selectedURLs: SelectedURLs, beforeFilling: () => Promise<unknown>): Promise<void> {
  const { tabId, frameId, url: urn } = failure;
  if (isBlockedByPolicy(failure) && (await isLedByEmbedder(failure))) return;
  const page = await pageOf({ tabId, frameId: 0 });
  if (!page) return;
  // A frame without a network stays what it is.
  if (await isWithoutNetwork(tabId, frameId)) return;
  const [shown] = await Promise.all([findContent(urn, undefined, page, selectedURLs), beforeFilling()]);
  if (!shown || !(await isAllowedByEmbedder(failure, shown.url))) return;
  const destination = { ...shown, embedder: failure.parentDocumentId ?? '' };
  if (isBlockedByPolicy(failure)) await navigateFramesWith(urn, tabId, destination);
  else await navigateFrame(tabId, frameId, destination);
}

const keyOf = ({ tabId, frameId }: Failure): string => `${tabId} ${frameId}`;

/** `beforeFilling`: what must be done before a document gets into such a frame. */
export function listenToURNNavigations(selectedURLs: SelectedURLs, keepAlive: KeepAlive, beforeFilling: () => Promise<unknown>): void {
  const filter = { url: [{ urlPrefix: 'urn:uuid:' }] };
  const finish = async (failure: Failure) => {
    await fill(failure, selectedURLs, beforeFilling);
    await unfilledFrames.delete([keyOf(failure)]);
  };
  // The frame may be gone before it is filled.
  const fillNow = (failure: Failure) => keepAlive.until(finish(failure).catch((error: unknown) => console.debug('frame', error)));
  void unfilledFrames.entries().then(async (left) => {
    await unfilledFrames.delete(left.map(([key]) => key));
    for (const [, failure] of left) fillNow(failure);
  });
  chrome.webNavigation.onErrorOccurred.addListener(({ tabId, frameId, parentDocumentId, url, error }) => {
    if (!isUrnUuid(url)) return;
    const failure: Failure = { tabId, frameId, url, error, ...(parentDocumentId ? { parentDocumentId } : {}) };
    const kept = unfilledFrames.set(keyOf(failure), failure, { tabId, documentId: parentDocumentId ?? '' });
    kept.catch((error: unknown) => console.debug('frame', error));
    fillNow(failure);
  }, filter);
}
