/** The database of Private Aggregation: reports, budgets and keys. */

import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import type { AggregatableReport, ReportKind } from '../../spec/private-aggregation/aggregatable-report';
import type { Spending } from '../../spec/private-aggregation/budget';
import type { Reason } from '../../spec/reason';
import { DatabaseConnection } from '../database-connection';

/**
 * `sending` is written down before anything is sent: a report of which that is found later, by a worker that does not send it, may have
 * arrived or not.
 */
export type ReportState = 'pending' | 'sending' | 'sent' | 'failed';

/** What made a report. */
export interface ReportingOperation {
  readonly id: string;
  readonly documentId: string;
  readonly workletId: number;
  readonly tabId: number;
  readonly moduleURL: string;
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
}

/** A report, or its duplicate of debug mode: what is sent once. */
export interface StoredReport {
  /** `reportKey()` */
  readonly key: string;
  readonly kind: ReportKind;
  readonly report: AggregatableReport;
  /** Of the reporting origin. */
  readonly site: string;
  readonly operation: ReportingOperation;
  /** What of the contributions is not in the report, and why. */
  readonly notes: readonly Reason[];
  /** By the clock of the settings, as all times below. */
  readonly created: number;
  readonly state: ReportState;
  /** When it is to be sent; absent where it is not pending, or waits for somebody who asks for it. */
  readonly due?: number;
  /** When it would be sent natively. */
  readonly nativeDue: number;
  /** How often it was sent, or begun to be. */
  readonly attempts: number;
  /** Why it is not sent, or was not at its last attempt. */
  readonly reason: Reason | null;
  /** When it was sent, or finally failed. */
  readonly settled: number | null;
  /** What was sent last, and its cleartext; null before that. */
  readonly body: string | null;
  readonly plaintext: Uint8Array | null;
}

export const withoutDue = ({ due: _due, ...report }: StoredReport): Omit<StoredReport, 'due'> => report;

/** The report as it is written down before an attempt. */
export const beingSent = (report: StoredReport): StoredReport => ({
  ...withoutDue(report),
  state: 'sending',
  attempts: report.attempts + 1,
  reason: null,
});

/** A report and its duplicate of debug mode have the same `report_id`. */
export const reportKey = (reportId: string, kind: ReportKind): string => `${reportId} ${kind}`;

/** The key pair of this profile, of X25519, raw. */
export interface LocalKey {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** The object stores. */
export interface ReportSchema extends DBSchema {
  /** When each operation was handed over, by its id, so that a repeated delivery makes no second report. */
  operations: { key: string; value: number; indexes: { time: number } };
  reports: {
    key: string;
    value: StoredReport;
    indexes: {
      created: number;
      /** Reports without `due` are not in it. */
      due: [reportingOrigin: string, due: number];
      /** The same, whoever's they are. */
      next: number;
      state: [state: ReportState, reportingOrigin: string];
      site: [state: ReportState, site: string];
    };
  };
  /** "contribution history data", by the site of the reporting origin. */
  spendings: { key: number; value: Spending & { readonly site: string }; indexes: { site: string; time: number } };
  /** One record, `local`. */
  keys: { key: string; value: LocalKey };
}

const STORES = ['operations', 'reports', 'spendings'] as const;

/** In which reports are made and change their state. */
export type ReportTransaction = IDBPTransaction<ReportSchema, typeof STORES, 'readwrite'>;

/** Relaxed: complete when the operating system has what it writes, which may not be on the disk yet. */
export const beginTransaction = (connection: IDBPDatabase<ReportSchema>): ReportTransaction =>
  connection.transaction(STORES, 'readwrite', { durability: 'relaxed' });

/** The connection to the reports' database. */
export type ReportsConnection = DatabaseConnection<ReportSchema>;

/** For each part of the extension, one. */
export const connectToReports = (): ReportsConnection =>
  new DatabaseConnection({
    name: 'private-aggregation',
    version: 2,
    upgrade(database, oldVersion, transaction) {
      if (oldVersion === 1) transaction.objectStore('reports').createIndex('next', 'due');
      if (oldVersion > 0) return;
      database.createObjectStore('operations').createIndex('time', '');
      const reports = database.createObjectStore('reports', { keyPath: 'key' });
      reports.createIndex('created', 'created');
      reports.createIndex('due', ['report.reportingOrigin', 'due']);
      reports.createIndex('next', 'due');
      reports.createIndex('state', ['state', 'report.reportingOrigin']);
      reports.createIndex('site', ['state', 'site']);
      const spendings = database.createObjectStore('spendings', { autoIncrement: true });
      spendings.createIndex('site', 'site');
      spendings.createIndex('time', 'time');
      database.createObjectStore('keys');
    },
  });
