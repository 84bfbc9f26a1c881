/**
 * A table of any number of rows, of which only those in view are in the document. Arrow keys, Page Up and Down, Home and End go through the rows,
 * Enter and a click choose one. TanStack Table keeps its sorting, TanStack Virtual says which rows are in view.
 */

import { createSortedRowModel, rowSortingFeature, TableController, tableFeatures } from '@tanstack/lit-table';
import { VirtualizerController } from '@tanstack/lit-virtual';
import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import { define, LabElement } from '../lab-element';
import {
  ChooseRowEvent,
  type Column,
  definitionOf,
  EditCellEvent,
  leastWidth,
  RowsInViewEvent,
  type RowWindow,
  SortEvent,
  type Sorting,
  tracksOf,
} from './columns';
import { nextRow } from './keys';
import { ROW_HEIGHT, tableStyles } from './styles';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

const NO_ROWS: readonly object[] = [];

const indexOf = ({ index }: { readonly index: number }): number => index;

export class LabTable extends LabElement {
  static override styles = [LabElement.styles, tableStyles];
  static override properties = {
    label: {},
    columns: { attribute: false },
    rows: { attribute: false },
    window: { attribute: false },
    idOf: { attribute: false },
    chosenId: {},
    empty: {},
    sorting: { attribute: false },
    isNarrow: { state: true },
  };

  /** What the table is, for those who do not see it. */
  declare label: string;
  declare columns: readonly Column<object>[];
  /** All rows, or else `window`. */
  declare rows: readonly object[];
  declare window: RowWindow<object> | null;
  declare idOf: (row: object) => string;
  declare chosenId: string | null;
  /** What is said where there are no rows. */
  declare empty: string;
  declare sorting: Sorting | null;
  declare isNarrow: boolean;

  readonly #table = new TableController<typeof features, object>(this);
  readonly #virtual = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    count: 0,
    getScrollElement: () => this.renderRoot?.querySelector<HTMLElement>('[role=grid]') ?? null,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    paddingStart: 0,
    scrollPaddingStart: ROW_HEIGHT,
  });
  readonly #resize = new ResizeObserver(([entry]) => {
    this.#width = entry?.contentRect.width ?? 0;
    this.#look();
  });
  #width = Number.POSITIVE_INFINITY;
  /** The one row that the keyboard reaches. */
  #active = 0;
  #shown: readonly object[] = NO_ROWS;
  #definitions: ReturnType<typeof definitionOf>[] = [];

  constructor() {
    super();
    this.label = '';
    this.columns = [];
    this.rows = NO_ROWS;
    this.window = null;
    this.idOf = () => '';
    this.chosenId = null;
    this.empty = '';
    this.sorting = null;
    this.isNarrow = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('columns')) {
      this.#definitions = this.columns.map(definitionOf);
      this.#look();
    }
    const table = this.#table.table({
      features,
      columns: this.#definitions,
      data: this.window ? NO_ROWS : (this.rows as object[]),
      manualSorting: this.window !== null,
      state: { sorting: this.sorting ? [this.sorting] : [] },
    });
    this.#shown = this.sorting ? table.getRowModel().rows.map(({ original }) => original) : this.rows;
    const count = this.window ? this.window.count : this.#shown.length;
    this.#active = Math.max(0, Math.min(this.#active, count - 1));
    const virtualizer = this.#virtual.getVirtualizer();
    if (virtualizer.options.count !== count) virtualizer.setOptions({ ...virtualizer.options, count });
  }

  protected override updated(): void {
    const items = this.#virtual.getVirtualizer().getVirtualItems();
    const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
    this.window?.show(first, last);
    if (this.window) this.dispatchEvent(new RowsInViewEvent(first, last));
  }

  /** Where there is no room for all columns, the minor ones are left out. */
  #look(): void {
    const unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.isNarrow = this.#width < leastWidth(this.columns) * unit;
  }

  /** Puts the keyboard on a row, and it into view. */
  async focusRow(index: number): Promise<void> {
    this.#active = index;
    this.#virtual.getVirtualizer().scrollToIndex(index);
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus();
  }

  /** Puts the keyboard back on the row that it was on; on the table itself, where that row is out of view. */
  override takeKeyboard(): void {
    const row = this.renderRoot.querySelector<HTMLElement>(`[data-index="${this.#active}"]`);
    (row ?? this.renderRoot.querySelector<HTMLElement>('[role=grid]'))?.focus({ preventScroll: row === null });
  }

  get #visible(): readonly Column<object>[] {
    return this.columns.filter(({ isMinor }) => !isMinor || !this.isNarrow);
  }

  #at(index: number): object | undefined {
    return this.window ? this.window.at(index) : this.#shown[index];
  }

  #choose(index: number): void {
    const row = this.#at(index);
    this.#active = index;
    if (row) this.dispatchEvent(new ChooseRowEvent(row));
    this.requestUpdate();
  }

  #edit(index: number, column: string | null): void {
    const row = this.#at(index);
    if (row) this.dispatchEvent(new EditCellEvent(row, column));
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (target.dataset.index === undefined && target !== event.currentTarget) return;
    const virtualizer = this.#virtual.getVirtualizer();
    const page = Math.max(1, Math.floor((virtualizer.scrollRect?.height ?? 0) / ROW_HEIGHT) - 2);
    const next = nextRow(event.key, this.#active, virtualizer.options.count, page);
    if (next !== null) void this.focusRow(next);
    else if (event.key === 'Enter' || event.key === ' ') this.#choose(this.#active);
    else if (event.key === 'F2') this.#edit(this.#active, null);
    else return;
    event.preventDefault();
  };

  /** First up, then down, then as the rows come. */
  #sort(id: string): void {
    const { sorting } = this;
    const next = sorting?.id !== id ? { id, desc: false } : sorting.desc ? null : { id, desc: true };
    this.sorting = next;
    this.dispatchEvent(new SortEvent(next));
  }

  #header({ id, title, isNumber, isSortable }: Column<object>) {
    const direction = this.sorting?.id !== id ? 'none' : this.sorting.desc ? 'descending' : 'ascending';
    const sort = html`<button class="sort" @click=${() => this.#sort(id)}>
      <span>${title}</span><span class="arrow" aria-hidden="true">${{ none: '', ascending: '▲', descending: '▼' }[direction]}</span>
    </button>`;
    return html`<div role="columnheader" class=${isNumber ? 'number' : ''} aria-sort=${isSortable ? direction : nothing}>
      ${isSortable ? sort : html`<span>${title}</span>`}
    </div>`;
  }

  #row(index: number, start: number) {
    const row = this.#at(index);
    const isChosen = row !== undefined && this.chosenId !== null && this.idOf(row) === this.chosenId;
    const cell = (column: Column<object>) =>
      html`<div
        role="gridcell"
        class=${column.isNumber ? 'number' : ''}
        title=${(row && column.whole?.(row)) ?? nothing}
        @dblclick=${() => this.#edit(index, column.id)}
      >
        ${row ? column.show(row) : nothing}
      </div>`;
    return html`<div
      role="row"
      data-index=${index}
      aria-rowindex=${index + 2}
      aria-selected=${isChosen}
      aria-busy=${row ? nothing : 'true'}
      tabindex=${index === this.#active ? 0 : -1}
      style=${styleMap({ transform: `translateY(${start}px)` })}
      @click=${() => this.#choose(index)}
    >
      ${this.#visible.map(cell)}
    </div>`;
  }

  protected override render() {
    const virtualizer = this.#virtual.getVirtualizer();
    return html`<div
      role="grid"
      tabindex="-1"
      aria-label=${this.label}
      aria-rowcount=${virtualizer.options.count + 1}
      style=${styleMap({ '--tracks': tracksOf(this.#visible), '--least': `${leastWidth(this.#visible)}rem` })}
      @keydown=${this.#onKey}
    >
      <div role="rowgroup" class="head">
        <div role="row" aria-rowindex="1">${this.#visible.map((column) => this.#header(column))}</div>
      </div>
      <div role="rowgroup" class="body" style=${styleMap({ height: `${virtualizer.getTotalSize()}px` })}>
        ${repeat(virtualizer.getVirtualItems(), indexOf, ({ index, start }) => this.#row(index, start))}
      </div>
    </div>
    ${virtualizer.options.count === 0 ? html`<p class="empty">${this.empty}</p>` : nothing}`;
  }
}

define('lab-table', LabTable);
