/** Frames around a document that keep fenced frames out of it, whatever the document itself says. */

import { type Surroundings as ReadSurroundings, readSurroundings } from '../../injected/fenced-frames/surroundings';
import { haveMandatoryFlags } from '../../spec/content-security-policy';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import type { FrameRecords } from '../select-url/frame-records';

const keywordsOf = (sandbox: string): string[] => sandbox.split(/[\t\n\f\r ]+/).filter(Boolean);

interface Surroundings {
  /** Whether all that are sandboxed have what a fenced frame takes: the browser itself says in the console where they have not. */
  areFlagsThere: boolean;
  /** https://w3c.github.io/webappsec-cspee/ */
  isPolicyRequired: boolean;
}

/** The frame `steps` above; null from a fenced frame on, where the page begins anew. */
async function frameAbove(
  frameRecords: FrameRecords,
  tabId: number,
  frameId: number,
  steps: number,
): Promise<{ id: number; documentId: string } | null> {
  let id = frameId;
  for (let step = 0; step < steps; step++) {
    const frame = (await frameRecords.contentOf(tabId, id))?.fenced ? null : await chrome.webNavigation.getFrame({ tabId, frameId: id });
    if (!frame) return null;
    id = frame.parentFrameId;
  }
  const frame = await chrome.webNavigation.getFrame({ tabId, frameId: id });
  return frame && { id, documentId: frame.documentId };
}

/** Asks the documents around the caller's, up to the page or to the fenced frame that they are in. */
export async function surroundingsOf({ tabId, frameId, documentId }: Caller, frameRecords: FrameRecords): Promise<Surroundings> {
  const found: Surroundings = { areFlagsThere: true, isPolicyRequired: false };
  let target = { tabId, documentIds: [documentId] };
  let asked = frameId;
  for (let position: number | null = null; ; ) {
    const read: ReadSurroundings | undefined = await runIn(target, readSurroundings, position);
    if (!read) return found;
    if (!read.sandboxes.map(keywordsOf).every(haveMandatoryFlags)) found.areFlagsThere = false;
    if (read.isPolicyRequired) found.isPolicyRequired = true;
    if (read.position === null) return found;
    ({ position } = read);
    const frame = await frameAbove(frameRecords, tabId, asked, read.steps + 1);
    if (!frame) return found;
    asked = frame.id;
    target = { tabId, documentIds: [frame.documentId] };
  }
}
