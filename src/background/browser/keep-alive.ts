/** Keeps the browser from stopping this service worker for being idle while something is under way that nobody else waits for. */

/** The browser counts a worker as idle 30 s after its last event or call of the extension API. */
const INTERVAL = 20 * 1000;

class UnderWay {
  #count = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  readonly #release = (): void => {
    this.#count--;
    if (this.#count > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  };

  add(until: Promise<unknown>): void {
    this.#count++;
    this.#timer ??= setInterval(() => void chrome.runtime.getPlatformInfo(), INTERVAL);
    until.then(this.#release, this.#release);
  }
}

/** One worker, and so one of these. */
const underWay = new UnderWay();

export const keepServiceWorkerAlive = (until: Promise<unknown>): void => underWay.add(until);
