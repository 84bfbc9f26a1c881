/** What was there instead, as the errors of the kit show it. */

import type { SharedStorageAccess } from './access';
import type { Report } from './report';

/** So many things are shown. */
const SHOWN = 50;

/** A value as a person writes it in a test. */
export const quoted = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => (typeof member === 'bigint' ? `${member}n` : member)) ?? String(value);

/** A function has no better description than itself. */
export const describeFilter = (filter: unknown): string => (typeof filter === 'function' ? String(filter) : quoted(filter));

function describeAll<One>(all: readonly One[], [one, several]: readonly [string, string], describe: (one: One) => string): string {
  if (all.length === 0) return `are no ${several}.`;
  const lines = all.slice(-SHOWN).map((one) => `\n  ${describe(one)}`);
  const before = all.length > SHOWN ? `\n  … ${all.length - SHOWN} before these` : '';
  return `${all.length === 1 ? `is 1 ${one}` : `are ${all.length} ${several}`}:${before}${lines.join('')}`;
}

export const describeEntries = (entries: readonly { readonly key: string; readonly value: string }[]): string =>
  describeAll(entries, ['entry', 'entries'], ({ key, value }) => `${quoted(key)}: ${quoted(value)}`);

export const describeAccesses = (accesses: readonly SharedStorageAccess[]): string =>
  describeAll(accesses, ['access', 'accesses'], ({ scope, method, ownerOrigin, params, refusal }) => {
    const refused = refusal === null ? '' : ` refused: ${refusal}`;
    return `${scope} ${method} of ${ownerOrigin} ${quoted(params)}${refused}`;
  });

export const describeReports = (reports: readonly Report[]): string =>
  describeAll(reports, ['report', 'reports'], ({ kind, state, reason, reportingOrigin, operation, contributions }) => {
    const all = contributions.map(({ bucket, value }) => `${quoted({ bucket, value })}`).join(', ');
    return `${kind} of ${reportingOrigin}, ${operation.name}: ${all || 'no contributions'}; ${state}${reason === null ? '' : `: ${reason}`}`;
  });
