/** https://patcg-individual-drafts.github.io/private-aggregation-api/#create-a-report-request */

import { obtainAReportingEndpoint, type ReportKind } from '../../spec/private-aggregation/aggregatable-report';
import { because, type Reason, reasonOf } from '../../spec/reason';

/** How long a reporting origin may take to answer, in milliseconds. */
const LONGEST_WAIT = 20_000;

/** What became of a request; `isUnanswered`: it may have arrived. */
export type PostResult = 'accepted' | { readonly problem: Reason; readonly isUnanswered: boolean };

/** A declarative rule (src/rules/aggregatable-reports.ts) takes `Origin` off the request. */
export async function postReport(
  reportingOrigin: string,
  kind: ReportKind,
  body: string,
  send: (url: string, init: RequestInit) => Promise<Response> = fetch,
): Promise<PostResult> {
  const signal = AbortSignal.timeout(LONGEST_WAIT);
  try {
    const { ok, status } = await send(obtainAReportingEndpoint(reportingOrigin, kind), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      signal,
    });
    return ok ? 'accepted' : { problem: because('reasonReportStatus', reportingOrigin, status), isUnanswered: false };
  } catch (error) {
    return signal.aborted
      ? { problem: because('reasonReportTimeout', reportingOrigin, LONGEST_WAIT / 1000), isUnanswered: true }
      : { problem: because('reasonReportUnreachable', reportingOrigin, reasonOf(error)), isUnanswered: false };
  }
}
