/** Keeps the browser from stopping this service worker for being idle while something is under way that nobody else waits for. */

/** The browser counts a worker as idle 30 s after its last event or call of the extension API. */
const INTERVAL = 20 * 1000;

let count = 0;
let timer: ReturnType<typeof setInterval> | null = null;

function release(): void {
  count--;
  if (count > 0 || !timer) return;
  clearInterval(timer);
  timer = null;
}

export function keepServiceWorkerAlive(until: Promise<unknown>): void {
  count++;
  timer ??= setInterval(() => void chrome.runtime.getPlatformInfo(), INTERVAL);
  until.then(release, release);
}
