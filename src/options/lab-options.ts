/** The frame around the parts of the options page. */

import { css, html, type TemplateResult } from 'lit';
import { define, LabElement } from '../components/lab-element';
import '../components/tabs';
import type { ChooseTabEvent } from '../components/tabs';
import { type TextName, text } from '../components/text';
import './replay/lab-replay';
import './settings/lab-clock';
import './settings/lab-settings';
import './simulations/lab-simulations';
import './state/lab-state-file';

interface Part {
  readonly id: string;
  readonly title: TextName;
  render(): TemplateResult;
}

const PARTS: readonly Part[] = [
  { id: 'settings', title: 'optionsSettings', render: () => html`<lab-settings></lab-settings>` },
  { id: 'simulations', title: 'simulations', render: () => html`<lab-simulations></lab-simulations>` },
  { id: 'clock', title: 'clock', render: () => html`<lab-clock></lab-clock>` },
  { id: 'state', title: 'optionsState', render: () => html`<lab-state-file></lab-state-file>` },
  { id: 'replay', title: 'replay', render: () => html`<lab-replay></lab-replay>` },
];

export class LabOptions extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }

      h1 {
        display: flex;
        gap: 0.4rem;
        align-items: center;
        margin: 0;
        padding: 0.5rem 0.75rem;
        font-size: 1.1rem;
      }

      lab-tabs {
        flex: 1;
        min-height: 0;
      }
    `,
  ];
  static override properties = { chosen: { state: true } };

  declare chosen: string;

  constructor() {
    super();
    this.chosen = PARTS.find(({ id }) => id === location.hash.slice(1))?.id ?? 'settings';
  }

  protected override render() {
    return html`<header><h1><img src="/icons/icon-32.png" alt="" width="20" height="20" />${text('optionsTitle')}</h1></header>
      <lab-tabs
          role="main"
          .label=${text('optionsParts')}
          .tabs=${PARTS.map(({ id, title, render }) => ({ id, title: text(title), render }))}
          .chosen=${this.chosen}
          @lab-choose-tab=${({ id }: ChooseTabEvent) => {
            this.chosen = id;
            history.replaceState(null, '', `#${id}`);
          }}
        ></lab-tabs>`;
  }
}

define('lab-options', LabOptions);
