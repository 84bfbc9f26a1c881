/** A list of tabs and the panel of the chosen one. Left and right arrow, Home and End go through the tabs. */

import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import { define, LabElement } from './lab-element';

export interface Tab {
  readonly id: string;
  readonly title: string;
  render(): TemplateResult;
}

/** Another tab has been chosen. */
export class ChooseTabEvent extends Event {
  static readonly type = 'lab-choose-tab';
  readonly id: string;

  constructor(id: string) {
    super(ChooseTabEvent.type);
    this.id = id;
  }
}

export class LabTabs extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        container-type: inline-size;
      }

      [role='tablist'] {
        display: flex;
        flex: none;
        overflow-x: auto;
        border-bottom: 1px solid var(--line);
        background: var(--raised);
        scrollbar-width: thin;
      }

      /* In several rows, as long as there are not more of these than of anything else. */
      @container (min-width: 20rem) {
        [role='tablist'] {
          flex-wrap: wrap;
        }
      }

      [role='tab'] {
        flex: none;
        padding: 0.35rem 0.8rem;
        border: 0;
        border-bottom: 2px solid transparent;
        border-radius: 0;
        background: transparent;
      }

      [role='tab'][aria-selected='true'] {
        border-color: var(--accent);
        color: var(--accent);
        font-weight: 600;
      }

      [role='tab']:focus-visible {
        outline-offset: -2px;
      }

      [role='tabpanel'] {
        display: flex;
        flex: 1;
        flex-direction: column;
        /* What is in it for screen readers alone has its place in it as well, and makes the page no longer. */
        position: relative;
        min-height: 0;
        overflow: auto;
      }
    `,
  ];
  static override properties = { label: {}, tabs: { attribute: false }, chosen: {} };

  declare label: string;
  declare tabs: readonly Tab[];
  declare chosen: string;

  constructor() {
    super();
    this.label = '';
    this.tabs = [];
    this.chosen = '';
  }

  #choose(id: string): void {
    this.chosen = id;
    this.dispatchEvent(new ChooseTabEvent(id));
  }

  readonly #onKey = async (event: KeyboardEvent): Promise<void> => {
    const { tabs } = this;
    const index = tabs.findIndex(({ id }) => id === this.chosen);
    const steps: Readonly<Record<string, number>> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: -1 };
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    const next = step === undefined ? undefined : tabs.at(step % tabs.length);
    if (!next) return;
    event.preventDefault();
    this.#choose(next.id);
    await this.updateComplete;
    this.#chosenTab()?.focus();
  };

  #chosenTab(): HTMLElement | null {
    return this.renderRoot.querySelector('[aria-selected="true"]');
  }

  /** However it was chosen: by a key, by a click on what can be seen of it, or by the address of the page. */
  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (changed.has('chosen') || changed.has('tabs')) this.#chosenTab()?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  protected override render() {
    const chosen = this.tabs.find(({ id }) => id === this.chosen);
    const tab = ({ id, title }: Tab) =>
      html`<button
        role="tab"
        id=${`tab-${id}`}
        aria-selected=${id === this.chosen}
        aria-controls="panel"
        tabindex=${id === this.chosen ? 0 : -1}
        @click=${() => this.#choose(id)}
      >
        ${title}
      </button>`;
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.#onKey}>${this.tabs.map(tab)}</div>
      <div role="tabpanel" id="panel" aria-labelledby=${`tab-${this.chosen}`}>${chosen?.render()}</div>`;
  }
}

define('lab-tabs', LabTabs);
