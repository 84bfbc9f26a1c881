/** Reports of Private Aggregation, as tests see them. */

import type { ShownReport } from '../protocol/extension-pages/reports';
import { quoted } from './describe';
import { checkOriginsOf } from './entries';

export interface Contribution {
  readonly bucket: bigint;
  readonly value: number;
  readonly filteringId: bigint;
}

export interface Report {
  /** Names this report, or this duplicate of debug mode. */
  readonly key: string;
  readonly kind: 'live' | 'debug';
  readonly state: 'pending' | 'sending' | 'sent' | 'failed';
  /** Why it was not sent, or not yet; null where it was. */
  readonly reason: string | null;
  /** Where it goes. */
  readonly url: string;
  readonly reportingOrigin: string;
  /** The operation that made it. */
  readonly operation: { readonly name: string; readonly moduleURL: string };
  readonly contextId: string | null;
  readonly contributions: readonly Contribution[];
  /** As it was sent last, parsed; null before that. */
  readonly body: unknown;
}

/** Which reports are meant: those that have all of these members, and a contribution like this one. A function decides for itself. */
export type ReportFilter =
  | ((report: Report) => boolean)
  | (Partial<Pick<Report, 'kind' | 'state' | 'reportingOrigin' | 'contextId'>> & {
      readonly contribution?: Partial<Contribution>;
      readonly operationName?: string;
    });

/** Big integers come in decimal. */
type OverTheWire<Value> = Value extends bigint
  ? string
  : Value extends object
    ? { [Name in keyof Value]: OverTheWire<Value[Name]> }
    : Value;

export function readReport(given: unknown): Report {
  const { key, kind, state, reason, url, reportingOrigin, operation, contextId, contributions, body } = given as OverTheWire<ShownReport>;
  const { name, moduleURL } = operation;
  return {
    ...{ key, kind, state, reason, url, reportingOrigin, contextId },
    operation: { name, moduleURL },
    contributions: contributions.map(({ bucket, value, filteringId }) => ({
      bucket: BigInt(bucket),
      value,
      filteringId: BigInt(filteringId),
    })),
    body: body === null ? null : (JSON.parse(body) as unknown),
  };
}

const CONTRIBUTION = { bucket: 'bigint', value: 'number', filteringId: 'bigint' } as const;

/** Throws a TypeError for a contribution that nobody can make: tests are often written without types, and `not` would pass. */
export function checkContribution(wanted: Partial<Contribution>): void {
  for (const [name, value] of Object.entries(wanted)) {
    const type = Object.hasOwn(CONTRIBUTION, name) ? CONTRIBUTION[name as keyof Contribution] : null;
    if (type === null) throw new TypeError(`A contribution has a bucket, a value and a filteringId: no ${name}.`);
    const example = { bigint: '1n', number: '1' }[type];
    if (value !== undefined && typeof value !== type)
      throw new TypeError(`The ${name} of a contribution is a ${type}, such as ${example}: not ${quoted(value)}.`);
  }
}

/** The same for a filter. */
export function checkReportFilter(filter: ReportFilter): void {
  checkOriginsOf(filter);
  if (typeof filter !== 'function' && filter.contribution) checkContribution(filter.contribution);
}

export function isContribution(contribution: Contribution, wanted: Partial<Contribution>): boolean {
  return Object.entries(wanted).every(([name, value]) => value === undefined || contribution[name as keyof Contribution] === value);
}

export function reportMatches(report: Report, filter: ReportFilter): boolean {
  if (typeof filter === 'function') return filter(report);
  const { contribution, operationName, ...others } = filter;
  if (operationName !== undefined && report.operation.name !== operationName) return false;
  if (contribution && !report.contributions.some((one) => isContribution(one, contribution))) return false;
  return Object.entries(others).every(([name, value]) => value === undefined || report[name as keyof Report] === value);
}
