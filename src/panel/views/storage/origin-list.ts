/** The table of data origins. */

import { html } from 'lit';
import { formatBytes, formatMoment, formatNumber } from '../../../components/format';
import type { ChooseRowEvent, Column } from '../../../components/table/columns';
import { text } from '../../../components/text';
import type { OriginUsage } from '../../../protocol/extension-pages/entries';

const COLUMNS: readonly Column<OriginUsage>[] = [
  {
    id: 'origin',
    title: text('columnOrigin'),
    track: 'minmax(10rem, 3fr)',
    isSortable: true,
    sortBy: ({ dataOrigin }) => dataOrigin,
    show: ({ dataOrigin }) => dataOrigin,
    whole: ({ dataOrigin }) => dataOrigin,
  },
  {
    id: 'count',
    title: text('columnEntries'),
    track: '6rem',
    isNumber: true,
    isSortable: true,
    sortBy: ({ count }) => count,
    show: ({ count }) => formatNumber(count),
  },
  {
    id: 'bytes',
    title: text('size'),
    track: '6rem',
    isNumber: true,
    isSortable: true,
    sortBy: ({ bytes }) => bytes,
    show: ({ bytes }) => formatBytes(bytes),
  },
  {
    id: 'created',
    title: text('columnCreated'),
    track: '15.5rem',
    isMinor: true,
    isSortable: true,
    sortBy: ({ created }) => created ?? 0,
    show: ({ created }) => (created === null ? '' : formatMoment(created)),
  },
];

/** How many rows are in view at most. */
const MAXIMUM_ROWS = 5;

export interface OriginActions {
  showAll(all: boolean): void;
  show(dataOrigin: string): void;
}

/** `all`: whether those are among them that the page has nothing to do with. */
export function originList(origins: readonly OriginUsage[], chosen: string | null, all: boolean, { showAll, show }: OriginActions) {
  const rows = Math.min(origins.length, MAXIMUM_ROWS);
  return html`<div class="bar">
      <label
        ><input type="checkbox" .checked=${all} @change=${({ target }: Event) => showAll((target as HTMLInputElement).checked)} />${text(
          'allOrigins',
        )}</label
      >
    </div>
    <lab-table
      class="origins"
      style="height: ${(rows + 1) * 28 + 2}px"
      .label=${text('origins')}
      .columns=${COLUMNS}
      .rows=${origins}
      .idOf=${({ dataOrigin }: OriginUsage) => dataOrigin}
      .chosenId=${chosen}
      @lab-choose-row=${({ row }: ChooseRowEvent<OriginUsage>) => show(row.dataOrigin)}
    ></lab-table>`;
}
