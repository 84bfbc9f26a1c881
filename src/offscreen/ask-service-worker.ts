/** The offscreen document's questions to the service worker, which the browser may stop before it has answered. */

import { browser } from '../extension/browser';
import type { Message } from '../protocol/recipients';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 20;

/** So many times at once; then each attempt waits so much longer than the one before, in milliseconds: what the disk refuses now it may take soon. */
const AT_ONCE = 3;
const PAUSE = 100;

/** Resolves to whether the service worker has answered with true: one that is stopped meanwhile is asked again. */
export async function askServiceWorker(message: Message): Promise<boolean> {
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
    const answer = await browser.runtime.sendMessage(message).catch(() => undefined);
    if (answer === true) return true;
    const pauses = attempt + 2 - AT_ONCE;
    if (pauses > 0) await new Promise((resolve) => setTimeout(resolve, pauses * PAUSE));
  }
  console.error('The service worker does not answer.', message.to);
  return false;
}
