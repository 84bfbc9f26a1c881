/** Everything that the extension keeps, as one JSON file: docs/state-file.md says what is in it, schema/state-file.schema.json how it is written. */

import type { LoggedEvent } from '../../protocol/logged-event';
import type { BitDebit } from '../../spec/budgets';
import type { Spending } from '../../spec/private-aggregation/budget';
import { because, type Reason, reasonOf } from '../../spec/reason';
import type { LocalKey, StoredReport } from '../private-aggregation/schema';
import { isObject, type Problem, Problems, pointerTo } from './checks';
import { fromJSONValue } from './json-values';
import { type CheckSettings, type FORMAT, stateCheck, type VERSION } from './state-checks';

/** An entry; without a time it counts as written when the file is imported. */
export interface StateEntry {
  readonly key: string;
  readonly value: string;
  /** When it was last written, in milliseconds since the Unix epoch: it expires `settings.retentionDays` later. */
  readonly lastUpdated?: number;
}

type SiteRecord<Of> = Of & { readonly site: string };

/** What is absent is left as it is by an import. */
export interface State {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** When it was exported, in ISO 8601. */
  readonly exported?: string;
  /** As they are stored: those that are absent have their defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** By data origin. */
  readonly entries?: Readonly<Record<string, readonly StateEntry[]>>;
  readonly budgets?: {
    /** What navigations of the top were charged, in bits. */
    readonly selectURL?: readonly SiteRecord<BitDebit>[];
    readonly privateAggregation?: readonly SiteRecord<Spending>[];
  };
  readonly reports?: readonly Omit<StoredReport, 'key'>[];
  /** The oldest first. */
  readonly events?: readonly LoggedEvent[];
  /** With which reports to coordinators without keys of their own are encrypted. */
  readonly keyPair?: LocalKey;
}

/** A file that cannot be imported, and why. */
export class StateFileError extends Error {
  readonly problems: readonly Problem[];
  /** How many there are besides those. */
  readonly more: number;

  constructor(problems: readonly Problem[], more = 0) {
    super(problems.map(({ pointer }) => pointer).join('\n'));
    this.problems = problems;
    this.more = more;
  }
}

/** Throws a StateFileError where anything in the text is not as it should be. */
export function parseState(json: string, checkSettings: CheckSettings): State {
  const problems = new Problems();
  const fail = (pointer: string, problem: Reason): never => {
    throw new StateFileError([{ pointer, problem }]);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    return fail('', because('problemNoJSON', reasonOf(error)));
  }
  if (!isObject(parsed)) return fail('', because('problemNoObject'));
  const value: Record<string, unknown> = { ...parsed };
  // Settings and entries say what they say.
  for (const name of ['reports', 'events', 'keyPair'] as const) {
    if (Object.hasOwn(value, name)) value[name] = fromJSONValue(value[name], pointerTo('', name), problems);
  }
  stateCheck(checkSettings)(value, '', problems);
  if (problems.list.length > 0) throw new StateFileError(problems.list, problems.more);
  return value as Record<string, unknown> & State;
}
