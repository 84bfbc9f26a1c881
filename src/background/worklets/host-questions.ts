/** A port for what the offscreen document asks this service worker. Without one it sends messages, which wake a worker that sleeps. */

import { HEARD, QUESTIONS_PORT, TOLD } from '../../protocol/recipients';
import type { Sender } from '../requests/caller';
import { HostPort } from './host-port';

/** Answers as a listener to messages does; undefined where it does not know the message. */
type Answer = (message: unknown, sender: Sender) => Promise<unknown> | undefined;

export class HostQuestions {
  readonly #port = new HostPort(QUESTIONS_PORT);
  #answer: Answer = () => undefined;

  answerWith(answer: Answer): void {
    this.#answer = answer;
  }

  /** Call when the offscreen document is there. */
  open(): void {
    const port = this.#port.open();
    if (!port) return;
    /** What was told, until it was heard. */
    const told = new Map<number, () => void>();
    let words = 0;
    port.onMessage.addListener((given: unknown) => {
      if (!Array.isArray(given)) return;
      const [id, message] = given;
      if (id === HEARD) {
        told.get(message)?.();
        told.delete(message);
        return;
      }
      const tell = (word: unknown) =>
        new Promise<void>((resolve) => {
          port.postMessage([TOLD, ++words, id, word]);
          told.set(words, resolve);
        });
      // Only the extension's own documents are told of a port that it opens for itself.
      const sender: Sender = { id: chrome.runtime.id, origin: self.origin, tell };
      const answered = (answer: unknown) => port.postMessage([id, answer]);
      // The offscreen document may have gone by then.
      Promise.resolve(this.#answer(message, sender))
        .then(answered)
        .catch(() => undefined);
    });
  }
}
