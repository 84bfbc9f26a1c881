/** Takes a frame to a URL without a word to its embedder. */

import { doPoliciesAllow, FRAME_SRC } from '../../spec/content-security-policy';
import type { Sender } from '../requests/caller';
import { readEmbedderPolicies } from './embedder-policies';
import { type FrameContent, setContent } from './frame-records';

/** Runs in the frame's isolated world; refers to nothing outside itself. False where the frame shows more than the initial empty document. */
function navigateFromInitialDocument(url: string): boolean {
  const { navigation } = self as { navigation?: { readonly currentEntry: unknown } };
  // A document with an entry has `navigate` events, which the embedder may listen to if it has the document's origin.
  if (location.href !== 'about:blank' || navigation?.currentEntry) return false;
  // An opaque URL's request has no referrer.
  const policy = document.createElement('meta');
  policy.name = 'referrer';
  policy.content = 'no-referrer';
  (document.head ?? document.documentElement)?.append(policy);
  location.replace(url);
  policy.remove();
  return true;
}

/** Runs in the frame's isolated world: leaves for a page of the extension, where nobody looks on. */
function leaveThroughPassage(token: string): void {
  location.assign(`${chrome.runtime.getURL('passage.html')}#${token}`);
}

/** Runs in the isolated world of the embedder, which its Content Security Policy does not bind. */
function sendThroughPassage(urn: string, token: string, fenced: boolean): void {
  const passage = `${chrome.runtime.getURL('passage.html')}#${token}`;
  const found: HTMLIFrameElement[] = [];
  const search = (root: ParentNode) => {
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      if (element instanceof HTMLIFrameElement && element.src === urn) found.push(element);
      const shadow = element instanceof HTMLElement ? chrome.dom.openOrClosedShadowRoot(element) : null;
      if (shadow) search(shadow);
    }
  };
  const { sharedStorageLabFrames } = globalThis as { sharedStorageLabFrames?: ReadonlyMap<number, HTMLIFrameElement> };
  // No frame that the page has made becomes a fenced one.
  if (fenced) found.push(...[...(sharedStorageLabFrames?.values() ?? [])].filter(({ src }) => src === urn));
  else search(document);
  // Which of several frames with the same URN it was cannot be told; those that have it already come last.
  const globals = globalThis as { sharedStorageLabSent?: WeakSet<HTMLIFrameElement> };
  globals.sharedStorageLabSent ??= new WeakSet();
  const sent = globals.sharedStorageLabSent;
  const fresh = found.filter((iframe) => !sent.has(iframe));
  for (const iframe of fresh.length > 0 ? fresh : found) {
    sent.add(iframe);
    iframe.contentWindow?.location.replace(passage);
  }
}

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

/** Names a passage: a page that sees the name in a frame of its own can go no way with it but the frame's. */
async function prepare(passage: Passage): Promise<string> {
  const token = crypto.randomUUID();
  await chrome.storage.session.set({ [`passage ${token}`]: passage });
  return token;
}

/**
 * Where the passage is in a frame that it leads out of: resolves to the URL. The browser checks policies of the embedder there, and says
 * which URL they forbid: so they are looked at only now, when no document of the page in the frame hears of the rest.
 */
export async function leadOutOfPassage({ tab, frameId }: Sender, token: string): Promise<string | undefined> {
  const name = `passage ${token}`;
  const { [name]: passage } = (await chrome.storage.session.get(name)) as Record<string, Passage | undefined>;
  if (!passage || frameId === undefined || tab?.id !== passage.tabId) return undefined;
  if (passage.frameId !== null && passage.frameId !== frameId) return undefined;
  const { url, content, tabId, embedder } = passage;
  await setContent(tabId, frameId, content);
  const { policies, reporting, self } = await readEmbedderPolicies(tabId, embedder);
  return doPoliciesAllow({ policies: [...policies, ...reporting], self }, FRAME_SRC, url) ? url : undefined;
}

/** The embedder's policy forbade the URN, and an error page that nobody can look into is in the frame. */
export async function navigateFramesWith(urn: string, tabId: number, destination: Destination): Promise<void> {
  const target = { tabId, documentIds: [destination.embedder] };
  const token = await prepare({ ...destination, tabId, frameId: null });
  const args: [string, string, boolean] = [urn, token, destination.content.fenced];
  await chrome.scripting.executeScript({ target, injectImmediately: true, func: sendThroughPassage, args });
}

/** Runs in the isolated world of the document in a frame: whether the extension has made the frame's element. */
function isOwnFrame(): boolean {
  const { frameElement, parent } = self;
  const { sharedStorageLabFrames } = (frameElement ? parent : {}) as { sharedStorageLabFrames?: ReadonlyMap<number, Element | null> };
  return [...(sharedStorageLabFrames?.values() ?? [])].includes(frameElement);
}

/** Whether the frame is a fenced one: its URN may have got about, and a page may have put it into a frame of its own. */
export async function isFencedFrame(tabId: number, frameId: number): Promise<boolean> {
  const target = { tabId, frameIds: [frameId] };
  const [answer] = await chrome.scripting.executeScript({ target, injectImmediately: true, func: isOwnFrame });
  return answer?.result === true;
}

/** Resolves once the frame is on its way. */
export async function navigateFrame(tabId: number, frameId: number, destination: Destination): Promise<void> {
  const target = { tabId, frameIds: [frameId] };
  await setContent(tabId, frameId, destination.content);
  const [answer] = await chrome.scripting.executeScript({
    target,
    injectImmediately: true,
    func: navigateFromInitialDocument,
    args: [destination.url],
  });
  if (answer?.result !== false) return;
  const token = await prepare({ ...destination, tabId, frameId });
  await chrome.scripting.executeScript({ target, injectImmediately: true, func: leaveThroughPassage, args: [token] });
}

/** The end of the URL's fragment that no document sees, `:~:…`, marks the request for the extension's rules. */
export function markedURL(url: string, mark: string): string {
  const { hash } = new URL(url);
  const separator = hash.includes(':~:') ? '&' : url.includes('#') ? ':~:' : '#:~:';
  return `${url}${separator}${mark}`;
}
