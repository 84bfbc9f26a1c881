/** The table of the responses that were to write. */

import { formatNumber } from '../../../components/format';
import type { Column } from '../../../components/table/columns';
import { text } from '../../../components/text';
import { timeColumn } from '../time-column';
import type { Attempt } from './attempts';

/** How many of its items were applied, or why none was. */
export function outcomeOf({ refusal, items, left, isWritten }: Attempt): string {
  if (refusal !== null) return refusal;
  const applied = items.filter(({ problem }) => problem === null).length;
  return isWritten ? text('itemsApplied', formatNumber(applied), formatNumber(items.length + left)) : '';
}

/** The request, as the developer tools would name it. */
export const requestOf = ({ request }: Attempt): string => (request ? `${request.method} ${request.type}` : '');

export const COLUMNS: readonly Column<Attempt>[] = [
  timeColumn(({ time }) => time),
  {
    id: 'url',
    title: text('columnResponse'),
    track: 'minmax(8rem, 3fr)',
    isSortable: true,
    sortBy: ({ url }) => url,
    show: ({ url }) => url,
    whole: ({ url }) => url,
  },
  {
    id: 'request',
    title: text('columnRequest'),
    track: 'minmax(7rem, 1fr)',
    isMinor: true,
    isSortable: true,
    sortBy: requestOf,
    show: requestOf,
    whole: requestOf,
  },
  {
    id: 'header',
    title: text('columnHeader'),
    track: 'minmax(8rem, 3fr)',
    isMinor: true,
    show: ({ header }) => header ?? '',
    whole: ({ header }) => header ?? '',
  },
  {
    id: 'outcome',
    title: text('columnOutcome'),
    track: 'minmax(8rem, 3fr)',
    isSortable: true,
    sortBy: outcomeOf,
    show: outcomeOf,
    whole: outcomeOf,
  },
];
