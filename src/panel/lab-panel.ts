/** The frame around the views: which tab is inspected, and which view is shown. */

import { css, html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { ask } from '../components/ask';
import { define, LabElement } from '../components/lab-element';
import '../components/tabs';
import type { ChooseTabEvent } from '../components/tabs';
import { text } from '../components/text';
import { namedTab, watchNavigations } from './inspected-tab';
import { VIEWS } from './views/views';

interface OpenTab {
  readonly id: number;
  readonly title: string;
}

export class LabPanel extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }

      header {
        display: flex;
        flex: none;
        flex-wrap: wrap;
        gap: 0.25rem var(--gap);
        align-items: center;
        padding: 0.35rem var(--gap);
      }

      h1 {
        display: flex;
        gap: 0.4rem;
        align-items: center;
        margin: 0;
        font-size: 1rem;
      }

      header select {
        max-width: 100%;
        min-width: 0;
        text-overflow: ellipsis;
      }

      main {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      lab-tabs {
        flex: 1;
      }
    `,
  ];
  static override properties = { tabId: { state: true }, view: { state: true }, openTabs: { state: true }, isThere: { state: true } };

  declare tabId: number | null;
  declare view: string;
  declare openTabs: readonly OpenTab[];
  /** Whether the tab is there, and the browser lets extensions look into its page. */
  declare isThere: boolean;
  #unwatch: () => void = () => undefined;

  constructor() {
    super();
    const { search } = location;
    this.tabId = namedTab(search);
    const named = new URLSearchParams(search).get('view');
    this.view = VIEWS.find(({ id }) => id === named)?.id ?? (VIEWS[0]?.id as string);
    this.openTabs = [];
    this.isThere = true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  #watch(): void {
    this.#unwatch();
    if (this.tabId !== null) this.#unwatch = watchNavigations(this.tabId, () => void this.reload());
  }

  protected override async load(): Promise<void> {
    if (this.tabId !== null) this.isThere = (await ask('page.frames', { tabId: this.tabId })).length > 0;
    if (chrome.devtools) return;
    const tabs = await chrome.tabs.query({ url: ['http://*/*', 'https://*/*', 'file://*/*'] });
    this.openTabs = tabs.flatMap(({ id, title, url }) => (id === undefined ? [] : [{ id, title: title || url || String(id) }]));
  }

  #inspect(tabId: number): void {
    this.tabId = tabId;
    this.#remember();
    this.#watch();
    void this.reload();
  }

  /** So that the page shows the same when it is loaded again. */
  #remember(): void {
    history.replaceState(null, '', `?${new URLSearchParams({ ...(this.tabId !== null && { tab: String(this.tabId) }), view: this.view })}`);
  }

  #chooser() {
    if (chrome.devtools) return nothing;
    const { tabId, openTabs } = this;
    const isListed = openTabs.some(({ id }) => id === tabId);
    return html`<select
      aria-label=${text('inspectedTab')}
      @focus=${() => this.reload()}
      @change=${({ target }: Event) => this.#inspect(Number((target as HTMLSelectElement).value))}
    >
      ${isListed ? nothing : html`<option value="" selected disabled>${tabId === null ? text('chooseTab') : text('unlistedTab', tabId)}</option>`}
      ${openTabs.map(({ id, title }) => html`<option value=${id} ?selected=${id === tabId}>${title}</option>`)}
    </select>`;
  }

  protected override render() {
    const { tabId } = this;
    const tabs = VIEWS.map(({ id, title, render }) => ({
      id,
      title: text(title),
      render: () => html`${keyed(tabId, tabId === null ? nothing : render(tabId))}`,
    }));
    return html`<header>
        <h1><img src="/icons/icon-32.png" alt="" width="18" height="18" />${text('panelTitle')}</h1>
        ${this.#chooser()}
      </header>
      <main>
        ${tabId === null ? html`<p class="notice">${text('chooseTabHint')}</p>` : nothing}
        ${this.isThere ? nothing : html`<p class="notice alarm" role="status">${text('noPage')}</p>`}
        <lab-tabs
          .label=${text('views')}
          .tabs=${tabs}
          .chosen=${this.view}
          ?hidden=${tabId === null}
          @lab-choose-tab=${({ id }: ChooseTabEvent) => {
            this.view = id;
            this.#remember();
          }}
        ></lab-tabs>
      </main>`;
  }
}

define('lab-panel', LabPanel);
