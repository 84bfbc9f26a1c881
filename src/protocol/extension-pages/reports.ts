/** The reports of Private Aggregation, as the extension's own pages show and export them. */

import type { ReportKind } from '../../spec/private-aggregation/aggregatable-report';
import type { HistogramContribution } from '../../spec/private-aggregation/contributions';
import { count, object, string } from '../schema';
import type { DecodersOf } from './feature';

/** Of a report, or of its duplicate of debug mode. Times are in milliseconds since the Unix epoch, by the clock of the settings. */
export interface ShownReport {
  readonly key: string;
  readonly kind: ReportKind;
  readonly state: 'pending' | 'sending' | 'sent' | 'failed';
  readonly created: number;
  /** When it is to be sent; null where it is not pending, or waits for somebody who asks for it. */
  readonly due: number | null;
  readonly settled: number | null;
  readonly attempts: number;
  /** Why it is not sent, or was not at its last attempt. */
  readonly reason: string | null;
  /** What of the contributions is not in it, and why. */
  readonly notes: readonly string[];
  /** Where it goes. */
  readonly url: string;
  readonly reportingOrigin: string;
  /** "scheduled report time" */
  readonly reportTime: number;
  /** JSON: what the payload is encrypted with. */
  readonly sharedInfo: string;
  readonly contributions: readonly HistogramContribution[];
  readonly operation: { readonly name: string; readonly moduleURL: string; readonly tabId: number };
  readonly coordinator: string;
  readonly contextId: string | null;
  readonly isDebugged: boolean;
  /** As it was sent last, and its cleartext; null before that. */
  readonly body: string | null;
  readonly cleartext: Uint8Array | null;
}

/** What the contributions of a site may still come to. */
export interface ShownContributionBudget {
  readonly left: number;
  /** Where nothing is left: when something will be; null for never. */
  readonly refill: number | null;
}

/** An operation of a tab that has ended, or had no more time to contribute, as the event log has it. One that contributed nothing is not told there. */
export interface LoggedOperation {
  readonly documentId: string;
  readonly workletId: number;
  readonly runId: number;
  readonly name: string;
  /** When it began. */
  readonly time: number;
  /** Why there is no report of it; null where there is one. */
  readonly refusal: string | null;
}

export interface ReportsRequests {
  /** The newest first, at most `limit`, and the origins of all that there are. */
  'reports.read': {
    params: { limit: number };
    result: {
      readonly reports: readonly ShownReport[];
      readonly count: number;
      readonly origins: readonly string[];
      /** By reporting origin. */
      readonly budgets: Readonly<Record<string, ShownContributionBudget>>;
    };
  };
  /** The newest first of the tab's that came into the log after an event; the documents that the log has anything of, and the newest event of all, for the next time. */
  'reports.operations': {
    params: { tabId: number; after: number };
    result: { readonly operations: readonly LoggedOperation[]; readonly documentIds: readonly string[]; readonly newest: number };
  };
  /** All of an origin, without the duplicates of debug mode. */
  'reports.batch': { params: { reportingOrigin: string }; result: readonly ShownReport[] };
  /** Sends one that is pending or failed; false where there is no such report. */
  'reports.send': { params: { key: string }; result: boolean };
  'reports.delete': { params: { key: string }; result: null };
  /** All reports, and what was contributed: the budgets are whole again. */
  'reports.clear': { params: Record<never, never>; result: null };
  /** The key pair of this profile, of X25519, raw. */
  'reports.key': {
    params: Record<never, never>;
    result: { readonly id: string; readonly publicKey: Uint8Array; readonly privateKey: Uint8Array };
  };
}

export const reportsDecoders: DecodersOf<ReportsRequests> = {
  'reports.read': object({ limit: count }),
  'reports.operations': object({ tabId: count, after: count }),
  'reports.batch': object({ reportingOrigin: string }),
  'reports.send': object({ key: string }),
  'reports.delete': object({ key: string }),
  'reports.clear': object({}),
  'reports.key': object({}),
};
