/** One setting: its name and meaning, its value, its default. A value that does not count is told while it is typed, and is not stored. */

import { css, html, nothing } from 'lit';
import { define, LabElement } from '../../components/lab-element';
import { text } from '../../components/text';
import { defaultOf, isValidSetting } from '../../extension/setting-values';
import type { SettingPath } from '../../extension/settings';
import { type Control, DESCRIPTIONS } from './descriptions';

/** A setting has another value; none, which is the default, where it is undefined. */
export class ChangeSettingEvent extends Event {
  static readonly type = 'lab-change-setting';
  readonly path: SettingPath;
  readonly value: unknown;

  constructor(path: SettingPath, value: unknown) {
    super(ChangeSettingEvent.type, { bubbles: true, composed: true });
    this.path = path;
    this.value = value;
  }
}

/** What is typed that is no JSON, or no number. */
const NOTHING_READ = Symbol('nothing read');

function read(typed: string, { type }: Control): unknown {
  if (type === 'choice') return typed;
  if (type === 'number') return typed.trim() === '' ? NOTHING_READ : Number(typed);
  try {
    return JSON.parse(typed);
  } catch {
    return NOTHING_READ;
  }
}

const written = (value: unknown, { type }: Control): string =>
  type === 'choice' || (type === 'number' && typeof value === 'number')
    ? String(value)
    : JSON.stringify(value, null, type === 'json' ? 1 : 0);

export class LabSetting extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      :host {
        padding: 0.75rem 0;
        border-block-end: 1px solid var(--line);
      }

      .setting {
        /* What only screen readers see stays within what scrolls. */
        position: relative;
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 20rem);
        gap: 0.25rem 1rem;
        align-items: start;
        overflow-wrap: anywhere;
      }

      .control {
        display: flex;
        grid-row: span 3;
        flex-wrap: wrap;
        gap: 0.4rem;
        align-items: center;
      }

      input:not([type='checkbox']),
      select {
        width: 12rem;
        max-width: 100%;
      }

      textarea {
        width: 100%;
        font-family: var(--mono);
        font-size: 0.92em;
        resize: vertical;
      }

      [aria-invalid='true'] {
        border-color: var(--alarm);
      }

      @media (max-width: 40rem) {
        .setting {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  static override properties = { path: {}, stored: { attribute: false }, typed: { state: true } };

  declare path: SettingPath;
  /** Undefined where the default counts. */
  declare stored: unknown;
  /** What is in the field, where that is not what counts. */
  declare typed: string | null;

  constructor() {
    super();
    this.path = 'enabled';
    this.stored = undefined;
    this.typed = null;
  }

  get #control(): Control {
    return DESCRIPTIONS[this.path].control;
  }

  /** Whether what is shown would not count. */
  get #isInvalid(): boolean {
    if (this.typed === null) return this.stored !== undefined && !isValidSetting(this.path, this.stored);
    const value = read(this.typed, this.#control);
    return value === NOTHING_READ || !isValidSetting(this.path, value);
  }

  #store(value: unknown): void {
    this.typed = null;
    this.dispatchEvent(new ChangeSettingEvent(this.path, value));
  }

  readonly #onInput = ({ target }: Event): void => {
    this.typed = (target as HTMLInputElement).value;
  };

  readonly #onChange = ({ target }: Event): void => {
    this.typed = (target as HTMLInputElement).value;
    const value = read(this.typed, this.#control);
    if (value !== NOTHING_READ && isValidSetting(this.path, value)) this.#store(value);
  };

  #field(value: unknown) {
    const control = this.#control;
    const shown = this.typed ?? written(value, control);
    const isInvalid = this.#isInvalid ? 'true' : 'false';
    switch (control.type) {
      case 'switch':
        return html`<input
          type="checkbox"
          aria-labelledby="name"
          aria-describedby="meaning"
          .checked=${value === true}
          @change=${({ target }: Event) => this.#store((target as HTMLInputElement).checked)}
        />`;
      case 'choice':
        return html`<select aria-labelledby="name" aria-describedby="meaning" @change=${this.#onChange}>
          ${control.values.map((one) => html`<option ?selected=${one === value}>${one}</option>`)}
        </select>`;
      case 'number':
        return html`<input
          inputmode="decimal"
          aria-labelledby="name"
          aria-describedby="meaning problem"
          aria-invalid=${isInvalid}
          .value=${shown}
          @input=${this.#onInput}
          @change=${this.#onChange}
        />`;
      case 'json':
        return html`<textarea
          aria-labelledby="name"
          aria-describedby="meaning problem"
          aria-invalid=${isInvalid}
          spellcheck="false"
          rows=${Math.min(10, shown.split('\n').length)}
          .value=${shown}
          @input=${this.#onInput}
          @change=${this.#onChange}
        ></textarea>`;
    }
  }

  protected override render() {
    const { path, stored } = this;
    const standard = defaultOf(path);
    return html`<div class="setting" role="group" aria-labelledby="name">
      <h3 id="name"><code>${path}</code></h3>
      <div class="control">
        ${this.#field(stored ?? standard)}
        <button class="quiet" ?disabled=${stored === undefined && this.typed === null} @click=${() => this.#store(undefined)}>
          ${text('settingReset')}<span class="visually-hidden"> ${path}</span>
        </button>
      </div>
      <p id="meaning">${text(DESCRIPTIONS[path].meaning)}</p>
      <p class="soft">${text('settingDefault', JSON.stringify(standard))}</p>
      <p id="problem" class="alarm" aria-live="polite">${this.#isInvalid ? text('settingInvalid') : nothing}</p>
    </div>`;
  }
}

define('lab-setting', LabSetting);
