/** The columns of the table of events. */

import { html } from 'lit';
import { formatDuration, formatMoment, formatTime } from '../../../components/format';
import type { Column } from '../../../components/table/columns';
import { text } from '../../../components/text';
import type { ReadEvent } from '../../../protocol/logged-event';
import { SCOPES } from '../scopes';
import { outcomeOf, parametersOf } from './filter';

export const COLUMNS: readonly Column<ReadEvent>[] = [
  {
    id: 'time',
    title: text('columnTime'),
    track: '8rem',
    isSortable: true,
    sortBy: ({ time }) => time,
    show: ({ time }) => formatTime(time),
    whole: ({ time }) => formatMoment(time),
  },
  {
    id: 'scope',
    title: text('columnScope'),
    track: '6.5rem',
    isMinor: true,
    isSortable: true,
    sortBy: ({ scope }) => scope,
    show: ({ scope }) => text(SCOPES[scope]),
  },
  {
    id: 'method',
    title: text('columnMethod'),
    track: 'minmax(7rem, 1fr)',
    isSortable: true,
    sortBy: ({ method }) => method,
    show: ({ method }) => method,
    whole: ({ method }) => method,
  },
  {
    id: 'origin',
    title: text('columnOrigin'),
    track: 'minmax(9rem, 2fr)',
    isMinor: true,
    isSortable: true,
    sortBy: ({ dataOrigin }) => dataOrigin ?? '',
    show: ({ dataOrigin }) => dataOrigin ?? '',
    whole: ({ dataOrigin }) => dataOrigin ?? '',
  },
  {
    id: 'parameters',
    title: text('columnParameters'),
    track: 'minmax(9rem, 3fr)',
    isMinor: true,
    show: (event) => html`<code>${parametersOf(event)}</code>`,
    whole: (event) => parametersOf(event),
  },
  {
    id: 'outcome',
    title: text('columnOutcome'),
    track: 'minmax(11rem, 2fr)',
    isSortable: true,
    sortBy: outcomeOf,
    show: (event) => html`<span class=${event.refusal === null ? '' : 'alarm'}>${outcomeOf(event)}</span>`,
    whole: outcomeOf,
  },
  {
    id: 'duration',
    title: text('columnDuration'),
    track: '6rem',
    isNumber: true,
    isMinor: true,
    isSortable: true,
    sortBy: ({ duration }) => duration,
    show: ({ duration }) => formatDuration(duration),
  },
];
