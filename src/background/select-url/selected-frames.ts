/**
 * Frames with a URN for their `src`, or that a page leads to a URN otherwise. Where a document can call selectURL(), scripts of ours see to it
 * that the browser, which knows no such URL, is not asked for it: they ask this worker, and their isolated world takes the frame there.
 */

import { doPoliciesAllow, FRAME_SRC } from '../../spec/content-security-policy';
import type { Pages } from '../browser/pages';
import { runFiles } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import type { Embedders } from './embedder-policies';
import type { ExpectedFrames } from './expected-frames';
import { findContent } from './frame-content';
import type { FrameRecords } from './frame-records';
import type { SelectedURLs } from './selected-urls';

/** A second time, it changes nothing. */
async function prepareFramesOf({ tabId, documentId }: Pick<Caller, 'tabId' | 'documentId'>): Promise<void> {
  try {
    await runFiles({ tabId, documentIds: [documentId] }, 'ISOLATED', 'src/content/selected-frames.iife.js');
  } catch (error) {
    // The document has gone.
    console.debug('frames', error);
  }
}

/** Documents whose frames are being prepared to show URNs: none of them may have one before. */
export class SelectedFrames {
  readonly #underWay = new Map<string, Promise<void>>();

  prepare(caller: Pick<Caller, 'tabId' | 'documentId'>): void {
    const { documentId } = caller;
    const prepared = prepareFramesOf(caller).finally(() => {
      if (this.#underWay.get(documentId) === prepared) this.#underWay.delete(documentId);
    });
    this.#underWay.set(documentId, prepared);
  }

  /** Resolves once the document's frames can show URNs. */
  async prepared({ documentId }: Pick<Caller, 'documentId'>): Promise<void> {
    await this.#underWay.get(documentId);
  }
}

/** What it takes to lead a frame. */
export interface LeadServices {
  readonly embedders: Embedders;
  readonly expectedFrames: ExpectedFrames;
  readonly frameRecords: FrameRecords;
  readonly pages: Pages;
  readonly selectedURLs: SelectedURLs;
  /** What must be done before a document gets into such a frame. */
  readonly beforeFilling: () => Promise<unknown>;
}

/** Resolves to where a frame in the document is to be led, or to null where it is to show nothing. */
export async function leadFrame(urn: string, caller: Caller, services: LeadServices): Promise<string | null> {
  const { beforeFilling, embedders, expectedFrames, frameRecords, pages, selectedURLs } = services;
  const { tabId, frameId, documentId } = caller;
  const page = await pages.of(caller);
  if (!page || (await frameRecords.isWithoutNetwork(tabId, frameId))) return null;
  const [shown, policies] = await Promise.all([
    findContent(urn, undefined, page, selectedURLs),
    embedders.readPolicies(tabId, documentId),
    beforeFilling(),
  ]);
  if (!shown || !doPoliciesAllow(policies, FRAME_SRC, shown.url)) return null;
  await expectedFrames.expect({ tabId, ...shown });
  // The operation may have taken longer than what was prepared is kept for nobody.
  await beforeFilling();
  return shown.url;
}
