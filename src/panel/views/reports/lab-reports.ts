/** The reports of Private Aggregation: what became of them, what they say, and what they come to. */

import { html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import '../../../components/confirm-button';
import { formatMoment, formatNumber } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import type { ChooseRowEvent } from '../../../components/table/columns';
import '../../../components/table/lab-table';
import { counted, text } from '../../../components/text';
import type { ShownReport } from '../../../protocol/extension-pages/reports';
import type { ExtensionPageRequests } from '../../../protocol/extension-pages/requests';
import { sections, TabView } from '../tab-view';
import type { View } from '../view';
import { COLUMNS } from './columns';
import { exportKey } from './exports';
import './lab-missing-reports';
import './lab-report';
import './lab-summary';

/** How many reports are shown, the newest ones. */
const SHOWN = 1000;

const idOf = ({ key }: ShownReport): string => key;

export class LabReports extends TabView {
  static override styles = [LabElement.styles, sections];
  static override properties = {
    state: { state: true },
    chosenKey: { state: true },
    onlyTab: { state: true },
  };

  /** Null before the first answer. */
  declare state: ExtensionPageRequests['reports.read']['result'] | null;
  declare chosenKey: string | null;
  /** Whether only reports of the tab's operations are shown. */
  declare onlyTab: boolean;
  protected override readonly topics = ['reports'] as const;

  constructor() {
    super();
    this.state = null;
    this.chosenKey = null;
    this.onlyTab = false;
  }

  protected override async load(): Promise<void> {
    this.state = await ask('reports.read', { limit: SHOWN });
  }

  #close(): void {
    this.chosenKey = null;
  }

  #bar(count: number, shown: number) {
    return html`<div class="bar">
      <h2 class="grow" aria-live="polite" aria-atomic="true">${count === shown ? counted('reports', count) : text('reportsOf', formatNumber(shown), formatNumber(count))}</h2>
      <label
        ><input type="checkbox" .checked=${this.onlyTab} @change=${({ target }: Event) => {
          this.onlyTab = (target as HTMLInputElement).checked;
        }} />${text('onlyThisTab')}</label
      >
      <button @click=${() => exportKey()}>${text('exportPrivateKey')}</button>
      <lab-confirm
        .label=${text('clearReports')}
        .question=${text('clearReportsConfirmed')}
        ?disabled=${count === 0}
        @lab-confirm=${() => ask('reports.clear', {})}
      ></lab-confirm>
    </div>`;
  }

  #budgets({ budgets }: NonNullable<LabReports['state']>) {
    const lines = Object.entries(budgets).map(([origin, { left, refill }]) => {
      const again = refill === null ? '' : text('budgetRefill', formatMoment(refill));
      return html`<li>${text('contributionsLeft', origin, formatNumber(left))} ${again}</li>`;
    });
    return lines.length === 0 ? nothing : html`<ul class="bar soft" aria-label=${text('contributionBudgets')}>${lines}</ul>`;
  }

  protected override render() {
    const { state } = this;
    if (!state) return this.renderProblem();
    const { reports, count, origins } = state;
    const rows = this.onlyTab ? reports.filter(({ operation }) => operation.tabId === this.tabId) : reports;
    const chosen = reports.find(({ key }) => key === this.chosenKey);
    return html`${this.renderProblem()} ${this.#bar(count, rows.length)} ${this.#budgets(state)}
      <details>
        <summary><h2>${text('summaryAndExport')}</h2></summary>
        <lab-summary .origins=${origins}></lab-summary>
      </details>
      <lab-missing-reports .tabId=${this.tabId}></lab-missing-reports>
      <div class="split"><div class="halves">
        <lab-table
          .label=${text('viewReports')}
          .columns=${COLUMNS}
          .rows=${rows}
          .idOf=${idOf}
          .chosenId=${this.chosenKey}
          .empty=${text('noReports')}
          @lab-choose-row=${({ row }: ChooseRowEvent<ShownReport>) => {
            this.chosenKey = row.key;
          }}
        ></lab-table>
        ${chosen ? html`<lab-report class="other" .report=${chosen} @lab-close=${() => this.#close()}></lab-report>` : nothing}
      </div></div>`;
  }
}

define('lab-reports', LabReports);

export const reportsView: View = {
  id: 'reports',
  title: 'viewReports',
  render: (tabId) => html`<lab-reports .tabId=${tabId}></lab-reports>`,
};
