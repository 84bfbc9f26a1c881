/** From the contributions of an operation to those of its report: budgets, errors, truncation, merging. */

import {
  type CountedContribution,
  determineTheMaxContributions,
  type HistogramContribution,
  INTERNAL_ERROR_EVENTS,
  type InternalErrorEvent,
  isSentDeterministically,
  type PrivateAggregationConfig,
} from './contributions';

/** What an operation leaves for its report. */
export interface PendingContributions {
  readonly contributions: readonly CountedContribution[];
  readonly config: PrivateAggregationConfig;
  /** Whether the operation ran still when it had no more time to contribute. */
  readonly isTimedOut: boolean;
}

/** What a report depends on besides its contributions. Budgets are sums of values. */
export interface ReportEnvironment {
  /** What the reporting site may still contribute. */
  readonly budget: number;
  /** Whether this is the last report for which there is room. */
  readonly isPendingReportLimitReached: boolean;
}

/** What becomes of the contributions. */
export interface ReportContributions {
  /** Merged; null where there is no report. */
  readonly contributions: readonly HistogramContribution[] | null;
  /** What the reporting site is charged for. */
  readonly spent: number;
  /** "triggered error events" */
  readonly errorEvents: readonly InternalErrorEvent[];
  /** How many contributions, as they were made, there was no room for in the report, and no budget. */
  readonly truncated: number;
  readonly overBudget: number;
}

/** "merge key" */
const mergeKey = ({ bucket, filteringId }: HistogramContribution): string => `${bucket} ${filteringId}`;

const countOf = (contributions: readonly CountedContribution[]): number =>
  contributions.reduce((sum, contribution) => sum + contribution.count, 0);

/**
 * The contributions that the budget suffices for, each after the approved ones before it.
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#query-the-budget
 */
function queryTheBudget(contributions: readonly CountedContribution[], budget: number): { approved: CountedContribution[]; sum: number } {
  const approved: CountedContribution[] = [];
  let sum = 0;
  for (const contribution of contributions) {
    const { value } = contribution;
    // If sufficientBudget, add contribution's value to approvedValueSum: for as many of equal ones as there is budget for.
    const count = value === 0 ? contribution.count : Math.min(contribution.count, Math.floor((budget - sum) / value));
    if (count <= 0) continue;
    sum += value * count;
    approved.push({ ...contribution, count });
  }
  return { approved, sum };
}

/** The contributions whose merge keys are among the first `maximum` different ones. */
function truncate(contributions: readonly CountedContribution[], maximum: number): CountedContribution[] {
  const kept = new Set<string>();
  return contributions.filter((contribution) => {
    const key = mergeKey(contribution);
    // If keptMergeKeys' size is effectiveMaxContributions and keptMergeKeys does not contain mergeKey, continue.
    if (kept.size >= maximum && !kept.has(key)) return false;
    kept.add(key);
    return true;
  });
}

function merge(contributions: readonly CountedContribution[]): HistogramContribution[] {
  const merged = new Map<string, HistogramContribution>();
  for (const contribution of contributions) {
    const { bucket, filteringId, value, count } = contribution;
    const key = mergeKey(contribution);
    merged.set(key, { bucket, value: (merged.get(key)?.value ?? 0) + value * count, filteringId });
  }
  return [...merged.values()].filter(({ value }) => value > 0);
}

/**
 * The contributions that are to be considered for the report, and which error events there were. Conditional ones come first.
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#compile-all-unmerged-contributions
 */
function compileAllUnmergedContributions(pending: PendingContributions, environment: ReportEnvironment) {
  const { contributions, config, isTimedOut } = pending;
  const isDeterministic = isSentDeterministically(config);
  const unconditional = contributions.filter(({ errorEvent, value }) => errorEvent === null && value > 0);
  // Remove all items that have a value of 0: those for which the budget does not suffice among them.
  const { approved } = queryTheBudget(unconditional, environment.budget);
  const kept = truncate(approved, determineTheMaxContributions(config));
  const isTriggered: Record<InternalErrorEvent, boolean> = {
    'contribution-timeout-reached': isDeterministic && isTimedOut,
    'insufficient-budget': countOf(approved) < countOf(unconditional),
    'pending-report-limit-reached': environment.isPendingReportLimitReached,
    'empty-report-dropped': !isDeterministic && approved.length === 0,
    'too-many-contributions': kept.length < approved.length,
    'report-success': false,
  };
  // Let reportSuccess be whether none of the following are true.
  isTriggered['report-success'] = !(
    isTriggered['empty-report-dropped'] ||
    isTriggered['too-many-contributions'] ||
    isTriggered['insufficient-budget'] ||
    isTriggered['pending-report-limit-reached']
  );
  const errorEvents = INTERNAL_ERROR_EVENTS.filter((event) => isTriggered[event]);
  const conditional = errorEvents.flatMap((event) => contributions.filter(({ errorEvent }) => errorEvent === event));
  return {
    // Unconditional contributions come last to prioritize successful measurement of errors.
    unmerged: [...conditional, ...kept],
    errorEvents,
    overBudget: countOf(unconditional) - countOf(approved),
    truncated: countOf(approved) - countOf(kept),
  };
}

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#report-creation-and-scheduling-steps */
export function contributionsOfReport(pending: PendingContributions, environment: ReportEnvironment): ReportContributions {
  const { config } = pending;
  const compiled = compileAllUnmergedContributions(pending, environment);
  const { errorEvents } = compiled;
  const kept = truncate(compiled.unmerged, determineTheMaxContributions(config));
  const { approved, sum: spent } = queryTheBudget(kept, environment.budget);
  const truncated = compiled.truncated + countOf(compiled.unmerged) - countOf(kept);
  const overBudget = compiled.overBudget + countOf(kept) - countOf(approved);
  const merged = merge(approved);
  // If mergedContributions is empty and isDeterministicReport is false, return.
  const contributions = merged.length === 0 && !isSentDeterministically(config) ? null : merged;
  return { contributions, spent, errorEvents, truncated, overBudget };
}
