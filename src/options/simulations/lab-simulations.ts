/** What is made to happen to the data of origins: a card of switches for each. */

import { css, html, nothing } from 'lit';
import { define, LabElement } from '../../components/lab-element';
import { type TextName, text } from '../../components/text';
import { decodeSettings } from '../../extension/decode-settings';
import { isValidSetting } from '../../extension/setting-values';
import { type Simulation, type Simulations, SLOWEST_WORKLET } from '../../extension/simulations';
import { changeSettings, withMember } from '../../extension/stored-settings';
import { partStyles } from '../part-styles';
import { SettingsElement } from '../stored-settings';

interface Switch {
  readonly name: Exclude<keyof Simulation, 'slowWorkletMs'>;
  readonly label: TextName;
  readonly meaning: TextName;
}

const SWITCHES: readonly Switch[] = [
  { name: 'notEnrolled', label: 'simulateNotEnrolled', meaning: 'simulateNotEnrolledHint' },
  { name: 'userDisabled', label: 'simulateUserDisabled', meaning: 'simulateUserDisabledHint' },
  { name: 'budgetExhausted', label: 'simulateBudgetExhausted', meaning: 'simulateBudgetExhaustedHint' },
  { name: 'storageFull', label: 'simulateStorageFull', meaning: 'simulateStorageFullHint' },
  { name: 'reportEndpointDown', label: 'simulateReportEndpointDown', meaning: 'simulateReportEndpointDownHint' },
];

const EXAMPLE = 'https://a.example';

export class LabSimulations extends SettingsElement {
  static override styles = [
    LabElement.styles,
    partStyles,
    css`
      fieldset {
        position: relative;
        min-width: 0;
        margin: 0.75rem 0;
        padding: 0.5rem 0.75rem 0.75rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }

      legend {
        padding: 0 0.3rem;
        font-weight: 600;
        overflow-wrap: anywhere;
      }

      .switch {
        padding: 0.3rem 0;
      }

      .switch p {
        padding-inline-start: 1.4rem;
      }

      input.delay {
        width: 6rem;
      }
    `,
  ];
  static override properties = { ...SettingsElement.properties, typed: { state: true }, wrongDelays: { state: true } };

  /** The origin that is to be added. */
  declare typed: string;
  /** The origins with something in the field of the delay that does not count. */
  declare wrongDelays: ReadonlySet<string>;

  constructor() {
    super();
    this.typed = '';
    this.wrongDelays = new Set();
  }

  get #simulations(): Simulations {
    return decodeSettings(this.stored ?? {}).settings.simulations;
  }

  #change(origin: string, change: (simulation: Simulation) => Simulation | undefined): void {
    changeSettings(({ simulations, ...others }) => ({
      ...others,
      simulations: withMember(simulations, origin, change(simulations?.[origin] ?? {})),
    })).then(
      () => this.failed(null),
      (error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))),
    );
  }

  get #isOrigin(): boolean {
    return this.typed !== '' && isValidSetting('simulations', { [this.typed]: {} });
  }

  readonly #add = (event: Event): void => {
    event.preventDefault();
    if (!this.#isOrigin) return;
    this.#change(this.typed, (simulation) => simulation);
    this.typed = '';
  };

  #switch(origin: string, simulation: Simulation, { name, label, meaning }: Switch) {
    const id = `${name} ${origin}`;
    const toggle = ({ target }: Event) => this.#change(origin, (now) => ({ ...now, [name]: (target as HTMLInputElement).checked }));
    return html`<div class="switch">
      <label><input type="checkbox" aria-describedby=${id.replaceAll(' ', '-')} .checked=${simulation[name] === true} @change=${toggle} />${text(label)}</label>
      <p class="soft" id=${id.replaceAll(' ', '-')}>${text(meaning)}</p>
    </div>`;
  }

  #delay(origin: string, { slowWorkletMs = 0 }: Simulation) {
    const read = ({ target }: Event): number => {
      const { value, validity } = target as HTMLInputElement;
      const milliseconds = validity.badInput ? Number.NaN : Number(value);
      const isValid = isValidSetting('simulations', { [origin]: { slowWorkletMs: milliseconds } });
      const others = [...this.wrongDelays].filter((one) => one !== origin);
      this.wrongDelays = new Set(isValid ? others : [...others, origin]);
      return isValid ? milliseconds : Number.NaN;
    };
    const set = (event: Event) => {
      const milliseconds = read(event);
      if (!Number.isNaN(milliseconds)) this.#change(origin, (now) => ({ ...now, slowWorkletMs: milliseconds }));
    };
    const isWrong = this.wrongDelays.has(origin);
    const id = `wrong-delay-${origin}`;
    return html`<div class="switch">
      <label
        >${text('simulateSlowWorklet')}
        <input
          class="delay"
          type="number"
          min="0"
          max=${SLOWEST_WORKLET}
          step="any"
          aria-invalid=${isWrong ? 'true' : 'false'}
          aria-describedby=${id}
          .value=${String(slowWorkletMs)}
          @input=${read}
          @change=${set}
      /></label>
      <p id=${id} class="alarm" aria-live="polite">${isWrong ? text('settingInvalid') : nothing}</p>
      <p class="soft">${text('simulateSlowWorkletHint')}</p>
    </div>`;
  }

  protected override render() {
    if (this.stored === null) return nothing;
    const origins = Object.entries(this.#simulations).sort(([a], [b]) => (a < b ? -1 : 1));
    const isWrong = this.typed !== '' && !this.#isOrigin;
    return html`<h2>${text('simulations')}</h2>
      <p>${text('simulationsHint')}</p>
      <form class="bar" @submit=${this.#add}>
        <label for="origin">${text('simulationsOrigin')}</label>
        <input
          id="origin"
          class="grow"
          placeholder=${EXAMPLE}
          aria-invalid=${isWrong ? 'true' : 'false'}
          aria-describedby="wrong"
          .value=${this.typed}
          @input=${({ target }: Event) => {
            this.typed = (target as HTMLInputElement).value.trim();
          }}
        />
        <button class="primary" ?disabled=${!this.#isOrigin}>${text('simulationsAdd')}</button>
      </form>
      <p id="wrong" class="alarm" aria-live="polite">${isWrong ? text('simulationsNoOrigin') : nothing}</p>
      ${this.problem === null ? nothing : html`<p class="notice alarm" role="alert">${this.problem}</p>`}
      ${origins.length === 0 ? html`<p class="soft">${text('simulationsNone')}</p>` : nothing}
      ${origins.map(
        ([origin, simulation]) => html`<fieldset>
          <legend>${origin}</legend>
          ${SWITCHES.map((one) => this.#switch(origin, simulation, one))} ${this.#delay(origin, simulation)}
          <button class="danger" @click=${() => this.#change(origin, () => undefined)}>
            ${text('simulationsRemove')}<span class="visually-hidden"> ${origin}</span>
          </button>
        </fieldset>`,
      )}`;
  }
}

define('lab-simulations', LabSimulations);
