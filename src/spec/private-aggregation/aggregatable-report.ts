/** The report of an operation as its reporting origin gets it. https://patcg-individual-drafts.github.io/private-aggregation-api/#sending-reports */

import type { DebugMode, HistogramContribution } from './contributions';

/** "aggregatable report" */
export interface AggregatableReport {
  /** A random UUID. */
  readonly reportId: string;
  readonly reportingOrigin: string;
  /** "original report time", in milliseconds since the Unix epoch. */
  readonly originalReportTime: number;
  /** Merged, and no more than `maxContributions`. */
  readonly contributions: readonly HistogramContribution[];
  readonly debugMode: DebugMode;
  /** "aggregation coordinator" */
  readonly aggregationCoordinator: string;
  readonly contextId: string | null;
  readonly filteringIdMaxBytes: number;
  readonly maxContributions: number;
}

/** The report itself, or its duplicate of debug mode, which is sent at once. */
export type ReportKind = 'live' | 'debug';

/** What is reported, by an encrypted payload and the key that it is encrypted for. */
export interface EncryptedPayload {
  readonly keyId: string;
  readonly payload: Uint8Array;
}

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-a-reporting-endpoint */
export function obtainAReportingEndpoint(reportingOrigin: string, kind: ReportKind): string {
  return `${reportingOrigin}${kind === 'debug' ? DEBUG_PATH : LIVE_PATH}`;
}

const WELL_KNOWN = '/.well-known/private-aggregation/';
export const LIVE_PATH = `${WELL_KNOWN}report-shared-storage`;
export const DEBUG_PATH = `${WELL_KNOWN}debug/report-shared-storage`;

/**
 * A string, for its bytes are what the payload is encrypted and decrypted with. Native sorts the members by name.
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-a-reports-shared-info
 */
export function obtainAReportsSharedInfo(report: AggregatableReport): string {
  return JSON.stringify({
    api: 'shared-storage',
    ...(report.debugMode.enabled ? { debug_mode: 'enabled' } : {}),
    report_id: report.reportId,
    reporting_origin: report.reportingOrigin,
    // The number of seconds, rounded down to the nearest number of whole seconds and serialized.
    scheduled_report_time: String(Math.floor(report.originalReportTime / 1000)),
    version: '1.0',
  });
}

function base64(bytes: Uint8Array): string {
  // No payload has nearly as many bytes as a call may have arguments.
  return btoa(String.fromCharCode(...bytes));
}

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#serialize-an-aggregatable-report */
export function serializeAnAggregatableReport(report: AggregatableReport, plaintext: Uint8Array, encrypted: EncryptedPayload): string {
  const { debugMode, contextId } = report;
  return JSON.stringify({
    aggregation_coordinator_origin: report.aggregationCoordinator,
    aggregation_service_payloads: [
      {
        ...(debugMode.enabled ? { debug_cleartext_payload: base64(plaintext) } : {}),
        key_id: encrypted.keyId,
        payload: base64(encrypted.payload),
      },
    ],
    ...(contextId === null ? {} : { context_id: contextId }),
    ...(debugMode.key === null ? {} : { debug_key: String(debugMode.key) }),
    shared_info: obtainAReportsSharedInfo(report),
  });
}
