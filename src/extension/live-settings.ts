/** The settings as they are now: waited for once, at hand from then on. */

import { DEFAULT_SETTINGS, type Settings } from './settings';

export class LiveSettings {
  #settings: Settings = DEFAULT_SETTINGS;
  #setReady: () => void = () => undefined;
  #ready: Promise<void>;

  constructor() {
    this.#ready = this.#untilSet();
  }

  async get(): Promise<Settings> {
    await this.#ready;
    return this.#settings;
  }

  set(settings: Settings): void {
    this.#settings = settings;
    this.#setReady();
  }

  /** They have changed, and will be set: whoever asks meanwhile waits for that. */
  renew(): void {
    const setReadyBefore = this.#setReady;
    this.#ready = this.#untilSet();
    // Whoever waits already goes on then as well.
    void this.#ready.then(setReadyBefore);
  }

  #untilSet(): Promise<void> {
    return new Promise((resolve) => {
      this.#setReady = resolve;
    });
  }
}
