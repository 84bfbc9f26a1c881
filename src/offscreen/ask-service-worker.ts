/** The offscreen document's questions to the service worker, which the browser may stop before it has answered. */

import { browser } from '../extension/browser';
import type { Message } from '../protocol/recipients';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 20;

/** So many times at once; then each attempt waits so much longer than the one before, in milliseconds: what the disk refuses now it may take soon. */
const AT_ONCE = 3;
const PAUSE = 100;

/** Resolves to what `decode` makes of the answer; to null where the service worker gives none that it takes. One that is stopped meanwhile is asked again. */
export async function answerOf<Answer>(message: Message, decode: (answer: unknown) => Answer | null): Promise<Answer | null> {
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
    const answer = decode(await browser.runtime.sendMessage(message).catch(() => undefined));
    if (answer !== null) return answer;
    const pauses = attempt + 2 - AT_ONCE;
    if (pauses > 0) await new Promise((resolve) => setTimeout(resolve, pauses * PAUSE));
  }
  console.error('The service worker does not answer.', message.to);
  return null;
}

/** Resolves to whether the service worker has answered with true. */
export const askServiceWorker = async (message: Message): Promise<boolean> =>
  (await answerOf(message, (answer) => (answer === true ? answer : null))) === true;
