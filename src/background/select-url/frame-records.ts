/** What every frame with an opaque URL shows: kept for the next service worker, as long as the documents that they are in. */

import { Announcements } from '../../store/announce-change';
import { documentRecords, hasFrame, isGone } from '../browser/documents';
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

/** A navigation to an opaque URL, which the browser does not know. */
export type Failure = Pick<
  chrome.webNavigation.WebNavigationFramedErrorCallbackDetails,
  'tabId' | 'frameId' | 'parentDocumentId' | 'url' | 'error'
>;

/** The frames that are being filled, by tab and frame: a worker that is stopped meanwhile leaves them to the next one. */
export const unfilledFrames = documentRecords.of<Failure>('unfilled frame');

const contents = documentRecords.of<FrameContent>('frame content');

const keyOf = (tabId: number, frameId: number): string => `${tabId} ${frameId}`;

const { announce } = new Announcements();

/** The tabs in which a frame has ever been filled, so that most questions need not be asked of the database. */
let tabs: Promise<Set<string>> | null = null;

function tabsWithContent(): Promise<Set<string>> {
  const load = async () => new Set((await contents.keys()).map((key) => key.split(' ')[0] as string));
  tabs ??= load().catch((error: unknown) => {
    tabs = null;
    throw error;
  });
  return tabs;
}

/** `embedder`: the documentId of the document that the frame is in, where that is known; of the top-level document otherwise. */
export async function setContent(tabId: number, frameId: number, content: FrameContent, embedder = content.topDocumentId): Promise<void> {
  await contents.set(keyOf(tabId, frameId), content, { tabId, documentId: embedder || content.topDocumentId });
  // Now that whoever reads them anew finds it.
  (await tabsWithContent()).add(String(tabId));
  announce({ topic: 'selections' });
}

export async function contentOf(tabId: number, frameId: number): Promise<FrameContent | null> {
  return (await contents.get(keyOf(tabId, frameId))) ?? null;
}

/** A frame of a tab, with what fills it. */
export interface FrameWithContent {
  readonly frameId: number;
  readonly content: FrameContent;
}

/** The frames of a tab that are filled; some of them may be gone. */
export async function contentsOf(tabId: number): Promise<FrameWithContent[]> {
  const read = async (key: string) => ({ frameId: Number(key.split(' ')[1]), content: await contents.get(key) });
  const found = await Promise.all((await contents.keys(`${tabId} `)).map(read));
  return found.flatMap(({ frameId, content }) => (content ? [{ frameId, content }] : []));
}

/** The frames of a tab that were filled and are gone. */
async function framesThatAreGone(tabId: number): Promise<string[]> {
  const listed = new Set((await framesIn(tabId)).map(({ frameId }) => keyOf(tabId, frameId)));
  const missing = (await contents.keys(`${tabId} `)).filter((key) => !listed.has(key));
  const isThere = async (key: string) => {
    const { topDocumentId = '' } = (await contents.get(key)) ?? {};
    return hasFrame(tabId, Number(key.split(' ')[1]), topDocumentId);
  };
  const there = await Promise.all(missing.map(isThere));
  return missing.filter((_key, index) => !there[index]);
}

/** Forgets what belonged to documents and frames that are gone; resolves to whether anything is left. */
export async function tidyFrameRecords(): Promise<boolean> {
  const owners = await documentRecords.forget(isGone);
  tabs = null;
  for (const tabId of new Set(owners.map((owner) => owner.tabId))) await contents.delete(await framesThatAreGone(tabId));
  return owners.length > 0;
}

/** A frame around the given one, or that one itself; nearest first. */
export type Enclosing = FrameWithContent;

/** Empty, without asking the browser anything, as long as no frame has ever been filled in the tab. */
export async function enclosingContents(tabId: number, frameId: number): Promise<Enclosing[]> {
  const known = (await tabsWithContent()).has(String(tabId));
  const found: Enclosing[] = [];
  for (let id = frameId; known && id > 0; ) {
    const content = await contentOf(tabId, id);
    if (content) found.push({ frameId: id, content });
    const frame = await chrome.webNavigation.getFrame({ tabId, frameId: id });
    if (!frame) break;
    id = frame.parentFrameId;
  }
  return found;
}

/** Whether the network of the frame, or of one around it, is revoked: that of a fenced frame around a fenced frame is another one. */
export async function isWithoutNetwork(tabId: number, frameId: number): Promise<boolean> {
  const enclosing = await enclosingContents(tabId, frameId);
  const fenced = enclosing.findIndex(({ content }) => content.fenced);
  return enclosing.slice(0, fenced < 0 ? undefined : fenced + 1).some(({ content }) => content.isNetworkRevoked);
}

/** Whether a frame of the document is without its network. What is asked for in its place would be without it as well, as long as it is there. */
export async function hasFrameWithoutNetwork(tabId: number, documentId: string): Promise<boolean> {
  if (!(await tabsWithContent()).has(String(tabId))) return false;
  const frames = await framesIn(tabId);
  const own = frames.filter(({ parentDocumentId }) => parentDocumentId === documentId);
  const found = await Promise.all(own.map(({ frameId }) => contentOf(tabId, frameId)));
  return found.some((content) => content?.isNetworkRevoked);
}
