/** Which operations of the tab made no report, and why. */

import { text } from '../../../components/text';
import type { LoggedOperation } from '../../../protocol/extension-pages/reports';
import type { WorkletRecord, WorkletRun } from '../../../protocol/extension-pages/worklets';

export interface MissingReport {
  /** When the operation began. */
  readonly time: number;
  readonly operation: string;
  readonly why: string;
  /** Whether it was to be one: the operation contributed, or failed before that. */
  readonly isFailure: boolean;
}

const whySilent = ({ failure }: WorkletRun): string =>
  failure === null ? text('missingSilent') : text('missingFailed', failure.split('\n', 1)[0] as string);

/**
 * The newest first. The event log has the operations that contributed; those that contributed nothing are the other runs of the worklets. `documents`:
 * those that the log knows, since after an import it may be another one than that in which those runs were noted.
 */
export function missingReports(
  logged: readonly LoggedOperation[],
  documents: ReadonlySet<string>,
  worklets: readonly WorkletRecord[],
): MissingReport[] {
  const known = new Set(logged.map(({ documentId, workletId, runId }) => `${documentId} ${workletId} ${runId}`));
  const refused = logged.flatMap(({ time, name, refusal }) =>
    refusal === null ? [] : [{ time, operation: name, why: refusal, isFailure: true }],
  );
  const silent = worklets
    .filter(({ documentId }) => documents.has(documentId))
    .flatMap(({ documentId, workletId, runs }) =>
      runs.filter(({ runId, ended }) => ended !== null && !known.has(`${documentId} ${workletId} ${runId}`)),
    )
    .map((run) => ({ time: run.started, operation: run.name, why: whySilent(run), isFailure: run.failure !== null }));
  return [...refused, ...silent].sort((a, b) => b.time - a.time);
}
