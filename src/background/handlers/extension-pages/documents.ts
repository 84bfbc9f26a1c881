/** The documents of a tab, as what asks the service worker for something: somebody looks at them, and nobody else asks. */

import { readFacts } from '../../../injected/permissions-policy/facts';
import { readIsSecureContext } from '../../../injected/secure-context';
import { decodeFacts } from '../../../protocol/document-facts';
import type { InspectedFrame } from '../../../protocol/extension-pages/inspected-page';
import { framesIn } from '../../browser/frames';
import { runIn } from '../../browser/run-in';
import { A_DOCUMENT, withinTime } from '../../browser/within-time';
import { type Caller, hasPossibleOrigin } from '../../requests/caller';

export interface InspectedDocument {
  readonly frame: InspectedFrame;
  /** `unreachable`: it does not say; `insecure`: none of our bridges is in it. */
  readonly caller: Caller | 'unreachable' | 'insecure';
}

/** A document that stands still never answers, in milliseconds. */
const LONGEST_ANSWER = 2000;

async function read(tabId: number, documentId: string) {
  const target = { tabId, documentIds: [documentId] };
  try {
    const read = Promise.all([runIn(target, readFacts), runIn(target, readIsSecureContext)]);
    const [facts, isSecure] = await withinTime(read, LONGEST_ANSWER, A_DOCUMENT);
    const decoded = decodeFacts(facts);
    return decoded && { facts: decoded, isSecure: isSecure === true };
  } catch {
    // It has gone, stands still, or is one that no extension may look into.
    return null;
  }
}

type Frame = Omit<InspectedFrame, 'origin'>;

async function inspect(tabId: number, { frameId, parentFrameId, documentId, url }: Frame): Promise<InspectedDocument> {
  const told = await read(tabId, documentId);
  const origin = told?.facts.documents[0]?.origin ?? URL.parse(url)?.origin ?? 'null';
  const frame = { frameId, parentFrameId, documentId, url, origin };
  if (!told) return { frame, caller: 'unreachable' };
  if (!told.isSecure || !hasPossibleOrigin(origin)) return { frame, caller: 'insecure' };
  return { frame, caller: { origin, documentId, tabId, frameId, facts: told.facts } };
}

/** The one at the top first; none where there is no such tab. */
export async function documentsOf(tabId: number): Promise<InspectedDocument[]> {
  const frames = await framesIn(tabId);
  const inOrder = frames.toSorted((a, b) => a.frameId - b.frameId);
  return Promise.all(inOrder.map((frame) => inspect(tabId, frame)));
}

/** The document in a frame; null where there is no such frame. */
export async function documentIn(tabId: number, frameId: number): Promise<InspectedDocument | null> {
  const frame = await chrome.webNavigation.getFrame({ tabId, frameId });
  return frame && inspect(tabId, { ...frame, frameId });
}
