/** The further scripts of pages, each of which is there while a setting says so. */

import type { Settings } from '../../extension/settings';
import { OptionalScript } from './optional-script';

/** Told of what could not be applied, by the name of the setting. */
type Note = (setting: string, error: unknown) => void;

export class OptionalScripts {
  readonly #eventHandlers = new OptionalScript('event-handlers', { hasRelay: true });
  readonly #interestGroups = new OptionalScript('interest-groups', { ruleset: 'interest-groups' });
  readonly #overNative = new OptionalScript('install-over-native', { ruleset: 'over-native' });
  readonly #note: Note;

  constructor(note: Note) {
    this.#note = note;
  }

  /** Resolves once the next documents get what the settings say, as far as that could be applied. */
  async apply({ interestGroups, possibilities, preferPolyfill }: Settings): Promise<void> {
    const noted = (setting: string, applied: Promise<void>) => applied.catch((error: unknown) => this.#note(setting, error));
    await Promise.all([
      noted('preferPolyfill', this.#overNative.apply(preferPolyfill)),
      noted('interestGroups', this.#interestGroups.apply(interestGroups)),
      noted('possibilities.eventHandlers', this.#eventHandlers.apply(possibilities.eventHandlers)),
    ]);
  }
}
