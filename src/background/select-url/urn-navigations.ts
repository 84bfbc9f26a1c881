/**
 * Frames that a page sends to `urn:uuid:…`. The browser knows no such URL, and the navigation fails: that is the event. The frame is then
 * taken to the URL that the URN stands for, which only this worker and the frame itself ever know.
 */

import { fillStoppedFrame } from '../../injected/select-url/navigate';
import { doPoliciesAllow, FRAME_SRC } from '../../spec/content-security-policy';
import { isUrnUuid } from '../../spec/fenced-frame-config';
import type { Records } from '../../store/document-records';
import type { Documents } from '../browser/documents';
import type { KeepAlive } from '../browser/keep-alive';
import type { Pages } from '../browser/pages';
import { runIn } from '../browser/run-in';
import type { Embedders } from './embedder-policies';
import { findContent } from './frame-content';
import type { FrameRecords } from './frame-records';
import type { FrameNavigations } from './navigate';
import type { SelectedURLs } from './selected-urls';

/** A navigation to an opaque URL, which the browser does not know. */
type Failure = Pick<
  chrome.webNavigation.WebNavigationFramedErrorCallbackDetails,
  'tabId' | 'frameId' | 'parentDocumentId' | 'url' | 'error'
>;

const isBlockedByPolicy = ({ error }: Failure): boolean => error.includes('ERR_BLOCKED_BY_CSP');

/** Whether a policy of ours has stopped the frame, for the isolated world of the document around it to lead it. */
async function isLedByEmbedder({ tabId, parentDocumentId, url }: Failure): Promise<boolean> {
  return parentDocumentId !== undefined && (await runIn({ tabId, documentIds: [parentDocumentId] }, fillStoppedFrame, url)) === true;
}

const keyOf = ({ tabId, frameId }: Failure): string => `${tabId} ${frameId}`;

interface Services {
  readonly documents: Documents;
  readonly embedders: Embedders;
  readonly frameNavigations: FrameNavigations;
  readonly frameRecords: FrameRecords;
  readonly keepAlive: KeepAlive;
  readonly pages: Pages;
  readonly selectedURLs: SelectedURLs;
  /** What must be done before a document gets into such a frame. */
  readonly beforeFilling: () => Promise<unknown>;
}

export class URNNavigations {
  readonly #services: Services;
  /** The frames that are being filled, by tab and frame: a worker that is stopped meanwhile leaves them to the next one. */
  readonly #unfilled: Records<Failure>;

  constructor(services: Services) {
    this.#services = services;
    this.#unfilled = services.documents.records.of<Failure>('unfilled frame');
  }

  /** Takes the frame, whose navigation to a URN has come to nothing, where the URN stands for. */
  async fill(failure: Failure): Promise<void> {
    const { beforeFilling, frameNavigations, frameRecords, pages, selectedURLs } = this.#services;
    const { tabId, frameId, url: urn } = failure;
    if (isBlockedByPolicy(failure) && (await isLedByEmbedder(failure))) return;
    const page = await pages.of({ tabId, frameId: 0 });
    if (!page) return;
    // A frame without a network stays what it is.
    if (await frameRecords.isWithoutNetwork(tabId, frameId)) return;
    const [shown] = await Promise.all([findContent(urn, undefined, page, selectedURLs), beforeFilling()]);
    if (!shown || !(await this.#isAllowedByEmbedder(failure, shown.url))) return;
    const destination = { ...shown, embedder: failure.parentDocumentId ?? '' };
    if (isBlockedByPolicy(failure)) await frameNavigations.navigateFramesWith(urn, tabId, destination);
    else await frameNavigations.navigateFrame(tabId, frameId, destination);
  }

  /** The browser has checked a policy of the embedder against the URN. */
  async #isAllowedByEmbedder(failure: Failure, url: string): Promise<boolean> {
    const { tabId, parentDocumentId } = failure;
    if (!isBlockedByPolicy(failure)) return true;
    // A frame that never got anywhere cannot be looked up.
    if (parentDocumentId === undefined) return false;
    return doPoliciesAllow(await this.#services.embedders.readPolicies(tabId, parentDocumentId), FRAME_SRC, url);
  }

  listen(): void {
    const filter = { url: [{ urlPrefix: 'urn:uuid:' }] };
    void this.#unfilled.entries().then(async (left) => {
      await this.#unfilled.delete(left.map(([key]) => key));
      for (const [, failure] of left) this.#fillNow(failure);
    });
    chrome.webNavigation.onErrorOccurred.addListener(({ tabId, frameId, parentDocumentId, url, error }) => {
      if (!isUrnUuid(url)) return;
      const failure: Failure = { tabId, frameId, url, error, ...(parentDocumentId ? { parentDocumentId } : {}) };
      const kept = this.#unfilled.set(keyOf(failure), failure, { tabId, documentId: parentDocumentId ?? '' });
      kept.catch((error: unknown) => console.debug('frame', error));
      this.#fillNow(failure);
    }, filter);
  }

  #fillNow(failure: Failure): void {
    const finish = async () => {
      await this.fill(failure);
      await this.#unfilled.delete([keyOf(failure)]);
    };
    // The frame may be gone before it is filled.
    this.#services.keepAlive.until(finish().catch((error: unknown) => console.debug('frame', error)));
  }
}
