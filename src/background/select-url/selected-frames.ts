/**
 * Frames with a URN for their `src`, or that a page leads to a URN otherwise. Where a document can call selectURL(), scripts of ours see to it
 * that the browser, which knows no such URL, is not asked for it: they ask this worker, and their isolated world takes the frame there.
 */

import { doPoliciesAllow, FORM_ACTION, FRAME_SRC } from '../../spec/content-security-policy';
import type { KeepAlive } from '../browser/keep-alive';
import type { Pages } from '../browser/pages';
import type { MarkedRequests } from '../browser/request-marks';
import { runFiles } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import type { Embedder, Embedders } from './embedder-policies';
import type { ExpectedFrames } from './expected-frames';
import { findContent, type Shown } from './frame-content';
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
  readonly keepAlive: KeepAlive;
  readonly marks: MarkedRequests;
  readonly pages: Pages;
  readonly selectedURLs: SelectedURLs;
  /** What must be done before a document gets into such a frame. */
  readonly beforeFilling: () => Promise<unknown>;
}

/** How long a form may take to be sent, in milliseconds. */
const LONGEST_SENDING = 30_000;

/**
 * A URL that leads to the one to be shown, with what a form sends: the form is in the page's document, where scripts of the page may see what it is
 * sent to. The browser asks nobody for it, and changes neither the method nor the referrer. Null where a policy of the page forbids the form.
 */
async function makeDetour(tabId: number, { url, namedURL }: Shown, policies: Embedder, services: LeadServices): Promise<string | null> {
  const { keepAlive, marks } = services;
  const isAllowed = (one: string) => [FRAME_SRC, FORM_ACTION].every((directives) => doPoliciesAllow(policies, directives, one));
  const token = crypto.randomUUID();
  const { origin, pathname } = new URL(namedURL);
  // The first has no service worker; the second, which says nothing of what was selected, is allowed where hosts are listed.
  const detour = [`https://${token}.invalid/`, `${origin}${pathname}?${token}`].find(isAllowed);
  if (!detour || !isAllowed(url)) return null;
  const end = await marks.redirect(tabId, token, url);
  keepAlive.until(new Promise((resolve) => setTimeout(resolve, LONGEST_SENDING)).then(end));
  return detour;
}

/** Resolves to where a frame in the document is to be led, or to null where it is to show nothing. `isSent`: by a form, with what that sends. */
export async function leadFrame(urn: string, isSent: boolean, caller: Caller, services: LeadServices): Promise<string | null> {
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
  const url = isSent ? await makeDetour(tabId, shown, policies, services) : shown.url;
  if (url === null) return null;
  await expectedFrames.expect({ tabId, ...shown, url });
  // The operation may have taken longer than what was prepared is kept for nobody.
  await beforeFilling();
  return url;
}
