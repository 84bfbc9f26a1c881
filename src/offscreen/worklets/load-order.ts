/**
 * Worklets with the same module are loaded in the order in which their modules came, as where they share a process: of several frames with the same
 * saved query it is the first one that decides.
 */

import type { Envelope } from '../../protocol/envelope';

export class LoadOrder {
  /** When the last worklet of a tab that has a module is loaded, and its predecessors are. */
  readonly #loading = new Map<string, Promise<Envelope>>();

  /** `name`: of the tab and the module. Resolves to what `loaded` resolves to, after those before it. */
  enter(name: string, loaded: Promise<Envelope>): Promise<Envelope> {
    const earlier = this.#loading.get(name);
    const inOrder: Promise<Envelope> = Promise.all([loaded, earlier?.catch(() => undefined)])
      .then(([envelope]) => envelope)
      .finally(() => {
        if (this.#loading.get(name) === inOrder) this.#loading.delete(name);
      });
    this.#loading.set(name, inOrder);
    return inOrder;
  }
}
