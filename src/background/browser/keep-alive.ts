/** Keeps the browser from stopping this service worker for being idle while something is under way that nobody else waits for. */

/** The browser counts a worker as idle 30 s after its last event or call of the extension API. In milliseconds. */
const INTERVAL = 20 * 1000;

/** There is one service worker, and so one of these. */
class KeepAlive {
  #underWay = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

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

const keepAlive = new KeepAlive();

/** Keeps this worker alive until the promise settles. */
export const keepServiceWorkerAlive = (settled: Promise<unknown>): void => keepAlive.until(settled);
