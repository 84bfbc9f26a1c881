/**
 * Hands over what operations have left for Private Aggregation, until the service worker has stored it. A worker that is about to send a report of it
 * tells us first: so whoever is handed the same later knows that the report may have been sent.
 */

import { type Begun, decodeBegun } from '../protocol/private-aggregation';
import type { Message } from '../protocol/recipients';
import type { ServiceWorkerQuestions } from './ask-service-worker';

export class HandOvers {
  readonly #questions: ServiceWorkerQuestions;
  /** The requests that may have begun, by operations that are not stored yet, as far as we know. */
  readonly #begun = new Map<string, Begun>();

  constructor(questions: ServiceWorkerQuestions) {
    this.#questions = questions;
  }

  /** Resolves to whether it is stored. */
  async handOver({ contributions, delivery: { isFirst } }: Message<'contributions'>): Promise<boolean> {
    const { id } = contributions;
    let deliveries = 0;
    const isStored = await this.#questions.answerOf(
      () => {
        const delivery = { isFirst: isFirst && deliveries++ === 0, begun: this.#begun.get(id) ?? null };
        return { to: 'contributions', contributions, delivery };
      },
      (answer) => {
        // What was about to be sent was not.
        if (answer === false) this.#begun.delete(id);
        return answer === true ? answer : null;
      },
      (word) => {
        const begun = decodeBegun(word);
        if (begun) this.#begun.set(id, begun);
        return begun !== null;
      },
    );
    this.#begun.delete(id);
    return isStored === true;
  }
}
