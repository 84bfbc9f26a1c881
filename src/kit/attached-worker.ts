/** A service worker over the protocol, attached to while there is something to ask it. */

import { type CdpConnection, evaluateIn, isThere } from './cdp-targets';
import { withinTime } from './waiting';

/** How long a session is kept for the next request, in milliseconds: a worker that is attached to is never stopped for being idle, which takes half a minute. */
const KEPT = 1000;

/** After how long without an answer it is looked whether the worker is still there, in milliseconds. */
const SILENCE = 100;

export class AttachedWorker {
  readonly targetId: string;
  readonly #connection: CdpConnection;
  #session: Promise<string> | null = null;
  /** How much it has been asked for and has not answered. */
  #asked = 0;
  #detaching: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: CdpConnection, targetId: string) {
    this.#connection = connection;
    this.targetId = targetId;
  }

  /** Rejects where the worker has gone, too. */
  async evaluate(expression: string): Promise<string> {
    clearTimeout(this.#detaching);
    this.#asked++;
    try {
      return await this.#answerTo(this.#evaluate(expression));
    } finally {
      this.#asked--;
      if (this.#asked === 0) this.#detaching = setTimeout(() => this.#detach(), KEPT).unref();
    }
  }

  async #evaluate(expression: string): Promise<string> {
    const kept = this.#session;
    this.#session ??= this.#attach();
    const session = this.#session;
    try {
      return await evaluateIn(this.#connection, await session, expression);
    } catch (error) {
      if (this.#session === session) this.#session = null;
      if (!kept) throw error;
      // Somebody may have ended the session, and not the worker.
      return this.#evaluate(expression);
    }
  }

  /** A session whose worker was stopped says nothing any more. */
  async #answerTo(asked: Promise<string>): Promise<string> {
    for (;;) {
      const answered = await withinTime(asked, SILENCE);
      if (answered) return answered.answer;
      if (!(await isThere(this.#connection, this.targetId))) throw new Error('The service worker was stopped.');
    }
  }

  async #attach(): Promise<string> {
    const { sessionId } = await this.#connection.send('Target.attachToTarget', { targetId: this.targetId, flatten: true });
    return String(sessionId);
  }

  #detach(): void {
    const session = this.#session;
    this.#session = null;
    // Where the worker, or the browser, has gone there is nothing left to detach from.
    session?.then((sessionId) => this.#connection.send('Target.detachFromTarget', { sessionId })).catch(() => undefined);
  }
}
