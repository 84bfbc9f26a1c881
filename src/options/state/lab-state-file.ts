/** Export, import and fixtures: everything that is kept, as one file. */

import { css, html, nothing } from 'lit';
import { ask } from '../../components/ask';
import '../../components/confirm-button';
import { download } from '../../components/download';
import { define, LabElement } from '../../components/lab-element';
import { counted, text } from '../../components/text';
import { canBeSent, LONGEST_STATE_FILE, type StateImport } from '../../protocol/extension-pages/state';
import { partStyles } from '../part-styles';

export class LabStateFile extends LabElement {
  static override styles = [
    LabElement.styles,
    partStyles,
    css`
      section {
        padding-block-end: 1rem;
      }

      input[type='file'] {
        max-width: 100%;
      }

      .problems {
        max-height: 20rem;
        overflow: auto;
        white-space: pre-wrap;
      }
    `,
  ];
  static override properties = {
    withKeyPair: { state: true },
    file: { state: true },
    isBusy: { state: true },
    done: { state: true },
    problem: { state: true },
  };

  declare withKeyPair: boolean;
  declare file: File | null;
  declare isBusy: boolean;
  /** What was done last, in words. */
  declare done: string;
  declare problem: string | null;

  constructor() {
    super();
    this.withKeyPair = false;
    this.file = null;
    this.isBusy = false;
    this.done = '';
    this.problem = null;
  }

  /** One thing at a time; `act` resolves to what is said of it. */
  async #do(act: () => Promise<string>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.problem = null;
    this.done = text('stateBusy');
    try {
      this.done = await act();
    } catch (error) {
      this.done = '';
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.isBusy = false;
    await this.updateComplete;
    this.renderRoot.querySelector('[role=alert]')?.scrollIntoView({ block: 'nearest' });
  }

  readonly #export = (): Promise<void> =>
    this.#do(async () => {
      const { withKeyPair } = this;
      const name = `shared-storage-lab-${new Date().toISOString().replaceAll(/[:.]/g, '')}.json`;
      download(name, await ask('state.export', { withKeyPair, recording: null }));
      return text('stateExported', name);
    });

  #import(as: 'everything' | 'entries'): Promise<void> {
    return this.#do(async () => {
      // UTF-8 has three bytes at most for each of UTF-16's code units. What is longer is not even read.
      if ((this.file?.size ?? 0) > 3 * LONGEST_STATE_FILE) throw new Error(text('stateTooLong'));
      const json = (await this.file?.text()) ?? '';
      if (!canBeSent(json)) throw new Error(text('stateTooLong'));
      return summarize(await ask('state.import', { text: json, as }));
    });
  }

  readonly #reset = (): Promise<void> =>
    this.#do(async () => {
      await ask('state.reset', {});
      return text('stateWiped');
    });

  #exporting() {
    const toggle = ({ target }: Event) => {
      this.withKeyPair = (target as HTMLInputElement).checked;
    };
    return html`<section>
      <h2>${text('stateExport')}</h2>
      <p>${text('stateExportHint')}</p>
      <div class="bar">
        <button class="primary" ?disabled=${this.isBusy} @click=${this.#export}>${text('stateExportButton')}</button>
        <label><input type="checkbox" .checked=${this.withKeyPair} @change=${toggle} />${text('stateWithKeyPair')}</label>
      </div>
    </section>`;
  }

  #importing() {
    const isMissing = this.isBusy || this.file === null;
    const choose = ({ target }: Event) => {
      this.file = (target as HTMLInputElement).files?.[0] ?? null;
      this.done = '';
      this.problem = null;
    };
    return html`<section>
      <h2>${text('stateImport')}</h2>
      <p>${text('stateImportHint')}</p>
      <div class="bar">
        <label for="file">${text('stateFile')}</label>
        <input id="file" type="file" accept="application/json,.json" @change=${choose} />
      </div>
      <div class="bar">
        <button ?disabled=${isMissing} @click=${() => this.#import('everything')}>${text('stateImportButton')}</button>
        <button ?disabled=${isMissing} @click=${() => this.#import('entries')}>${text('stateFixtureButton')}</button>
      </div>
    </section>`;
  }

  #resetting() {
    return html`<section>
      <h2>${text('stateWipe')}</h2>
      <p>${text('stateWipeHint')}</p>
      <div class="bar">
        <lab-confirm
          .label=${text('stateWipeButton')}
          .question=${text('stateWipeQuestion')}
          ?disabled=${this.isBusy}
          @lab-confirm=${this.#reset}
        ></lab-confirm>
      </div>
    </section>`;
  }

  protected override render() {
    const { problem } = this;
    const told = html`<div class="notice alarm" role="alert">
      <p>${text('stateNothingChanged')}</p>
      <p class="problems code" tabindex="0">${problem}</p>
    </div>`;
    return html`${this.#exporting()} ${this.#importing()} ${this.#resetting()}
      <p role="status">${this.done}</p>
      ${problem === null ? nothing : told}`;
  }
}

function summarize({ origins, entries, reports, events }: StateImport): string {
  const parts = [
    counted('stateEntries', entries),
    counted('stateOrigins', origins),
    counted('stateReports', reports),
    counted('stateEvents', events),
  ];
  return text('stateImported', new Intl.ListFormat(chrome.i18n.getUILanguage(), { type: 'unit' }).format(parts));
}

define('lab-state-file', LabStateFile);
