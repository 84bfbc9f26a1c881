/** The offscreen document's questions to the service worker, which the browser may stop before it has answered. */

import type { Runtime } from 'webextension-polyfill';
import { browser } from '../extension/browser';
import { type AnswerQuestion, type Ask, closedWith, converse, type Hear } from '../protocol/questions';
import { DIRECT_PORT, type Message } from '../protocol/recipients';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 20;

/** So many times at once; then each attempt waits so much longer than the one before, in milliseconds: what the disk refuses now it may take soon. */
const AT_ONCE = 3;
const PAUSE = 100;

export class ServiceWorkerQuestions {
  /** While the service worker has a port open: a message through that is on its way for a third of the time, and wakes nobody. */
  #askThroughPort: Ask | null = null;
  /** The same for what need not keep the service worker alive: on its way for less still. */
  #askDirectly: Ask | null = null;
  #port: Runtime.Port | null = null;
  /** One that came before the port that it belongs to, by the name of that. */
  #early: { readonly name: unknown; readonly direct: MessagePort } | null = null;

  /** The port is from the service worker, by the browser's word; so is what is asked through it. */
  connected(port: Runtime.Port, answerQuestion: AnswerQuestion): void {
    const own = converse(port, answerQuestion);
    this.#askThroughPort = own;
    this.#askDirectly = null;
    this.#port = port;
    const early = this.#early;
    this.#early = null;
    if (early && early.name === port.name) this.#useDirectly(port, early.direct);
    port.onDisconnect.addListener(() => {
      if (this.#askThroughPort !== own) return;
      this.#askThroughPort = null;
      this.#askDirectly = null;
      this.#port = null;
    });
  }

  /** A message of our own service worker's: nobody else can send one here. */
  offered({ data, ports: [direct] }: Pick<MessageEvent, 'data' | 'ports'>): void {
    if (!Array.isArray(data) || data[0] !== DIRECT_PORT || !direct) return;
    const [, name] = data;
    const port = this.#port;
    if (port && port.name === name) this.#useDirectly(port, direct);
    else this.#early = { name, direct };
  }

  #useDirectly(port: Runtime.Port, direct: MessagePort): void {
    this.#askDirectly = converse(closedWith(port, direct), () => undefined);
  }

  async #send(message: Message, hear: Hear): Promise<unknown> {
    try {
      const ask = (message.to === 'contributions' && this.#askDirectly) || this.#askThroughPort;
      return await (ask ? ask(message, hear) : browser.runtime.sendMessage(message));
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
