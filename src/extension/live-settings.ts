/** The settings as they are now: waited for once, at hand from then on. */

import { DEFAULT_SETTINGS, type Settings } from './settings';

export class LiveSettings {
  #settings: Settings = DEFAULT_SETTINGS;
  #setReady: () => void = () => undefined;
  readonly #ready = new Promise<void>((resolve) => {
    this.#setReady = resolve;
  });

  async get(): Promise<Settings> {
    await this.#ready;
    return this.#settings;
  }

  set(settings: Settings): void {
    this.#settings = settings;
    this.#setReady();
  }
}
