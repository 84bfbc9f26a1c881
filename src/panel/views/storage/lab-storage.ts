/** What the data origins of the page, or all of them, have stored; a person can change it. */

import { css, html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import '../../../components/confirm-button';
import { formatBytes, formatMoment } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { split, view } from '../../../components/split';
import type { ChooseRowEvent, EditCellEvent, RowsInViewEvent, SortEvent, Sorting } from '../../../components/table/columns';
import type { LabTable } from '../../../components/table/lab-table';
import '../../../components/table/lab-table';
import { counted, text } from '../../../components/text';
import { type EntryColumn, LISTED_LENGTH, type ListedEntry } from '../../../protocol/extension-pages/entries';
import type { View } from '../view';
import { saveEntry } from './change-entries';
import { type CellEditing, entryColumns } from './columns';
import { type EntryRow, EntryWindow } from './entry-window';
import type { LabEntry, ShowEntryEvent } from './lab-entry';
import './lab-entry';
import { originList } from './origin-list';
import { originsOf, type Shown } from './origins';

const NEW = Symbol('a new entry');

const BY_KEY: Sorting = { id: 'key', desc: false };

export class LabStorage extends LabElement {
  static override styles = [
    LabElement.styles,
    view,
    split,
    css`
      .origins {
        flex: none;
        min-height: 0;
      }
    `,
  ];
  static override properties = {
    tabId: { type: Number },
    all: { state: true },
    shown: { state: true },
    origin: { state: true },
    filter: { state: true },
    sorting: { state: true },
    window: { state: true },
    entry: { state: true },
    editing: { state: true },
    said: { state: true },
  };

  declare tabId: number;
  /** Whether origins are shown that the page has nothing to do with. */
  declare all: boolean;
  declare shown: Shown | null;
  /** The data origin whose entries are shown. */
  declare origin: string | null;
  declare filter: string;
  declare sorting: Sorting | null;
  declare window: EntryWindow | null;
  /** The key of the entry whose details are shown. */
  declare entry: string | typeof NEW | null;
  declare editing: CellEditing | null;
  /** What the last change came to. */
  declare said: string;
  protected override readonly topics = ['events'] as const;
  #inView: readonly [number, number] = [0, 0];

  constructor() {
    super();
    this.tabId = -1;
    this.all = false;
    this.shown = null;
    this.origin = null;
    this.filter = '';
    this.sorting = BY_KEY;
    this.window = null;
    this.entry = null;
    this.editing = null;
    this.said = '';
  }

  protected override async load(): Promise<void> {
    // What is being typed stands in a row of the list as it is.
    if (this.editing) return;
    const shown = await originsOf(this.tabId, this.all);
    if (!shown.origins.some(({ dataOrigin }) => dataOrigin === this.origin)) this.#choose(shown.origins[0]?.dataOrigin ?? null);
    const dataOrigin = this.origin;
    const { id, desc } = this.sorting ?? BY_KEY;
    const query = { filter: this.filter, sortBy: id as EntryColumn, desc };
    const window = dataOrigin === null ? null : await EntryWindow.open({ dataOrigin, ...query }, this.#inView, this.#listener);
    // It may have been begun meanwhile, and the row would be another one's. Whoever ends it loads again.
    if (this.editing) return;
    this.shown = shown;
    this.window = window;
  }

  readonly #listener = {
    changed: () => this.#table?.requestUpdate(),
    forgotten: () => void this.reload(),
  };

  get #table(): LabTable | null {
    return this.renderRoot.querySelector<LabTable>('#entries');
  }

  #choose(origin: string | null): void {
    this.origin = origin;
    this.entry = null;
    this.editing = null;
    this.said = '';
  }

  async #edit({ row, column }: EditCellEvent<EntryRow>): Promise<void> {
    if (row.key === null) return;
    const edited = column === 'key' ? 'key' : 'value';
    // A field of one line has no room for all of it.
    if (row.length > LISTED_LENGTH || /[\r\n]/.test(row[edited])) await this.#showDetails(row.key);
    else this.editing = { key: row.key, column: edited, done: (typed) => void this.#finishEditing(row, edited, typed) };
  }

  async #finishEditing(row: ListedEntry, column: 'key' | 'value', typed: string | null): Promise<void> {
    this.editing = null;
    await this.updateComplete;
    this.#table?.takeKeyboard();
    if (typed !== null && typed !== row[column] && this.origin !== null) {
      const whose = { dataOrigin: this.origin, tabId: this.tabId };
      this.said = (await saveEntry(whose, row, { key: row.key, value: row.value, [column]: typed })) ?? text('saved');
    }
    await this.reload();
  }

  async #showDetails(entry: string | typeof NEW): Promise<void> {
    this.entry = entry;
    await this.updateComplete;
    await this.renderRoot.querySelector<LabEntry>('lab-entry')?.edit();
  }

  async #clear(dataOrigin: string): Promise<void> {
    const count = this.window?.count ?? 0;
    await ask('entries.forget', { dataOrigin, tabId: this.tabId });
    this.entry = null;
    this.said = counted('cleared', count);
    await this.reload();
  }

  #search(filter: string): void {
    this.filter = filter;
    this.#inView = [0, 0];
    void this.reload();
  }

  #showAll(all: boolean): void {
    this.all = all;
    void this.reload();
  }

  #showOrigin(dataOrigin: string): void {
    this.#choose(dataOrigin);
    void this.reload();
  }

  #toolbar(dataOrigin: string, { origins, quota }: Shown) {
    const { bytes = 0, count = 0, created = null } = origins.find((usage) => usage.dataOrigin === dataOrigin) ?? {};
    return html`<div class="bar">
      <input
        type="search"
        class="grow"
        placeholder=${text('filterEntries')}
        aria-label=${text('filterEntries')}
        .value=${this.filter}
        @input=${({ target }: Event) => this.#search((target as HTMLInputElement).value)}
      />
      <button @click=${() => this.#showDetails(NEW)}>${text('addEntry')}</button>
      <lab-confirm
        .label=${text('clear')}
        .question=${counted('clearQuestion', count)}
        ?disabled=${count === 0}
        @lab-confirm=${() => this.#clear(dataOrigin)}
      ></lab-confirm>
      <span class="soft">${counted('entries', count)}, ${text('ofQuota', formatBytes(bytes), formatBytes(quota))}${created === null ? '' : text('since', formatMoment(created))}</span>
      <span role="status">${this.said}</span>
    </div>`;
  }

  #entries(dataOrigin: string, { lifetime, now }: Shown) {
    const { window, entry } = this;
    const shown = entry !== null;
    return html`<div class="split"><div class="halves">
      <lab-table
        id="entries"
        .label=${text('entriesOf', dataOrigin)}
        .columns=${entryColumns(lifetime, now, this.editing)}
        .window=${window}
        .idOf=${({ key }: EntryRow) => key ?? ''}
        .chosenId=${typeof entry === 'string' ? entry : null}
        .sorting=${this.sorting}
        .empty=${text(this.filter === '' ? 'noEntries' : 'noMatches')}
        @lab-rows-in-view=${({ first, last }: RowsInViewEvent) => {
          this.#inView = [first, last];
        }}
        @lab-sort=${({ sorting }: SortEvent) => {
          this.sorting = sorting ?? BY_KEY;
          void this.reload();
        }}
        @lab-choose-row=${({ row: { key } }: ChooseRowEvent<EntryRow>) => {
          this.entry = key;
        }}
        @lab-edit-cell=${(event: EditCellEvent<EntryRow>) => this.#edit(event)}
      ></lab-table>
      ${
        shown
          ? html`<lab-entry
            class="other"
            .dataOrigin=${dataOrigin}
            .tabId=${this.tabId}
            .entryKey=${entry === NEW ? null : entry}
            .lifetime=${lifetime}
            @lab-show-entry=${({ key }: ShowEntryEvent) => {
              this.entry = key;
              void this.reload();
            }}
          ></lab-entry>`
          : nothing
      }
    </div></div>`;
  }

  protected override render() {
    const { shown, origin } = this;
    if (!shown) return this.renderProblem();
    const hasOrigins = shown.origins.length > 0;
    const actions = { showAll: (all: boolean) => this.#showAll(all), show: (dataOrigin: string) => this.#showOrigin(dataOrigin) };
    return html`${this.renderProblem()} ${originList(shown.origins, origin, this.all, actions)}
    ${hasOrigins ? nothing : html`<p class="notice">${text('noOrigins')}</p>`}
    ${origin === null ? nothing : html`${this.#toolbar(origin, shown)} ${this.#entries(origin, shown)}`}`;
  }
}

define('lab-storage', LabStorage);

export const storageView: View = {
  id: 'storage',
  title: 'viewStorage',
  render: (tabId) => html`<lab-storage .tabId=${tabId}></lab-storage>`,
};
