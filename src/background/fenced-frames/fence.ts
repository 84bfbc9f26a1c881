/** What documents in frames with opaque URLs ask for. Which frame they are in, and what it may, is the browser's word. */

import { isDocumentCut } from '../../injected/fenced-frames/network-cut';
import { isUserActive, nameOfFrame, openPopup, tellEmbedder } from '../../injected/fenced-frames/notify';
import { Refusal } from '../../protocol/envelope';
import type { Requests } from '../../protocol/messages';
import type { KeepAlive } from '../browser/keep-alive';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import type { Enclosing, FrameRecords } from '../select-url/frame-records';
import type { SelectedURLs } from '../select-url/selected-urls';
import type { NetworkCuts } from './network-cut';
import type { Reporting } from './reporting';

/** The caller's document. */
const documentOf = ({ tabId, documentId }: Caller) => ({ tabId, documentIds: [documentId] });

/** How long the response to a navigation of the top is waited for, in milliseconds. */
const LONGEST_NAVIGATION = 30_000;

/** Resolves to whether the top gets another document than that, and the frame does not get one before. */
async function isTopNavigated({ tabId, frameId }: Caller, topDocumentId: string, keepAlive: KeepAlive): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onCommitted = (committed: { readonly tabId: number; readonly frameId: number }) => {
    if (committed.tabId === tabId && (committed.frameId === 0 || committed.frameId === frameId)) resolve(committed.frameId === 0);
  };
  chrome.webNavigation.onCommitted.addListener(onCommitted);
  const timer = setTimeout(resolve, LONGEST_NAVIGATION, false);
  keepAlive.until(promise);
  const top = await chrome.webNavigation.getFrame({ tabId, frameId: 0 });
  if (top?.documentId !== topDocumentId) resolve(true);
  const isNavigated = await promise;
  clearTimeout(timer);
  chrome.webNavigation.onCommitted.removeListener(onCommitted);
  return isNavigated;
}

interface FenceServices {
  readonly frameRecords: FrameRecords;
  readonly keepAlive: KeepAlive;
  readonly networkCuts: NetworkCuts;
  readonly reporting: Reporting;
  readonly selectedURLs: SelectedURLs;
}

export class Fence {
  readonly #frameRecords: FrameRecords;
  readonly #keepAlive: KeepAlive;
  readonly #networkCuts: NetworkCuts;
  readonly #reporting: Reporting;
  readonly #selectedURLs: SelectedURLs;

  constructor({ frameRecords, keepAlive, networkCuts, reporting, selectedURLs }: FenceServices) {
    this.#frameRecords = frameRecords;
    this.#keepAlive = keepAlive;
    this.#networkCuts = networkCuts;
    this.#reporting = reporting;
    this.#selectedURLs = selectedURLs;
  }

  /**
   * `_unfencedTop` takes the tab to the URL, if a user's gesture is behind it; other targets open a new one. Without a gesture, that is the page's
   * affair: the browser lets it, or its user has allowed the page popups.
   */
  async leave(caller: Caller, { url, newTab, isActive: wasActive }: Requests['fence.leave']['params']): Promise<void> {
    const { tabId, frameId } = caller;
    const fenced = (await this.#frameRecords.enclosingContents(tabId, frameId)).find(({ content }) => content.fenced);
    if (!fenced || !/^(?:https?:|about:blank$)/.test(url) || (await this.#frameRecords.isWithoutNetwork(tabId, frameId))) return;
    const isActive = wasActive && (await runIn(documentOf(caller), isUserActive));
    if (!isActive && !newTab) return;
    await this.#chargeEnclosing(caller);
    if (isActive) await this.#reporting.reportNavigation(caller);
    if (!newTab) await chrome.tabs.update(tabId, { url });
    else if (isActive) await chrome.tabs.create({ url, openerTabId: tabId });
    else await runIn({ tabId, frameIds: [0] }, openPopup, url);
  }

  /** A document of an iframe is about to go whose user has been active in it: because it navigates the top, if that changes. */
  async unload(caller: Caller, isActive: boolean): Promise<void> {
    const { content } = await this.#enclosing(caller);
    if (!(await isTopNavigated(caller, content.topDocumentId, this.#keepAlive))) return;
    await this.#chargeEnclosing(caller);
    if (isActive) await this.#reporting.reportNavigation(caller);
  }

  /** Resolves once nothing in the fenced frame can reach the network any more, fenced frames in there included. */
  async disableNetwork(caller: Caller): Promise<void> {
    const { tabId } = caller;
    const { frameId, content } = await this.#enclosing(caller);
    if (!content.fenced) throw new Refusal('InvalidAccessError', "disableUntrustedNetwork() can only be called in a fenced frame's tree.");
    if (content.origin !== caller.origin)
      throw new Refusal('InvalidAccessError', "disableUntrustedNetwork() can only be called by the fenced frame's own origin.");
    // Nor may what is shown in a frame within it ask us to tell anybody anything.
    for (const id of await this.#networkCuts.cut(tabId, frameId)) {
      const inner = await this.#frameRecords.contentOf(tabId, id);
      if (inner) await this.#frameRecords.setContent(tabId, id, { ...inner, isNetworkRevoked: true });
    }
    this.#networkCuts.tell();
    // https://wicg.github.io/fenced-frame/#dom-fence-disableuntrustednetwork: what is in there may still be told.
    await this.#networkCuts.waitForFramesWithin(tabId, frameId, caller.documentId);
  }

  /** Whether the caller may read its origin's data: the frame has no network left to tell anybody. */
  async requireNoNetwork(caller: Caller): Promise<void> {
    const [nearest] = await this.#frameRecords.enclosingContents(caller.tabId, caller.frameId);
    if (!nearest?.content.fenced) throw new Refusal('OperationError', 'Cannot call get() outside of a fenced frame.');
    if (!nearest.content.isNetworkRevoked)
      throw new Refusal('OperationError', 'sharedStorage.get() is not allowed in a fenced frame until network access is disabled.');
    // A document that came later was not there to be cut off.
    const isCut = await runIn(documentOf(caller), isDocumentCut);
    if (!isCut || !(await this.#networkCuts.isCutOff(caller.tabId, nearest.frameId)))
      throw new Refusal('OperationError', 'sharedStorage.get() is not allowed in a fenced frame until network access is disabled.');
  }

  /** `fencedtreeclick` at the element, if the user has just clicked. */
  async notify(caller: Caller): Promise<void> {
    const { frameId, content } = await this.#enclosing(caller);
    if (!content.fenced) return;
    const frame = await chrome.webNavigation.getFrame({ tabId: caller.tabId, frameId });
    if (!frame) return;
    const { tabId } = caller;
    const name = await runIn({ tabId, frameIds: [frameId] }, nameOfFrame);
    if (name) await runIn({ tabId, frameIds: [frame.parentFrameId] }, tellEmbedder, name);
  }
  /** `sharedStorage.context` of worklets: for the documents in the frame that have the origin of what it shows. */
  async contextFor({ tabId, frameId, origin }: Caller): Promise<string | undefined> {
    for (const { content } of await this.#frameRecords.enclosingContents(tabId, frameId))
      if (content.fenced) return content.origin === origin && content.context !== null ? content.context : undefined;
    return undefined;
  }

  /** How many fenced frames the caller is in: selectURL() works in one, not in two. */
  async depthOf({ tabId, frameId }: Pick<Caller, 'tabId' | 'frameId'>): Promise<number> {
    return (await this.#frameRecords.enclosingContents(tabId, frameId)).filter(({ content }) => content.fenced).length;
  }

  async #enclosing(caller: Caller): Promise<Enclosing> {
    const [nearest] = await this.#frameRecords.enclosingContents(caller.tabId, caller.frameId);
    if (!nearest) throw new Refusal('NotAllowedError', 'This frame does not show an opaque URL.');
    return nearest;
  }

  async #chargeEnclosing({ tabId, frameId }: Caller): Promise<void> {
    const enclosing = await this.#frameRecords.enclosingContents(tabId, frameId);
    await this.#selectedURLs.chargeNavigation(enclosing.map(({ content }) => content.urn).filter((urn) => urn !== null));
  }
}
