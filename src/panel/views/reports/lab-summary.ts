/** What the reports of an origin come to, as the aggregation service would sum them up, drawn and in files. */

import { css, html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { formatNumber } from '../../../components/format';
import '../../../components/histogram';
import { define, LabElement } from '../../../components/lab-element';
import type { Column } from '../../../components/table/columns';
import '../../../components/table/lab-table';
import { text } from '../../../components/text';
import { MAXIMUM_EPSILON, type Noise, type SummaryRow, summarize } from '../../../spec/private-aggregation/summary';
import { exportBatch, exportDomain } from './exports';

const COLUMNS: readonly Column<SummaryRow>[] = [
  {
    id: 'bucket',
    title: text('columnBucket'),
    track: 'minmax(8rem, 3fr)',
    show: ({ bucket }) => String(bucket),
    whole: ({ bucket }) => String(bucket),
  },
  {
    id: 'value',
    title: text('columnValue'),
    track: 'minmax(5rem, 1fr)',
    isNumber: true,
    isSortable: true,
    sortBy: ({ value }) => value,
    show: ({ value }) => formatNumber(value),
  },
  {
    id: 'sum',
    title: text('columnSum'),
    track: 'minmax(7rem, 1fr)',
    isNumber: true,
    isSortable: true,
    sortBy: ({ sum }) => sum,
    show: ({ sum }) => formatNumber(sum),
  },
];

export class LabSummary extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      lab-histogram {
        padding: 0 var(--gap);
      }

      lab-table {
        height: 11rem;
      }

      input[type='number'] {
        width: 5rem;
      }

      .bar label {
        gap: 0.35rem;
      }

      select {
        max-width: 100%;
      }
    `,
  ];
  static override properties = {
    origins: { attribute: false },
    origin: { state: true },
    rows: { state: true },
    hasNoise: { state: true },
  };

  declare origins: readonly string[];
  /** The chosen one, or null for the first. */
  declare origin: string | null;
  declare rows: readonly SummaryRow[] | null;
  declare hasNoise: boolean;

  constructor() {
    super();
    this.origins = [];
    this.origin = null;
    this.rows = null;
    this.hasNoise = false;
  }

  get #chosen(): string | undefined {
    return this.origins.find((origin) => origin === this.origin) ?? this.origins[0];
  }

  #field = (id: string): HTMLInputElement => this.renderRoot.querySelector(`#${id}`) as HTMLInputElement;

  #noise(): Noise | null {
    if (!this.hasNoise) return null;
    const epsilon = this.#field('epsilon').valueAsNumber;
    const seed = this.#field('seed').value;
    return { epsilon: epsilon > 0 && epsilon <= MAXIMUM_EPSILON ? epsilon : MAXIMUM_EPSILON, seed: seed === '' ? null : seed };
  }

  async #sumUp(): Promise<void> {
    const reportingOrigin = this.#chosen;
    if (reportingOrigin === undefined) return;
    const reports = await ask('reports.batch', { reportingOrigin });
    const contributions = reports.flatMap((report) => report.contributions);
    this.rows = summarize(contributions, { domain: null, filteringIds: null, noise: this.#noise() });
  }

  #noiseFields() {
    return html`<label>${text('epsilon')}<input id="epsilon" type="number" min="0" max=${MAXIMUM_EPSILON} value="10" step="any" /></label>
      <label>${text('seed')}<input id="seed" size="8" placeholder=${text('seedRandom')} /></label>`;
  }

  protected override render() {
    const chosen = this.#chosen;
    if (chosen === undefined) return html`<p class="bar soft">${text('nothingToSumUp')}</p>`;
    const rows = this.rows ?? [];
    return html`<div class="bar">
        <select
          aria-label=${text('reportingOrigin')}
          @change=${({ target }: Event) => {
            this.origin = (target as HTMLSelectElement).value;
            this.rows = null;
          }}
        >
          ${this.origins.map((origin) => html`<option ?selected=${origin === chosen}>${origin}</option>`)}
        </select>
        <label
          ><input id="noise" type="checkbox" .checked=${this.hasNoise} @change=${({ target }: Event) => {
            this.hasNoise = (target as HTMLInputElement).checked;
          }} />${text('withNoise')}</label
        >
        ${this.hasNoise ? this.#noiseFields() : nothing}
        <button class="primary" @click=${() => this.#sumUp()}>${text('sumUp')}</button>
      </div>
      <div class="bar">
        <span class="soft">${text('exportAvro')}</span>
        <button @click=${() => exportBatch(chosen, false)}>${text('exportEncrypted')}</button>
        <button @click=${() => exportBatch(chosen, true)}>${text('exportCleartext')}</button>
        <button @click=${() => exportDomain(chosen)}>${text('exportDomain')}</button>
      </div>
      ${
        this.rows === null
          ? nothing
          : html`<lab-histogram
                .label=${text('histogramOf', chosen)}
                .bars=${rows.map(({ bucket, value }) => ({ name: String(bucket), value }))}
              ></lab-histogram>
              <lab-table .label=${text('sums')} .columns=${COLUMNS} .rows=${rows} .idOf=${({ bucket }: SummaryRow) => String(bucket)}></lab-table>`
      }`;
  }
}

define('lab-summary', LabSummary);
