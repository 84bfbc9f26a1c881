/** What is left of the budgets of selectURL(), for each site that has asked on the page. */

import { css, html, nothing, type PropertyValues } from 'lit';
import { ask } from '../components/ask';
import { define, LabElement } from '../components/lab-element';
import { text } from '../components/text';
import type { ShownBudgets } from '../protocol/extension-pages/select-url';

const decimals = new Intl.NumberFormat(chrome.i18n.getUILanguage(), { maximumFractionDigits: 2 });

export class LabBudgets extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      section {
        padding: 0.5rem 0;
        border-block-start: 1px solid var(--line);
      }

      table {
        width: 100%;
        border-collapse: collapse;
      }

      th,
      td {
        padding: 0.15rem 0.35rem 0.15rem 0;
        text-align: end;
      }

      th:first-child {
        width: 42%;
        text-align: start;
        overflow-wrap: anywhere;
      }

      thead th {
        color: var(--soft);
        font-weight: normal;
      }
    `,
  ];
  static override properties = { tabId: { type: Number }, budgets: { state: true } };

  declare tabId: number;
  declare budgets: readonly ShownBudgets[];
  protected override readonly topics = ['selections'] as const;

  constructor() {
    super();
    this.tabId = -1;
    this.budgets = [];
  }

  protected override async load(): Promise<void> {
    if (this.tabId >= 0) this.budgets = (await ask('select-url.read', { tabId: this.tabId })).budgets;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('tabId')) void this.reload();
  }

  #table() {
    const row = ({ site, page, sitePage, siteDaily }: ShownBudgets) => {
      const cells = [page, sitePage, siteDaily].map((bits) => html`<td>${decimals.format(Math.max(0, bits))}</td>`);
      return html`<tr><th scope="row">${site}</th>${cells}</tr>`;
    };
    const heads = [text('popupSite'), text('popupPageLeft'), text('popupSitePageLeft'), text('popupDailyLeft')];
    return html`<table aria-labelledby="budgets">
      <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${this.budgets.map(row)}</tbody>
    </table>`;
  }

  protected override render() {
    const isEmpty = this.budgets.length === 0;
    return html`<section aria-labelledby="budgets">
      <h2 id="budgets">${text('popupBudgets')}</h2>
      ${isEmpty ? html`<p class="soft">${text('popupNoBudgets')}</p>` : nothing} ${isEmpty ? nothing : this.#table()}
    </section>`;
  }
}

define('lab-budgets', LabBudgets);
