/** "frame.show": a page has given a fenced frame its config. */

import { embedFencedFrame } from '../../injected/fenced-frames/embed';
import type { Requests } from '../../protocol/messages';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import { fencedFrames } from '../select-url/frame-records';

/** What lets the embedder's own `display` be read while ours is in force: see the style sheet that the service worker inserts. */
const STYLE_SHEET = 'fencedframe:has(> shared-storage-lab-frame:not([measure])) { display: contents !important; }';

/** The documents that have the style sheet; one that gets it twice looks no different. */
const styled = new Set<string>();

export async function showFencedFrame({ frame, url, context }: Requests['frame.show']['params'], caller: Caller): Promise<void> {
  const { tabId, documentId } = caller;
  const target = { tabId, documentIds: [documentId] };
  if (!styled.has(documentId)) {
    styled.add(documentId);
    await chrome.scripting.insertCSS({ target, origin: 'USER', css: STYLE_SHEET });
  }
  const urn = url === 'about:blank' ? '' : `urn:uuid:${crypto.randomUUID()}`;
  if (urn) await fencedFrames.set(urn, { url, context });
  await runIn(target, embedFencedFrame, frame, urn);
}
