/** What selectURL() may still reveal on the inspected page, and to whom; what was spent can be given back. */

import { css, html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { formatMoment, formatNumber } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { text } from '../../../components/text';
import type { ShownBudgets } from '../../../protocol/extension-pages/select-url';
import type { BudgetsLeft } from '../../../spec/select-url';
import { cards } from '../cards';

export class LabBudgets extends LabElement {
  static override styles = [
    LabElement.styles,
    cards,
    css`
      .cards {
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr));
      }

      .card {
        align-content: start;
      }

      .budget {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 6rem;
        gap: 0 var(--gap);
        align-items: center;
      }

      meter {
        width: 100%;
      }
    `,
  ];
  static override properties = { page: { attribute: false }, budgets: { attribute: false }, allowances: { attribute: false } };

  /** The documentId of the document at the top, or null. */
  declare page: string | null;
  declare budgets: readonly ShownBudgets[];
  declare allowances: BudgetsLeft;

  constructor() {
    super();
    this.page = null;
    this.budgets = [];
    this.allowances = { page: 0, sitePage: 0, siteDaily: 0 };
  }

  #budget(label: string, left: number, allowance: number) {
    const said = text('bitsLeftOf', formatNumber(Math.max(0, left)), formatNumber(allowance));
    return html`<div class="budget">
      <p>${label}: <b>${said}</b></p>
      <meter min="0" max=${Math.max(allowance, 1)} value=${Math.max(0, left)} aria-label=${label}>${said}</meter>
    </div>`;
  }

  #site({ site, sitePage, siteDaily, refills }: ShownBudgets) {
    const { allowances } = this;
    const [next] = refills;
    return html`<li class="card">
      <div class="head">
        <h3>${site}</h3>
        <button aria-label=${text('resetSite', site)} ?disabled=${refills.length === 0} @click=${() => ask('select-url.reset', { type: 'site', site })}>
          ${text('reset')}
        </button>
      </div>
      ${this.#budget(text('budgetOfSiteOnPage'), sitePage, allowances.sitePage)}
      ${this.#budget(text('budgetOfSiteDaily'), siteDaily, allowances.siteDaily)}
      ${next ? html`<p class="soft">${text('bitsBackAt', formatNumber(next.bits), formatMoment(next.time))}</p>` : nothing}
    </li>`;
  }

  protected override render() {
    const { budgets, page, allowances } = this;
    // It is the same for all sites; with none, nothing was spent.
    const left = budgets[0]?.page ?? allowances.page;
    return html`<ul class="cards" aria-label=${text('budgets')}>
      <li class="card">
        <div class="head">
          <h3>${text('thisPage')}</h3>
          <button
            aria-label=${text('resetPage')}
            ?disabled=${page === null || left === allowances.page}
            @click=${() => page !== null && ask('select-url.reset', { type: 'page', page })}
          >
            ${text('reset')}
          </button>
        </div>
        ${this.#budget(text('budgetOfPage'), left, allowances.page)}
        <p class="soft">${text('pageBudgetHint')}</p>
      </li>
      ${budgets.map((budget) => this.#site(budget))}
    </ul>`;
  }
}

define('lab-budgets', LabBudgets);
