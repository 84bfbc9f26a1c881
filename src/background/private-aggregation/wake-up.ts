/** When reports are looked after, by the clock of the settings. */

import { browser } from '../../extension/browser';
import type { LiveSettings } from '../../extension/live-settings';

const ALARM = 'send reports';

/** What is sooner does not wait for an alarm, which the browser may put off for so long, in milliseconds. */
const SOON = 30_000;

export class WakeUp {
  readonly #settings: LiveSettings;
  readonly #wake: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Make it before anything waits, so that the alarm can wake the service worker. */
  constructor(settings: LiveSettings, wake: () => void) {
    this.#settings = settings;
    this.#wake = wake;
    browser.alarms.onAlarm.addListener(({ name }) => {
      if (name === ALARM) wake();
    });
  }

  /** Takes the place of the time that was set before; null for none. */
  at(time: number | null): void {
    this.#set(time).catch((error: unknown) => console.error(ALARM, error));
  }

  /** Something was stored that `at()` knows nothing of yet: should this worker be stopped before, the browser starts another one. */
  soon(): void {
    browser.alarms.create(ALARM, { when: Date.now() + SOON });
  }

  async #set(time: number | null): Promise<void> {
    clearTimeout(this.#timer);
    if (time === null) {
      await browser.alarms.clear(ALARM);
      return;
    }
    const when = time - (await this.#settings.get()).clockOffsetMs;
    const delay = when - Date.now();
    if (delay < SOON) this.#timer = setTimeout(this.#wake, Math.max(0, delay));
    // The timer ends with this worker.
    await browser.alarms.create(ALARM, { when: Math.max(when, Date.now() + 1) });
  }
}
