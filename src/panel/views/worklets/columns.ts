/** The columns of the tables of worklets, of their operations, and of what they log. */

import { formatDuration, formatNumber, formatTime } from '../../../components/format';
import type { Column } from '../../../components/table/columns';
import { text } from '../../../components/text';
import type { CauseOfRun, WorkletRecord, WorkletRun } from '../../../protocol/extension-pages/worklets';
import { SCOPES } from '../scopes';

/** What a worklet is at: the name of the text for it. */
export function stateOf({ ended, loaded, runs }: WorkletRecord) {
  if (ended !== null) return 'workletEnded';
  if (!loaded) return 'workletLoading';
  if (loaded.error !== null) return 'workletFailed';
  return runs.some((run) => run.ended === null) ? 'workletRunning' : 'workletIdle';
}

export const WORKLET_COLUMNS: readonly Column<WorkletRecord>[] = [
  {
    id: 'state',
    title: text('columnState'),
    track: '7.5rem',
    isSortable: true,
    sortBy: (worklet) => text(stateOf(worklet)),
    show: (worklet) => text(stateOf(worklet)),
  },
  {
    id: 'url',
    title: text('columnScript'),
    track: 'minmax(10rem, 3fr)',
    isSortable: true,
    sortBy: ({ moduleURL }) => moduleURL,
    show: ({ moduleURL }) => moduleURL,
    whole: ({ moduleURL }) => moduleURL,
  },
  {
    id: 'origin',
    title: text('columnOrigin'),
    track: 'minmax(9rem, 2fr)',
    isMinor: true,
    isSortable: true,
    sortBy: ({ dataOrigin }) => dataOrigin,
    show: ({ dataOrigin }) => dataOrigin,
    whole: ({ dataOrigin }) => dataOrigin,
  },
  {
    id: 'created',
    title: text('columnCreated'),
    track: '8rem',
    isMinor: true,
    isSortable: true,
    sortBy: ({ created }) => created,
    show: ({ created }) => formatTime(created),
  },
  {
    id: 'runs',
    title: text('columnRuns'),
    track: '5rem',
    isNumber: true,
    isSortable: true,
    sortBy: ({ runCount }) => runCount,
    show: ({ runCount }) => formatNumber(runCount),
  },
];

/** What a handler was called for, in words. */
export const causeOf = ({ key, action, step, scope, method }: CauseOfRun): string =>
  text('handlerCause', action, key, method, text(SCOPES[scope]), step);

/** The outcome of an operation, in words. */
export function outcomeOfRun({ ended, failure }: WorkletRun): string {
  if (ended === null) return text('runUnderWay');
  return failure ?? text('runDone');
}

export const durationOf = ({ started, ended }: WorkletRun): string => (ended === null ? '' : formatDuration(ended - started));
