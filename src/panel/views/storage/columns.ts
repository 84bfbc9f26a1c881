/** The columns of the table of entries, with the field in which a cell is edited. */

import { html } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { formatMoment } from '../../../components/format';
import type { Column } from '../../../components/table/columns';
import { text } from '../../../components/text';
import type { ListedEntry } from '../../../protocol/extension-pages/entries';
import type { EntryRow } from './entry-window';

/** The cell that is being edited, and what becomes of it. */
export interface CellEditing {
  readonly key: string;
  readonly column: string;
  /** Null: nothing is to be changed. */
  done(typed: string | null): void;
}

/** The same function for each rendering: it is called when the field comes, and not again while somebody types. */
function begin(element: Element | undefined): void {
  const input = element as HTMLInputElement | undefined;
  if (!input) return;
  // It is not in the document yet.
  queueMicrotask(() => {
    input.focus();
    input.select();
  });
}

/** What a cell that is being edited shows. */
function field(value: string, label: string, { done }: CellEditing) {
  let isDone = false;
  const finish = (typed: string | null) => {
    if (!isDone) done(typed);
    isDone = true;
  };
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Enter') finish((event.target as HTMLInputElement).value);
    else if (event.key === 'Escape') finish(null);
  };
  return html`<input
    class="cell"
    aria-label=${label}
    value=${value}
    ${ref(begin)}
    @keydown=${onKey}
    @click=${(event: Event) => event.stopPropagation()}
    @dblclick=${(event: Event) => event.stopPropagation()}
    @blur=${({ target }: Event) => finish((target as HTMLInputElement).value)}
  />`;
}

const asEntry = (row: EntryRow): ListedEntry | null => (row.key === null ? null : row);

/** `lifetime`: how long after their last write entries expire; `now`: the time that they expire by. */
export function entryColumns(lifetime: number, now: number, editing: CellEditing | null): readonly Column<EntryRow>[] {
  const show = (column: 'key' | 'value', label: string) => (row: EntryRow) => {
    const entry = asEntry(row);
    if (!entry) return column === 'key' ? html`<span class="soft">${text('entryGone')}</span>` : '';
    const isEdited = editing !== null && editing.key === entry.key && editing.column === column;
    return isEdited ? field(entry[column], label, editing) : html`<code>${entry[column]}</code>`;
  };
  const expiry = (row: EntryRow) => {
    const entry = asEntry(row);
    if (!entry) return '';
    const time = entry.lastUpdated + lifetime;
    return time <= now ? html`<span class="alarm">${text('expired')}</span>` : formatMoment(time);
  };
  return [
    {
      id: 'key',
      title: text('columnKey'),
      track: 'minmax(7rem, 2fr)',
      isSortable: true,
      show: show('key', text('columnKey')),
      whole: (row) => asEntry(row)?.key ?? '',
    },
    {
      id: 'value',
      title: text('columnValue'),
      track: 'minmax(9rem, 3fr)',
      isSortable: true,
      show: show('value', text('columnValue')),
      whole: (row) => asEntry(row)?.value ?? '',
    },
    {
      id: 'lastUpdated',
      title: text('columnLastWrite'),
      track: '15.5rem',
      isMinor: true,
      isSortable: true,
      show: (row) => (row.key === null ? '' : formatMoment(row.lastUpdated)),
    },
    { id: 'expiry', title: text('columnExpiry'), track: '15.5rem', isMinor: true, show: expiry },
  ];
}
