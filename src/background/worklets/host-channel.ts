/** A port to the offscreen document, for what it and this service worker ask each other. Without one they send messages, which wake whoever sleeps. */

import { type AnswerQuestion, type Ask, closedWith, converse } from '../../protocol/questions';
import { type Message, QUESTIONS_PORT } from '../../protocol/recipients';
import type { Sender } from '../requests/caller';
import { openDirectPort, stayAwake } from './direct-port';
import { HostPort } from './host-port';

/** Answers as a listener to messages does; undefined where it does not know the message. */
type Answer = (message: unknown, sender: Sender) => ReturnType<AnswerQuestion>;

export class HostChannel {
  readonly #port = new HostPort(`${QUESTIONS_PORT} ${crypto.randomUUID()}`);
  readonly #page: string;
  #answer: Answer = () => undefined;
  /** While the port is open. */
  #ask: Ask | null = null;

  /** `page`: the offscreen document's. */
  constructor(page: string) {
    this.#page = page;
  }

  answerWith(answer: Answer): void {
    this.#answer = answer;
  }

  /** Call when the offscreen document is there. */
  open(): void {
    const port = this.#port.open();
    if (!port) return;
    // Only the extension's own documents are told of a port that it opens for itself.
    const sender: Sender = { id: chrome.runtime.id, origin: self.origin };
    const answer: AnswerQuestion = (message, tell) => this.#answer(message, { ...sender, tell });
    const ask = converse(port, answer);
    this.#ask = ask;
    port.onDisconnect.addListener(() => {
      if (this.#ask === ask) this.#ask = null;
    });
    const answerAwake: AnswerQuestion = (message, tell) => {
      stayAwake();
      return answer(message, tell);
    };
    openDirectPort(this.#page, port)
      .then((direct) => direct && converse(closedWith(port, direct), answerAwake))
      // Without it all goes through the other port.
      .catch(() => undefined);
  }

  /** Sends the message before it returns; null where there is no port. Resolves to undefined where the document has gone before it has answered. */
  ask(message: Message<'offscreen'>): Promise<unknown> | null {
    return this.#ask?.(message) ?? null;
  }
}
