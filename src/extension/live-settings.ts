/** Settings at hand: waited for once, read without waiting from then on. */

import { DEFAULT_SETTINGS, type Settings } from './settings';

export class LiveSettings {
  #settings: Settings | null = null;
  #setReady: () => void = () => undefined;
  readonly #ready = new Promise<void>((resolve) => {
    this.#setReady = resolve;
  });

  /** The settings at once where they are known, so that what waits for nothing else keeps its order. */
  get(): Settings | Promise<Settings> {
    return this.#settings ?? this.#ready.then(() => this.#settings ?? DEFAULT_SETTINGS);
  }

  set(settings: Settings): void {
    this.#settings = settings;
    this.#setReady();
  }
}
