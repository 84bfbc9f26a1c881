/** What is stored of the settings, for a component: it hears of each change, whoever makes it. */

import { LabElement } from '../components/lab-element';
import { browser } from '../extension/browser';
import { readStoredSettings } from '../extension/stored-settings';

export abstract class SettingsElement extends LabElement {
  static override properties = { stored: { state: true }, problem: { state: true } };

  /** Null before it is read; valid or not. */
  declare stored: unknown;
  /** Why the last change was not stored. */
  declare problem: string | null;

  constructor() {
    super();
    this.stored = null;
    this.problem = null;
  }

  readonly #onChange = (changes: Readonly<Record<string, unknown>>): void => {
    if (Object.hasOwn(changes, 'settings')) void this.reload();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    browser.storage.local.onChanged.addListener(this.#onChange);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    browser.storage.local.onChanged.removeListener(this.#onChange);
  }

  protected override async load(): Promise<void> {
    this.stored = (await readStoredSettings()) ?? {};
  }

  protected override failed(error: Error | null): void {
    this.problem = error?.message ?? null;
  }
}
