/** Frames that are about to be led to what they show. Which ones they are is not known until the browser says that they are on their way. */

import type { Records } from '../../store/document-records';
import type { Documents } from '../browser/documents';
import type { KeepAlive } from '../browser/keep-alive';
import type { Shown } from './frame-content';
import type { FrameRecords } from './frame-records';

interface Expected extends Shown {
  readonly tabId: number;
}

/** How long a frame may take to begin, in milliseconds. */
const LONGEST_WAIT = 30_000;

interface Navigation {
  readonly tabId: number;
  readonly frameId: number;
  readonly url: string;
}

interface Wait {
  readonly frame: Expected;
  readonly ended: Promise<void>;
  end(): void;
}

/** By the key of what is expected: the waits that go on in this worker. */
type Waits = Map<string, Wait>;

/** One that is expected at the same URL with another content: they are told apart by their order alone. */
function findOther(waits: Waits, { tabId, url, content }: Expected): Wait | undefined {
  const isOther = ({ frame }: Wait) =>
    frame.tabId === tabId && frame.url === url && JSON.stringify(frame.content) !== JSON.stringify(content);
  return [...waits.values()].find(isOther);
}

export class ExpectedFrames {
  readonly #frameRecords: FrameRecords;
  readonly #keepAlive: KeepAlive;
  readonly #expected: Records<Expected>;
  readonly #waits: Waits = new Map();
  /** The keys of those that have begun, and are still stored as expected. */
  readonly #begun = new Set<string>();

  constructor(documents: Documents, frameRecords: FrameRecords, keepAlive: KeepAlive) {
    this.#expected = documents.records.of<Expected>('expected frame');
    this.#frameRecords = frameRecords;
    this.#keepAlive = keepAlive;
  }

  /**
   * Resolves once the frame may be led there, to what is to be called where the frame has gone before. That it is expected is stored meanwhile: this worker
   * lives until the frame is on its way, and looks for it after that is stored.
   */
  async expect(frame: Expected): Promise<() => Promise<void>> {
    for (let other = findOther(this.#waits, frame); other; other = findOther(this.#waits, frame)) await other.ended;
    const key = crypto.randomUUID();
    this.#keepAlive.until(this.#expected.set(key, frame, { tabId: frame.tabId, documentId: frame.content.topDocumentId }));
    this.#keepAlive.until(this.#waitFor(key, frame));
    this.#listen();
    return async () => {
      await this.#expected.delete([key]);
      this.#waits.get(key)?.end();
    };
  }

  /** What an earlier worker was stopped while waiting for. */
  async resume(): Promise<void> {
    const entries = await this.#expected.entries();
    if (entries.length === 0) return;
    this.#listen();
    for (const [key, frame] of entries) this.#keepAlive.until(this.#waitFor(key, frame));
  }

  /** Listening to all navigations costs something: only while one is expected. Listening again changes nothing. */
  #listen(): void {
    chrome.webNavigation.onBeforeNavigate.addListener(this.#onBeforeNavigate);
  }

  readonly #onBeforeNavigate = async ({ tabId, frameId, url }: Navigation): Promise<void> => {
    // Those that are to show the same have the same content; one frame is none but the first.
    const isMeant = ([key, one]: [string, Expected]) => one.tabId === tabId && one.url === url && !this.#begun.has(key);
    const [key, frame] = (await this.#expected.entries()).find(isMeant) ?? [];
    if (key === undefined || !frame) return;
    this.#begun.add(key);
    try {
      await this.#frameRecords.setContent(tabId, frameId, frame.content);
      await this.#expected.delete([key]);
    } finally {
      this.#begun.delete(key);
    }
    this.#waits.get(key)?.end();
  };

  async #waitFor(key: string, frame: Expected): Promise<void> {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#waits.set(key, { frame, ended, end });
    const timer = setTimeout(end, LONGEST_WAIT);
    await ended;
    clearTimeout(timer);
    this.#waits.delete(key);
    await this.#expected.delete([key]);
    if (this.#waits.size === 0) chrome.webNavigation.onBeforeNavigate.removeListener(this.#onBeforeNavigate);
  }
}
