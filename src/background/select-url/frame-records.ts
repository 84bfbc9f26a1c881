/** What every frame with an opaque URL shows: kept for the next service worker, as long as the documents that they are in. */

import type { AnnounceChange } from '../../store/announce-change';
import type { Records } from '../../store/document-records';
import type { Documents } from '../browser/documents';
import { framesIn } from '../browser/frames';

/** "fenced frame config instance" of a frame, until the frame is filled anew. */
export interface FrameContent {
  readonly fenced: boolean;
  /** What selectURL() gave the page; null where the config was made from a URL. */
  readonly urn: string | null;
  /** The origin of the URL. */
  readonly origin: string;
  /** `FencedFrameConfig.setSharedStorageContext()` */
  readonly context: string | null;
  readonly reportingMetadata: Readonly<Record<string, string>>;
  /** The origin of the document that called selectURL(); empty where the config was made from a URL. */
  readonly embedderOrigin: string;
  /** The document at the top when the frame was filled. */
  readonly topDocumentId: string;
  /** "disableUntrustedNetwork" has cut off the frame and everything in it. */
  readonly isNetworkRevoked: boolean;
}

const keyOf = (tabId: number, frameId: number): string => `${tabId} ${frameId}`;

/** A frame of a tab, with what fills it. */
export interface FrameWithContent {
  readonly frameId: number;
  readonly content: FrameContent;
}

/** A frame around the given one, or that one itself; nearest first. */
export type Enclosing = FrameWithContent;

export class FrameRecords {
  readonly #documents: Documents;
  readonly #announce: AnnounceChange;
  readonly #contents: Records<FrameContent>;
  /** The tabs in which a frame has ever been filled, so that most questions need not be asked of the database. */
  #tabs: Promise<Set<string>> | null = null;

  constructor(documents: Documents, announce: AnnounceChange) {
    this.#documents = documents;
    this.#announce = announce;
    this.#contents = documents.records.of<FrameContent>('frame content');
  }

  #tabsWithContent(): Promise<Set<string>> {
    const load = async () => new Set((await this.#contents.keys()).map((key) => key.split(' ')[0] as string));
    this.#tabs ??= load().catch((error: unknown) => {
      this.#tabs = null;
      throw error;
    });
    return this.#tabs;
  }

  /** `embedder`: the documentId of the document that the frame is in, where that is known; of the top-level document otherwise. */
  async setContent(tabId: number, frameId: number, content: FrameContent, embedder = content.topDocumentId): Promise<void> {
    await this.#contents.set(keyOf(tabId, frameId), content, { tabId, documentId: embedder || content.topDocumentId });
    // Now that whoever reads them anew finds it.
    (await this.#tabsWithContent()).add(String(tabId));
    this.#announce({ topic: 'selections' });
  }

  async contentOf(tabId: number, frameId: number): Promise<FrameContent | null> {
    return (await this.#contents.get(keyOf(tabId, frameId))) ?? null;
  }

  /** The frames of a tab that are filled; some of them may be gone. */
  async contentsOf(tabId: number): Promise<FrameWithContent[]> {
    const read = async (key: string) => ({ frameId: Number(key.split(' ')[1]), content: await this.#contents.get(key) });
    const found = await Promise.all((await this.#contents.keys(`${tabId} `)).map(read));
    return found.flatMap(({ frameId, content }) => (content ? [{ frameId, content }] : []));
  }

  /** The frames of a tab that were filled and are gone. */
  async #framesThatAreGone(tabId: number): Promise<string[]> {
    const listed = new Set((await framesIn(tabId)).map(({ frameId }) => keyOf(tabId, frameId)));
    const missing = (await this.#contents.keys(`${tabId} `)).filter((key) => !listed.has(key));
    const isThere = async (key: string) => {
      const { topDocumentId = '' } = (await this.#contents.get(key)) ?? {};
      return this.#documents.hasFrame(tabId, Number(key.split(' ')[1]), topDocumentId);
    };
    const there = await Promise.all(missing.map(isThere));
    return missing.filter((_key, index) => !there[index]);
  }

  /** Forgets what belonged to documents and frames that are gone; resolves to whether anything is left. */
  async tidy(): Promise<boolean> {
    const owners = await this.#documents.records.forget(this.#documents.isGone);
    this.#tabs = null;
    for (const tabId of new Set(owners.map((owner) => owner.tabId))) await this.#contents.delete(await this.#framesThatAreGone(tabId));
    return owners.length > 0;
  }

  /** Empty, without asking the browser anything, as long as no frame has ever been filled in the tab. */
  async enclosingContents(tabId: number, frameId: number): Promise<Enclosing[]> {
    const known = (await this.#tabsWithContent()).has(String(tabId));
    const found: Enclosing[] = [];
    for (let id = frameId; known && id > 0; ) {
      const content = await this.contentOf(tabId, id);
      if (content) found.push({ frameId: id, content });
      const frame = await chrome.webNavigation.getFrame({ tabId, frameId: id });
      if (!frame) break;
      id = frame.parentFrameId;
    }
    return found;
  }

  /** Whether the network of the frame, or of one around it, is revoked: that of a fenced frame around a fenced frame is another one. */
  async isWithoutNetwork(tabId: number, frameId: number): Promise<boolean> {
    const enclosing = await this.enclosingContents(tabId, frameId);
    const fenced = enclosing.findIndex(({ content }) => content.fenced);
    return enclosing.slice(0, fenced < 0 ? undefined : fenced + 1).some(({ content }) => content.isNetworkRevoked);
  }

  /** Whether a frame of the document is without its network. What is asked for in its place would be without it as well, as long as it is there. */
  async hasFrameWithoutNetwork(tabId: number, documentId: string): Promise<boolean> {
    if (!(await this.#tabsWithContent()).has(String(tabId))) return false;
    const frames = await framesIn(tabId);
    const own = frames.filter(({ parentDocumentId }) => parentDocumentId === documentId);
    const found = await Promise.all(own.map(({ frameId }) => this.contentOf(tabId, frameId)));
    return found.some((content) => content?.isNetworkRevoked);
  }
}
