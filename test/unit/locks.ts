/** Locks for tests in Node: exclusive, first come, first served; `hold` is what another context does. */

import type { Locks } from '../../src/background/updates/window-updates';

const OTHER = 'another context';

export class FakeLocks implements Locks {
  readonly #clientId: string;
  readonly #held: Map<string, string>;
  readonly #last: Map<string, Promise<unknown>>;

  /** Those of one browser share their state. */
  constructor(clientId = 'this context', shared?: FakeLocks) {
    this.#clientId = clientId;
    this.#held = shared ? shared.#held : new Map();
    this.#last = shared ? shared.#last : new Map();
  }

  request<Result>(name: string, callback: () => Promise<Result>): Promise<Result> {
    const granted = async () => {
      this.#held.set(name, this.#clientId);
      try {
        return await callback();
      } finally {
        this.#held.delete(name);
      }
    };
    const done = (this.#last.get(name) ?? Promise.resolve()).then(granted, granted);
    this.#last.set(name, done);
    return done;
  }

  async query(): Promise<LockManagerSnapshot> {
    return { held: Array.from(this.#held, ([name, clientId]) => ({ name, clientId, mode: 'exclusive' as const })), pending: [] };
  }

  /** Takes the lock as another context; the function that it resolves to gives it back. */
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
