/**
 * Whether documents and frames are there still. webNavigation does not know those in the back/forward cache, nor, when their page is back, those
 * in its frames, which a script still finds. While the page is in that cache a script is no help: for the document at the top, the browser runs it
 * in the one that is shown in its place.
 */

import { isThere } from '../../injected/presence';
import { DocumentRecords, type Owner } from '../../store/document-records';
import { runInAll } from './run-in';
import { clearOncePerSession } from './session';
import { A_DOCUMENT, withinTime } from './within-time';

/** How long Chromium keeps a page in the back/forward cache, in milliseconds. */
const LONGEST_IN_CACHE = 600_000;

/** How long a document may stand still, in milliseconds; one that answers later is there. */
const LONGEST_ANSWER = 1000;

/** False where the browser says, in these words, that there is no such document or frame: it says other things of one that it may not look into. */
async function answers(target: chrome.scripting.InjectionTarget, documentId?: string): Promise<boolean> {
  try {
    const [answer] = await withinTime(runInAll(target, isThere), LONGEST_ANSWER, A_DOCUMENT);
    return documentId === undefined || answer?.documentId === documentId;
  } catch (error) {
    return !(error instanceof Error && /^No (document|frame|tab) with id/i.test(error.message));
  }
}

const isKnown = async (documentId: string): Promise<boolean> =>
  Boolean(await chrome.webNavigation.getFrame({ documentId }).catch(() => null));

export class Documents {
  /** What is remembered of documents: it goes with them. */
  readonly records = new DocumentRecords(clearOncePerSession);
  /** Since when a document has not been known, by its documentId, in milliseconds since the Unix epoch. */
  readonly #departures = this.records.of<number>('departure');

  /** Whether no tab shows the document, or keeps it to go back to. One that was left is gone when it has been away for longer than any is kept. */
  readonly isGone = async (document: Owner): Promise<boolean> => {
    const { documentId, tabId } = document;
    if (documentId === '' || !(await chrome.tabs.get(tabId).catch(() => null))) return true;
    const since = await this.#departures.get(documentId);
    if (await isKnown(documentId)) {
      if (since !== undefined) await this.#departures.delete([documentId]);
      return false;
    }
    if (since === undefined) await this.#departures.set(documentId, Date.now(), document);
    if (since === undefined || Date.now() - since < LONGEST_IN_CACHE) return false;
    return !(await answers({ tabId, documentIds: [documentId] }, documentId));
  };

  /** Whether a tab has the frame; where the page of the frame is in the back/forward cache, it has. `topDocumentId`: of that page, empty where it is not known. */
  async hasFrame(tabId: number, frameId: number, topDocumentId: string): Promise<boolean> {
    if (await chrome.webNavigation.getFrame({ tabId, frameId }).catch(() => null)) return true;
    if (await isKnown(topDocumentId)) return answers({ tabId, frameIds: [frameId] });
    return !(await this.isGone({ tabId, documentId: topDocumentId }));
  }
}
