/** What documents in frames with opaque URLs ask for. Which frame they are in, and what it may, is the browser's word. */

import { isDocumentCut } from '../../injected/fenced-frames/network-cut';
import { isUserActive, nameOfFrame, tellEmbedder } from '../../injected/fenced-frames/notify';
import { Refusal } from '../../protocol/envelope';
import type { MarkedRequests } from '../browser/request-marks';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import { contentOf, enclosingContents, setContent } from '../select-url/frame-records';
import type { SelectedURLs } from '../select-url/selected-urls';
import { cutNetwork, isCutOff } from './network-cut';
import { documentOf, enclosing, Reports } from './reports';
import { SentForms } from './sent-forms';
import { WaysOut } from './ways-out';

export class Fence {
  readonly reports: Reports;
  readonly waysOut: WaysOut;

  constructor(selectedURLs: SelectedURLs, marks: MarkedRequests) {
    this.reports = new Reports(marks);
    this.waysOut = new WaysOut(selectedURLs, this.reports, new SentForms(marks));
  }

  /** The frame's content agrees to reports of documents of other origins. */
  async allowReports(caller: Caller): Promise<void> {
    const { frameId, content } = await enclosing(caller);
    // Nobody but the content itself can.
    if (frameId === caller.frameId && content.origin === caller.origin)
      await setContent(caller.tabId, frameId, { ...content, allowsReports: true });
  }

  /** Resolves once nothing in the fenced frame can reach the network any more. */
  async disableNetwork(caller: Caller): Promise<void> {
    const { tabId } = caller;
    const { frameId, content } = await enclosing(caller);
    if (!content.fenced) throw new Refusal('InvalidAccessError', "disableUntrustedNetwork() can only be called in a fenced frame's tree.");
    if (content.origin !== caller.origin)
      throw new Refusal('InvalidAccessError', "disableUntrustedNetwork() can only be called by the fenced frame's own origin.");
    // Nor may what is shown in a frame within it ask us to tell anybody anything.
    for (const id of await cutNetwork(tabId, frameId)) {
      const inner = await contentOf(tabId, id);
      if (inner) await setContent(tabId, id, { ...inner, isNetworkRevoked: true });
    }
  }

  /** Whether the caller may read its origin's data: the frame has no network left to tell anybody. */
  async requireNoNetwork(caller: Caller): Promise<void> {
    const [nearest] = await enclosingContents(caller.tabId, caller.frameId);
    if (!nearest?.content.fenced) throw new Refusal('OperationError', 'Cannot call get() outside of a fenced frame.');
    if (!nearest.content.isNetworkRevoked)
      throw new Refusal('OperationError', 'sharedStorage.get() is not allowed in a fenced frame until network access is disabled.');
    // A document that came later was not there to be cut off.
    const isCut = await runIn(documentOf(caller), isDocumentCut);
    if (!isCut || !(await isCutOff(caller.tabId, nearest.frameId)))
      throw new Refusal('OperationError', 'sharedStorage.get() is not allowed in a fenced frame until network access is disabled.');
  }

  /** `fencedtreeclick` at the element, if the user has just clicked. */
  async notify(caller: Caller): Promise<void> {
    const { frameId, content } = await enclosing(caller);
    if (!content.fenced || frameId !== caller.frameId || !(await runIn(documentOf(caller), isUserActive))) return;
    const frame = await chrome.webNavigation.getFrame({ tabId: caller.tabId, frameId });
    if (!frame) return;
    const { tabId } = caller;
    const name = await runIn({ tabId, frameIds: [frameId] }, nameOfFrame);
    if (name) await runIn({ tabId, frameIds: [frame.parentFrameId] }, tellEmbedder, name);
  }
}

/** `sharedStorage.context` of worklets: for the documents in the frame that have the origin of what it shows. */
export async function contextFor({ tabId, frameId, origin }: Caller): Promise<string | undefined> {
  for (const { content } of await enclosingContents(tabId, frameId))
    if (content.fenced) return content.origin === origin && content.context !== null ? content.context : undefined;
  return undefined;
}

/** How many fenced frames the caller is in: selectURL() works in one, not in two. */
export async function fencedFrameDepth({ tabId, frameId }: Pick<Caller, 'tabId' | 'frameId'>): Promise<number> {
  return (await enclosingContents(tabId, frameId)).filter(({ content }) => content.fenced).length;
}
