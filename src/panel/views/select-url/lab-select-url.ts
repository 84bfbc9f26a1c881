/** The calls of selectURL() of the inspected tab: which URL won, why, and what that cost. */

import { html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { define, LabElement } from '../../../components/lab-element';
import type { ChooseRowEvent } from '../../../components/table/columns';
import '../../../components/table/lab-table';
import { counted, text } from '../../../components/text';
import type { ExtensionPageRequests } from '../../../protocol/extension-pages/requests';
import type { ShownSelection } from '../../../protocol/extension-pages/select-url';
import { sections, TabView } from '../tab-view';
import type { View } from '../view';
import { COLUMNS } from './columns';
import './lab-budgets';
import './lab-selection';
import type { ForceEvent } from './lab-selection';

type State = ExtensionPageRequests['select-url.read']['result'];

/** The index that the setting prescribes for the call's operation, whatever that is called; null where it decides by itself. */
function forcedIndex(forced: State['forced'], { dataOrigin, operation }: ShownSelection): number | null {
  const ofOrigin = Object.hasOwn(forced, dataOrigin) ? forced[dataOrigin] : undefined;
  return ofOrigin && Object.hasOwn(ofOrigin, operation) ? (ofOrigin[operation] ?? null) : null;
}

const idOf = ({ urn }: ShownSelection): string => urn;

export class LabSelectURL extends TabView {
  static override styles = [LabElement.styles, sections];
  static override properties = {
    state: { state: true },
    chosenId: { state: true },
  };

  /** Null before the first answer. */
  declare state: State | null;
  declare chosenId: string | null;
  protected override readonly topics = ['selections'] as const;

  constructor() {
    super();
    this.state = null;
    this.chosenId = null;
  }

  protected override async load(): Promise<void> {
    this.state = await ask('select-url.read', { tabId: this.tabId });
  }

  async #force({ dataOrigin, operation }: ShownSelection, index: number | null): Promise<void> {
    await ask('select-url.force', { dataOrigin, operation, index });
    await this.reload();
  }

  #details(selection: ShownSelection, forced: number | null) {
    return html`<lab-selection
      class="other"
      .selection=${selection}
      .forced=${forced}
      @lab-force=${({ index }: ForceEvent) => this.#force(selection, index)}
      @lab-close=${() => {
        this.chosenId = null;
      }}
    ></lab-selection>`;
  }

  protected override render() {
    const { state } = this;
    if (!state) return this.renderProblem();
    const { selections, page, budgets, allowances, forced, isRevealed } = state;
    const chosen = selections.find(({ urn }) => urn === this.chosenId);
    return html`${this.renderProblem()}
      <details open>
        <summary><h2>${text('budgets')}</h2></summary>
        <lab-budgets .page=${page} .budgets=${budgets} .allowances=${allowances}></lab-budgets>
      </details>
      ${isRevealed ? nothing : html`<p class="notice">${text('notRevealed')}</p>`}
      <div class="bar"><h2 aria-live="polite" aria-atomic="true">${counted('selectionCalls', selections.length)}</h2></div>
      <div class="split"><div class="halves">
        <lab-table
          .label=${text('viewSelectURL')}
          .columns=${COLUMNS}
          .rows=${selections}
          .idOf=${idOf}
          .chosenId=${this.chosenId}
          .empty=${text('noSelections')}
          @lab-choose-row=${({ row }: ChooseRowEvent<ShownSelection>) => {
            this.chosenId = row.urn;
          }}
        ></lab-table>
        ${chosen ? this.#details(chosen, forcedIndex(forced, chosen)) : nothing}
      </div></div>`;
  }
}

define('lab-select-url', LabSelectURL);

export const selectURLView: View = {
  id: 'select-url',
  title: 'viewSelectURL',
  render: (tabId) => html`<lab-select-url .tabId=${tabId}></lab-select-url>`,
};
