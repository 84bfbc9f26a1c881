/** Fenced frames, and what every frame with an opaque URL shows: in memory, and in the browser's for the next service worker. */

/** A fenced frame's content, under a URN of our own: its iframe's `src`. */
export interface FencedFrame {
  /** As the config has it: a URN of selectURL(), or a URL. */
  readonly url: string;
  /** `FencedFrameConfig.setSharedStorageContext()` */
  readonly context: string | null;
}

/** "fenced frame config instance" of a frame, until the frame is filled anew. */
export interface FrameContent {
  readonly fenced: boolean;
  /** What selectURL() gave the page; null where the config was made from a URL. */
  readonly urn: string | null;
  /** The origin of the URL. */
  readonly origin: string;
  readonly context: string | null;
  readonly reportingMetadata: Readonly<Record<string, string>>;
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

/** What is older is forgotten; a page with more frames than that has other worries. */
const MAXIMUM_REMEMBERED = 5000;

export class RememberedMap<Value> {
  readonly #prefix: string;
  #values: Promise<Map<string, Value>> | null = null;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  #load(): Promise<Map<string, Value>> {
    this.#values ??= chrome.storage.session.get(null).then((stored) => {
      const entries = Object.entries(stored).filter(([key]) => key.startsWith(this.#prefix));
      return new Map(entries.map(([key, value]) => [key.slice(this.#prefix.length), value as Value]));
    });
    return this.#values;
  }

  async get(key: string): Promise<Value | undefined> {
    return (await this.#load()).get(key);
  }

  async set(key: string, value: Value): Promise<void> {
    const values = await this.#load();
    values.delete(key);
    values.set(key, value);
    const [oldest] = values.keys();
    if (oldest !== undefined && values.size > MAXIMUM_REMEMBERED) {
      values.delete(oldest);
      await chrome.storage.session.remove(`${this.#prefix}${oldest}`);
    }
    await chrome.storage.session.set({ [`${this.#prefix}${key}`]: value });
  }

  async entries(): Promise<[string, Value][]> {
    return [...(await this.#load())];
  }

  async delete(keys: readonly string[]): Promise<void> {
    const values = await this.#load();
    for (const key of keys) values.delete(key);
    await chrome.storage.session.remove(keys.map((key) => `${this.#prefix}${key}`));
  }
}

/** By the URN that a fenced frame's iframe has for its `src`. */
export const fencedFrames = new RememberedMap<FencedFrame>('fenced-frame ');

/** The frames that are being filled, by tab and frame: a worker that is stopped meanwhile leaves them to the next one. */
export const unfilledFrames = new RememberedMap<Failure>('unfilled-frame ');

const contents = new RememberedMap<FrameContent>('frame-content ');

const keyOf = (tabId: number, frameId: number): string => `${tabId} ${frameId}`;

export function setContent(tabId: number, frameId: number, content: FrameContent): Promise<void> {
  return contents.set(keyOf(tabId, frameId), content);
}

export async function contentOf(tabId: number, frameId: number): Promise<FrameContent | null> {
  return (await contents.get(keyOf(tabId, frameId))) ?? null;
}

/** The tabs that have, or had, frames with opaque URLs. */
export async function tabsWithContent(): Promise<number[]> {
  return [...new Set((await contents.entries()).map(([key]) => Number.parseInt(key, 10)))];
}

export async function forgetTab(tabId: number): Promise<void> {
  const keys = (await contents.entries()).map(([key]) => key).filter((key) => key.startsWith(`${tabId} `));
  await contents.delete(keys);
}

/** A frame around the given one, or that one itself, with what fills it; nearest first. */
export interface Enclosing {
  readonly frameId: number;
  readonly content: FrameContent;
}

/** Empty, without asking the browser anything, as long as no frame has ever been filled in the tab. */
export async function enclosingContents(tabId: number, frameId: number): Promise<Enclosing[]> {
  const known = (await contents.entries()).some(([key]) => key.startsWith(`${tabId} `));
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

/** Whether the network of the frame, or of one around it, is revoked. */
export async function isWithoutNetwork(tabId: number, frameId: number): Promise<boolean> {
  return (await enclosingContents(tabId, frameId)).some(({ content }) => content.isNetworkRevoked);
}
