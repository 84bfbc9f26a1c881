/** Keeps the browser from stopping this service worker for being idle while something is under way that nobody else waits for. */

/** The browser counts a worker as idle 30 s after its last event or call of the extension API. In milliseconds. */
const INTERVAL = 20 * 1000;

/** Of whatever is under way in the service worker: one will do for all. */
export class KeepAlive {
  #underWay = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** Keeps this worker alive until the promise settles. */
  until(settled: Promise<unknown>): void {
    this.#underWay++;
    this.#timer ??= setInterval(() => void chrome.runtime.getPlatformInfo(), INTERVAL);
    const release = () => this.#release();
    settled.then(release, release);
  }

  #release(): void {
    this.#underWay--;
    if (this.#underWay > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
