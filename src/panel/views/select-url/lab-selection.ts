/** All of one call of selectURL(), and a choice of the index that its operation is to come to. */

import { css, html, nothing } from 'lit';
import { formatMoment, formatNumber } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { details } from '../../../components/split';
import { counted, text } from '../../../components/text';
import type { ShownSelection } from '../../../protocol/extension-pages/select-url';
import type { BudgetsLeft, SelectionAccount } from '../../../spec/select-url';
import { framesOf, howOf } from './columns';

/** An index was chosen for the operation; null where it is to decide by itself. */
export class ForceEvent extends Event {
  static readonly type = 'lab-force';
  readonly index: number | null;

  constructor(index: number | null) {
    super(ForceEvent.type);
    this.index = index;
  }
}

const BUDGETS = { page: 'budgetOfPage', sitePage: 'budgetOfSiteOnPage', siteDaily: 'budgetOfSiteDaily' } as const;
const NAMES = Object.keys(BUDGETS) as (keyof BudgetsLeft)[];

export class LabSelection extends LabElement {
  static override styles = [
    LabElement.styles,
    details,
    css`
      ol {
        margin: 0;
        padding-inline-start: 1.6rem;
        overflow-wrap: anywhere;
      }

      .won {
        font-weight: 600;
      }

      select {
        max-width: 100%;
      }
    `,
  ];
  static override properties = { selection: { attribute: false }, forced: { attribute: false } };

  declare selection: ShownSelection;
  /** The index that the setting prescribes for the operation, or null. */
  declare forced: number | null;

  #budgets({ before, after }: SelectionAccount) {
    const line = (name: keyof BudgetsLeft) =>
      html`<dt>${text(BUDGETS[name])}</dt>
        <dd>${text('bitsBeforeAfter', formatNumber(before[name]), formatNumber(after[name]))}</dd>`;
    return html`<h3>${text('budgetsBeforeAfter')}</h3>
      <dl>${NAMES.map(line)}</dl>
      ${this.selection.pendingBits > 0 ? html`<p class="soft">${counted('pendingBits', this.selection.pendingBits)}</p>` : nothing}`;
  }

  #force() {
    const { urls, operation } = this.selection;
    const choose = ({ target }: Event) => {
      const { value } = target as HTMLSelectElement;
      this.dispatchEvent(new ForceEvent(value === '' ? null : Number(value)));
    };
    return html`<h3 id="force">${text('forceIndex', operation)}</h3>
      <select aria-labelledby="force" @change=${choose}>
        <option value="" ?selected=${this.forced === null}>${text('forceNone')}</option>
        ${urls.map((url, index) => html`<option value=${index} ?selected=${this.forced === index}>${index}: ${url}</option>`)}
      </select>
      <p class="soft">${text('forceHint')}</p>`;
  }

  protected override render() {
    const { selection } = this;
    const { operation, dataOrigin, embedderOrigin, urls, result, account, savedQuery, time, urn, isOnPage } = selection;
    return html`<div class="details">
      <div class="heading">
        <h2>${operation}</h2>
        <button @click=${() => this.dispatchEvent(new Event('lab-close'))}>${text('close')}</button>
      </div>
      <p>${howOf(selection)}</p>
      ${isOnPage ? nothing : html`<p class="soft">${text('ofEarlierPage')}</p>`}
      <h3>${text('urlsOfCall')}</h3>
      <ol start="0">
        ${urls.map((url, index) => {
          const isWon = index === result?.index;
          return html`<li class=${isWon ? 'won' : ''}>${url}${isWon ? html` <span class="soft">(${text('wonMark')})</span>` : nothing}</li>`;
        })}
      </ol>
      ${this.#force()} ${account ? this.#budgets(account) : nothing}
      <h3>${text('aboutCall')}</h3>
      <dl>
        <dt>${text('columnFrames')}</dt><dd>${framesOf(selection)}</dd>
        <dt>${text('columnOrigin')}</dt><dd>${dataOrigin}</dd>
        <dt>${text('calledBy')}</dt><dd>${embedderOrigin}</dd>
        ${savedQuery === '' ? nothing : html`<dt>${text('savedQuery')}</dt><dd>${savedQuery}</dd>`}
        <dt>${text('columnTime')}</dt><dd>${formatMoment(time)}</dd>
        <dt>${text('urn')}</dt><dd><code>${urn}</code></dd>
      </dl>
    </div>`;
  }
}

define('lab-selection', LabSelection);
