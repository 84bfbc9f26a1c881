/** Locks for tests in Node: exclusive, first come, first served; `hold` is what another context does. */

import type { Locks } from '../../src/background/updates/locked-updates';

const OTHER = 'another context';

interface Requested {
  readonly clientId: string;
  grant(): void;
}

export class FakeLocks implements Locks {
  /** How often somebody has asked who holds locks. */
  queries = 0;
  readonly #clientId: string;
  /** Of each lock, who holds it, and then who waits for it. */
  readonly #queues: Map<string, Requested[]>;

  /** Those of one browser share their state. */
  constructor(clientId = 'this context', shared?: FakeLocks) {
    this.#clientId = clientId;
    this.#queues = shared ? shared.#queues : new Map();
  }

  async request<Result>(name: string, callback: () => Promise<Result>): Promise<Result> {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    await new Promise<void>((grant) => {
      if (queue.push({ clientId: this.#clientId, grant }) === 1) grant();
    });
    try {
      return await callback();
    } finally {
      queue.shift();
      queue[0]?.grant();
    }
  }

  /** The context has ended, and what it held or waited for. */
  end(): void {
    for (const queue of this.#queues.values()) {
      const [holder] = queue;
      const others = queue.filter(({ clientId }) => clientId !== this.#clientId);
      queue.splice(0, queue.length, ...others);
      if (queue[0] !== holder) queue[0]?.grant();
    }
  }

  async query(): Promise<LockManagerSnapshot> {
    this.queries++;
    const infos = (from: number, to?: number) =>
      [...this.#queues].flatMap(([name, queue]) =>
        queue.slice(from, to).map(({ clientId }) => ({ name, clientId, mode: 'exclusive' as const })),
      );
    return { held: infos(0, 1), pending: infos(1) };
  }

  /** Requests the lock as another context, which then keeps it; the function that it resolves to, once it has the lock, gives it back. */
  async hold(name: string): Promise<() => void> {
    const other = new FakeLocks(OTHER, this);
    let letGo = () => {};
    const released = new Promise<void>((resolve) => (letGo = resolve));
    await new Promise<void>((granted) => {
      void other.request(name, () => {
        granted();
        return released;
      });
    });
    return letGo;
  }
}

/** As Chromium's of a context that has not used any: each request, or query, waits for an answer of its own, until the first is there. */
export class UnansweredLocks extends FakeLocks {
  #isAnswered = false;
  readonly #unanswered: (() => void)[] = [];

  override async request<Result>(name: string, callback: () => Promise<Result>): Promise<Result> {
    await this.#untilAnswered();
    return super.request(name, callback);
  }

  override async query(): Promise<LockManagerSnapshot> {
    await this.#untilAnswered();
    return super.query();
  }

  /** Answers the first of those that wait. */
  answerNext(): void {
    this.#isAnswered = true;
    this.#unanswered.shift()?.();
  }

  answerAll(): void {
    while (this.#unanswered.length > 0) this.answerNext();
  }

  async #untilAnswered(): Promise<void> {
    if (!this.#isAnswered) await new Promise<void>((resolve) => this.#unanswered.push(resolve));
  }
}
