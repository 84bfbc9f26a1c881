/** What is stored on the disk and must not outlive the browser, and what a service worker leaves word of for the next one. */

/** The key in the storage of the session: the service worker of private windows is another one, and may share that. */
export const sessionKey = (name: string): string => (chrome.extension.inIncognitoContext ? `private ${name}` : name);

/** Calls `clear` where no worker has done so since the browser was started, or the extension was loaded. */
export async function clearOncePerSession(clear: () => Promise<void>): Promise<void> {
  const mark = sessionKey('session');
  const { [mark]: isCleared } = await chrome.storage.session.get(mark);
  if (isCleared) return;
  await clear();
  await chrome.storage.session.set({ [mark]: true });
}

/**
 * Whether something of the browser's that outlives this worker is what it is to be: a worker that is started finds out without reading all that it is made from.
 * `basis`: what it is made from, as far as whoever asks has that at hand.
 */
export class AppliedInSession {
  readonly #mark: string;
  #changes = 0;

  /** `name`: one that nothing else of the session has. */
  constructor(name: string) {
    this.#mark = sessionKey(name);
  }

  /** Whether it was made from this, and nothing has been changed since. */
  async is(basis: string): Promise<boolean> {
    const { [this.#mark]: applied } = await chrome.storage.session.get(this.#mark);
    return applied === basis;
  }

  /** Call before anything that it is made from is changed: should this worker be stopped before it is made anew, the next one makes it. */
  beforeChange(): Promise<void> {
    this.#changes++;
    return chrome.storage.session.remove(this.#mark);
  }

  /** Resolves once `make` has made it, and that is written down. */
  async apply(basis: string, make: () => Promise<void>): Promise<void> {
    const before = this.#changes;
    await make();
    if (this.#changes === before) await chrome.storage.session.set({ [this.#mark]: basis });
  }
}
