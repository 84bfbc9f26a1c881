/** Which page a document belongs to: the tab, and the document at its top. */

import type { Page } from '../../spec/fenced-frame-config';
import { BoundedMap } from '../../store/bounded-map';

/** How many documents' pages are remembered. */
const MAXIMUM_REMEMBERED = 1000;

interface Frame {
  readonly tabId: number;
  readonly frameId: number;
  /** The frame's document, where it is known which one. */
  readonly documentId?: string;
}

async function findPage({ tabId, frameId }: Frame): Promise<Page | null> {
  let frame = await chrome.webNavigation.getFrame({ tabId, frameId });
  while (frame && frame.parentFrameId >= 0) frame = await chrome.webNavigation.getFrame({ tabId, frameId: frame.parentFrameId });
  // A frame that was removed meanwhile was in the page that the tab shows.
  frame ??= await chrome.webNavigation.getFrame({ tabId, frameId: 0 });
  return frame ? { tabId, documentId: frame.documentId } : null;
}

export class Pages {
  /** By the documentId of a document in a frame. */
  readonly #known = new BoundedMap<string, Page>(MAXIMUM_REMEMBERED);

  /** At once where it is known; null where the tab has gone. */
  of(frame: Frame): Page | Promise<Page | null> {
    const { tabId, frameId, documentId } = frame;
    if (documentId === undefined) return findPage(frame);
    if (frameId === 0) return { tabId, documentId };
    const remember = (page: Page | null) => {
      if (page) this.#known.set(documentId, page);
      return page;
    };
    return this.#known.get(documentId) ?? findPage(frame).then(remember);
  }
}
