/** Takes a frame to a URL without a word to its embedder. */

import { leaveThroughPassage, navigateFromInitialDocument, sendThroughPassage } from '../../injected/select-url/navigate';
import { doPoliciesAllow, FRAME_SRC } from '../../spec/content-security-policy';
import type { Records } from '../../store/document-records';
import type { Documents } from '../browser/documents';
import { runIn } from '../browser/run-in';
import type { Sender } from '../requests/caller';
import type { Embedders } from './embedder-policies';
import type { FrameContent, FrameRecords } from './frame-records';

/** Where a frame is to be led. */
export interface Destination {
  readonly url: string;
  readonly content: FrameContent;
  /** The documentId of the embedder. */
  readonly embedder: string;
}

interface Passage extends Destination {
  readonly tabId: number;
  /** Null for whichever frame the embedder's isolated world sends through it. */
  readonly frameId: number | null;
}

/** How much later than it was answered a frame may ask for the way once more, where the answer got lost, in milliseconds. */
const LONGEST_ANSWER = 30_000;

export class FrameNavigations {
  readonly #passages: Records<Passage>;
  readonly #frameRecords: FrameRecords;
  readonly #embedders: Embedders;

  constructor(documents: Documents, frameRecords: FrameRecords, embedders: Embedders) {
    this.#passages = documents.records.of<Passage>('passage');
    this.#frameRecords = frameRecords;
    this.#embedders = embedders;
  }

  /** Names a passage: a page that sees the name in a frame of its own can go no way with it but the frame's. */
  async #prepare(passage: Passage): Promise<string> {
    const token = crypto.randomUUID();
    await this.#passages.set(token, passage, { tabId: passage.tabId, documentId: passage.embedder });
    return token;
  }

  /**
   * Where the passage is in a frame that it leads out of: resolves to the URL. The browser checks policies of the embedder there, and says
   * which URL they forbid: so they are looked at only now, when no document of the page in the frame hears of the rest.
   */
  async leadOutOfPassage({ tab, frameId }: Sender, token: string): Promise<string | undefined> {
    const passage = await this.#passages.get(token);
    if (!passage || frameId === undefined || tab?.id !== passage.tabId) return undefined;
    if (passage.frameId !== null && passage.frameId !== frameId) return undefined;
    const { url, content, tabId, embedder } = passage;
    await this.#frameRecords.setContent(tabId, frameId, content, embedder);
    // Where this worker is stopped by then, it goes with its document.
    setTimeout(() => void this.#passages.delete([token]), LONGEST_ANSWER);
    const { policies, reporting, self } = await this.#embedders.readPolicies(tabId, embedder);
    return doPoliciesAllow({ policies: [...policies, ...reporting], self }, FRAME_SRC, url) ? url : undefined;
  }

  /** The embedder's policy forbade the URN, and an error page that nobody can look into is in the frame. */
  async navigateFramesWith(urn: string, tabId: number, destination: Destination): Promise<void> {
    const target = { tabId, documentIds: [destination.embedder] };
    const token = await this.#prepare({ ...destination, tabId, frameId: null });
    await runIn(target, sendThroughPassage, urn, token);
  }

  /** Resolves once the frame is on its way. */
  async navigateFrame(tabId: number, frameId: number, destination: Destination): Promise<void> {
    const target = { tabId, frameIds: [frameId] };
    await this.#frameRecords.setContent(tabId, frameId, destination.content, destination.embedder);
    const isOnItsWay = await runIn(target, navigateFromInitialDocument, destination.url);
    if (isOnItsWay !== false) return;
    const token = await this.#prepare({ ...destination, tabId, frameId });
    await runIn(target, leaveThroughPassage, token);
  }
}
