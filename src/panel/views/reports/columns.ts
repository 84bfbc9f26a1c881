/** The table of the reports, and how it says what became of one. */

import { formatMoment } from '../../../components/format';
import type { Column } from '../../../components/table/columns';
import { text } from '../../../components/text';
import type { ShownReport } from '../../../protocol/extension-pages/reports';
import type { HistogramContribution } from '../../../spec/private-aggregation/contributions';
import { timeColumn } from '../time-column';

/** What became of it, with times and reasons. */
export function statusOf({ state, due, reason, settled }: ShownReport): string {
  if (state === 'sending') return text('reportSending');
  if (state === 'sent') return text('reportSent', formatMoment(settled ?? 0));
  if (state === 'failed') return text('reportFailed', reason ?? '');
  if (due === null) return text('reportWaits');
  return reason === null ? text('reportDue', formatMoment(due)) : text('reportDueAgain', reason, formatMoment(due));
}

export const describeContribution = ({ bucket, value, filteringId }: HistogramContribution): string =>
  filteringId === 0n ? text('contribution', String(bucket), value) : text('contributionWithId', String(bucket), value, String(filteringId));

/** What it says; a report may say nothing. */
export const contributionsOf = ({ contributions }: ShownReport): string =>
  contributions.length === 0 ? text('noContribution') : contributions.map(describeContribution).join(', ');

export const COLUMNS: readonly Column<ShownReport>[] = [
  timeColumn(({ created }) => created),
  {
    id: 'status',
    title: text('columnStatus'),
    track: 'minmax(8rem, 2fr)',
    isSortable: true,
    sortBy: ({ state }) => state,
    show: statusOf,
    whole: statusOf,
  },
  {
    id: 'url',
    title: text('columnReportURL'),
    track: 'minmax(9rem, 3fr)',
    isMinor: true,
    isSortable: true,
    sortBy: ({ url }) => url,
    show: ({ url }) => url,
    whole: ({ url }) => url,
  },
  timeColumn(({ reportTime }) => reportTime, text('columnReportTime')),
  {
    id: 'operation',
    title: text('columnOperation'),
    track: 'minmax(6rem, 1fr)',
    isSortable: true,
    sortBy: ({ operation }) => operation.name,
    show: ({ operation, kind }) => (kind === 'debug' ? text('debugReport', operation.name) : operation.name),
    whole: ({ operation }) => operation.name,
  },
  {
    id: 'contributions',
    title: text('columnContributions'),
    track: 'minmax(8rem, 2fr)',
    show: contributionsOf,
    whole: contributionsOf,
  },
];
