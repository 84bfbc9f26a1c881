/** The worklets of the page, alive and past. */

import { html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { define, LabElement } from '../../../components/lab-element';
import { split, view } from '../../../components/split';
import type { ChooseRowEvent } from '../../../components/table/columns';
import '../../../components/table/lab-table';
import { counted, text } from '../../../components/text';
import type { WorkletRecord } from '../../../protocol/extension-pages/worklets';
import type { View } from '../view';
import { WORKLET_COLUMNS } from './columns';
import './lab-worklet';

const idOf = ({ documentId, workletId }: WorkletRecord): string => `${documentId}/${workletId}`;

export class LabWorklets extends LabElement {
  static override styles = [LabElement.styles, view, split];
  static override properties = {
    tabId: { type: Number },
    worklets: { state: true },
    onlyAlive: { state: true },
    chosenId: { state: true },
  };

  declare tabId: number;
  declare worklets: readonly WorkletRecord[];
  declare onlyAlive: boolean;
  declare chosenId: string | null;
  protected override readonly topics = ['worklets'] as const;

  constructor() {
    super();
    this.tabId = -1;
    this.worklets = [];
    this.onlyAlive = false;
    this.chosenId = null;
  }

  protected override async load(): Promise<void> {
    this.worklets = await ask('worklets.list', { tabId: this.tabId });
  }

  protected override render() {
    const { worklets, onlyAlive, chosenId } = this;
    const alive = worklets.filter(({ ended }) => ended === null);
    const shown = onlyAlive ? alive : worklets;
    const chosen = shown.find((worklet) => idOf(worklet) === chosenId);
    return html`${this.renderProblem()}
      <div class="bar">
        <label
          ><input type="checkbox" .checked=${onlyAlive} @change=${({ target }: Event) => {
            this.onlyAlive = (target as HTMLInputElement).checked;
          }} />${text('onlyAlive')}</label
        >
        <span class="soft" role="status">${counted('worklets', worklets.length)}, ${text('aliveOf', alive.length)}</span>
      </div>
      <div class="split"><div class="halves">
        <lab-table
          .label=${text('viewWorklets')}
          .columns=${WORKLET_COLUMNS}
          .rows=${shown}
          .idOf=${idOf}
          .chosenId=${chosenId}
          .empty=${text('noWorklets')}
          @lab-choose-row=${({ row }: ChooseRowEvent<WorkletRecord>) => {
            this.chosenId = idOf(row);
          }}
        ></lab-table>
        ${
          chosen
            ? html`<lab-worklet
              class="other"
              .worklet=${chosen}
              @lab-close=${() => {
                this.chosenId = null;
              }}
            ></lab-worklet>`
            : nothing
        }
      </div></div>`;
  }
}

define('lab-worklets', LabWorklets);

export const workletsView: View = {
  id: 'worklets',
  title: 'viewWorklets',
  render: (tabId) => html`<lab-worklets .tabId=${tabId}></lab-worklets>`,
};
