/** The offscreen document's questions to the service worker, which the browser may stop before it has answered. */

import type { Runtime } from 'webextension-polyfill';
import { browser } from '../extension/browser';
import { HEARD, type Message, TOLD } from '../protocol/recipients';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 20;

/** So many times at once; then each attempt waits so much longer than the one before, in milliseconds: what the disk refuses now it may take soon. */
const AT_ONCE = 3;
const PAUSE = 100;

/** Hears what the service worker tells about a question before it answers: whether it will go by that. */
type Hear = (word: unknown) => boolean;

/** Resolves to the answer; to undefined where there will be none. */
type Send = (message: Message, hear: Hear) => Promise<unknown>;

/** Sends through a port, until `closed` is called. */
function sendThrough(port: Runtime.Port, closed: () => void): Send {
  const asked = new Map<number, { readonly answered: (answer: unknown) => void; readonly hear: Hear }>();
  let lastId = 0;
  port.onMessage.addListener((message: unknown) => {
    const [first, ...more] = message as [unknown, ...unknown[]];
    if (first === TOLD) {
      const [wordId, id, word] = more as [number, number, unknown];
      const question = asked.get(id);
      // Whoever tells it waits for that; about what is asked elsewhere by now nobody may tell anything.
      if (question?.hear(word)) port.postMessage([HEARD, wordId]);
      return;
    }
    const id = first as number;
    asked.get(id)?.answered(more[0]);
    asked.delete(id);
  });
  port.onDisconnect.addListener(() => {
    closed();
    const unanswered = [...asked.values()];
    asked.clear();
    for (const { answered } of unanswered) answered(undefined);
  });
  return (message, hear) =>
    new Promise((answered) => {
      port.postMessage([++lastId, message]);
      asked.set(lastId, { answered, hear });
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

  async #send(message: Message, hear: Hear): Promise<unknown> {
    try {
      return await (this.#sendThroughPort ? this.#sendThroughPort(message, hear) : browser.runtime.sendMessage(message));
    } catch {
      return undefined;
    }
  }

  /**
   * Resolves to what `decode` makes of the answer; to null where the service worker gives none that it takes. One that is stopped meanwhile is asked
   * again: what `question` says then. `hear` hears what it tells before it answers.
   */
  async answerOf<Answer>(
    question: Message | (() => Message),
    decode: (answer: unknown) => Answer | null,
    hear: Hear = () => false,
  ): Promise<Answer | null> {
    const message = typeof question === 'function' ? question : () => question;
    for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
      const answer = decode(await this.#send(message(), hear));
      if (answer !== null) return answer;
      const pauses = attempt + 2 - AT_ONCE;
      if (pauses > 0) await new Promise((resolve) => setTimeout(resolve, pauses * PAUSE));
    }
    console.error('The service worker does not answer.', message().to);
    return null;
  }

  /** Resolves to whether the service worker has answered with true. */
  readonly ask = async (message: Message): Promise<boolean> =>
    (await this.answerOf(message, (answer) => (answer === true ? answer : null))) === true;
}
