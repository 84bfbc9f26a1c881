/** The column that says when, which most tables begin with. */

import { formatMoment, formatTime } from '../../components/format';
import type { Column } from '../../components/table/columns';
import { text } from '../../components/text';

/** `timeOf`: in milliseconds since the Unix epoch. */
export function timeColumn<Row extends object>(timeOf: (row: Row) => number, title = text('columnTime')): Column<Row> {
  return {
    id: `time ${title}`,
    title,
    track: '8rem',
    isMinor: true,
    isSortable: true,
    sortBy: timeOf,
    show: (row) => formatTime(timeOf(row)),
    whole: (row) => formatMoment(timeOf(row)),
  };
}
