/** Requests that are being carried out: one that its document sends again meanwhile, since it has had no answer for long, has the answer of the first. */

export class RequestsUnderWay<Answer> {
  /** By document and number. */
  readonly #answers = new Map<string, Promise<Answer>>();

  once(documentId: string, sequence: number, carryOut: () => Promise<Answer>): Promise<Answer> {
    const name = `${documentId} ${sequence}`;
    const known = this.#answers.get(name);
    if (known) return known;
    const answer = carryOut().finally(() => this.#answers.delete(name));
    this.#answers.set(name, answer);
    return answer;
  }
}
