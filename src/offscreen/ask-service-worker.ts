/** The offscreen document's questions to the service worker, which the browser may stop before it has answered. */

import type { Runtime } from 'webextension-polyfill';
import { browser } from '../extension/browser';
import type { Message } from '../protocol/recipients';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 20;

/** So many times at once; then each attempt waits so much longer than the one before, in milliseconds: what the disk refuses now it may take soon. */
const AT_ONCE = 3;
const PAUSE = 100;

/** Resolves to the answer; to undefined where there will be none. */
type Send = (message: Message) => Promise<unknown>;

/** Sends through a port, until `closed` is called. */
function sendThrough(port: Runtime.Port, closed: () => void): Send {
  const asked = new Map<number, (answer: unknown) => void>();
  let lastId = 0;
  port.onMessage.addListener((message: unknown) => {
    const [id, answer] = message as [number, unknown];
    asked.get(id)?.(answer);
    asked.delete(id);
  });
  port.onDisconnect.addListener(() => {
    closed();
    for (const answered of asked.values()) answered(undefined);
  });
  return (message) =>
    new Promise((resolve) => {
      port.postMessage([++lastId, message]);
      asked.set(lastId, resolve);
    });
}

export class ServiceWorkerQuestions {
  /** While the service worker has a port open: a message through that is on its way for a third of the time, and wakes nobody. */
  #sendThroughPort: Send | null = null;

  /** The port is from the service worker: by the browser's word. */
  connected(port: Runtime.Port): void {
    const own = sendThrough(port, () => {
      if (this.#sendThroughPort === own) this.#sendThroughPort = null;
    });
    this.#sendThroughPort = own;
  }

  async #send(message: Message): Promise<unknown> {
    try {
      return await (this.#sendThroughPort ? this.#sendThroughPort(message) : browser.runtime.sendMessage(message));
    } catch {
      return undefined;
    }
  }

  /** Resolves to what `decode` makes of the answer; to null where the service worker gives none that it takes. One that is stopped meanwhile is asked again. */
  async answerOf<Answer>(message: Message, decode: (answer: unknown) => Answer | null): Promise<Answer | null> {
    for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
      const answer = decode(await this.#send(message));
      if (answer !== null) return answer;
      const pauses = attempt + 2 - AT_ONCE;
      if (pauses > 0) await new Promise((resolve) => setTimeout(resolve, pauses * PAUSE));
    }
    console.error('The service worker does not answer.', message.to);
    return null;
  }

  /** Resolves to whether the service worker has answered with true. */
  readonly ask = async (message: Message): Promise<boolean> =>
    (await this.answerOf(message, (answer) => (answer === true ? answer : null))) === true;
}
