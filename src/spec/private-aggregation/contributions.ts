/** What an operation contributes, and how it asked for its report. https://patcg-individual-drafts.github.io/private-aggregation-api/ */

/** `PAHistogramContribution`, converted and validated. */
export interface HistogramContribution {
  /** From 0 to 2^128 - 1. */
  readonly bucket: bigint;
  /** From 0 to 2^31 - 1. */
  readonly value: number;
  /** From 0 to 256^filteringIdMaxBytes - 1. */
  readonly filteringId: bigint;
}

export const MAXIMUM_BUCKET = 2n ** 128n - 1n;
export const MAXIMUM_VALUE = 2 ** 31 - 1;

/** "internal error events", in the specification's order, which is that of the conditional contributions in a report. */
export const INTERNAL_ERROR_EVENTS = [
  'report-success',
  'too-many-contributions',
  'empty-report-dropped',
  'pending-report-limit-reached',
  'insufficient-budget',
  'contribution-timeout-reached',
] as const;

/** One of them. */
export type InternalErrorEvent = (typeof INTERNAL_ERROR_EVENTS)[number];

/** A "contribution cache entry" that stands for `count` of them that are equal. */
export interface CountedContribution extends HistogramContribution {
  /** What the contribution is conditional on; null where it is unconditional. */
  readonly errorEvent: InternalErrorEvent | null;
  /** How often it was made, at least once. */
  readonly count: number;
}

/** "debug details" */
export interface DebugMode {
  readonly enabled: boolean;
  /** From 0 to 2^64 - 1; null where none was given, and always where the mode is not enabled. */
  readonly key: bigint | null;
}

export const MAXIMUM_DEBUG_KEY = 2n ** 64n - 1n;

/** `SharedStoragePrivateAggregationConfig`, converted and validated; null for each member that was not given. */
export interface PrivateAggregationConfig {
  /** 64 UTF-16 code units at most; may be empty, which is not the same as not given. */
  readonly contextId: string | null;
  readonly filteringIdMaxBytes: number | null;
  /** At least 1. What is more than `MAXIMUM_MAX_CONTRIBUTIONS` counts as that. */
  readonly maxContributions: number | null;
  /** A serialized origin. */
  readonly aggregationCoordinatorOrigin: string | null;
}

export const DEFAULT_CONFIG: PrivateAggregationConfig = {
  contextId: null,
  filteringIdMaxBytes: null,
  maxContributions: null,
  aggregationCoordinatorOrigin: null,
};

export const MAXIMUM_CONTEXT_ID_LENGTH = 64;

/** "default filtering ID max bytes", and the end of the "valid filtering ID max bytes range", which begins at 1. */
export const DEFAULT_FILTERING_ID_MAX_BYTES = 1;
export const LARGEST_FILTERING_ID_MAX_BYTES = 8;

/** "default maxContributions by API", for shared storage. */
export const DEFAULT_MAX_CONTRIBUTIONS = 20;

/**
 * "maximum maxContributions"
 *
 * DEVIATION: the explainer plans 1000; a report of this extension has 100 contributions at most.
 */
export const MAXIMUM_MAX_CONTRIBUTIONS = 100;

/** "deterministic operation timeout duration", in milliseconds. */
export const DETERMINISTIC_OPERATION_TIMEOUT = 5000;

export const filteringIdMaxBytesOf = ({ filteringIdMaxBytes }: PrivateAggregationConfig): number =>
  filteringIdMaxBytes ?? DEFAULT_FILTERING_ID_MAX_BYTES;

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#determine-the-max-contributions */
export function determineTheMaxContributions({ maxContributions }: PrivateAggregationConfig): number {
  // If maxContributions is null, return default maxContributions by API[api].
  // If maxContributions is greater than maximum maxContributions, return maximum maxContributions.
  return Math.min(maxContributions ?? DEFAULT_MAX_CONTRIBUTIONS, MAXIMUM_MAX_CONTRIBUTIONS);
}

/**
 * Whether there is exactly one report, whatever the operation does.
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#determine-if-a-report-should-be-sent-deterministically
 */
export function isSentDeterministically(config: PrivateAggregationConfig): boolean {
  // If preSpecifiedParams' context ID is not null, return true.
  if (config.contextId !== null) return true;
  // If preSpecifiedParams' filtering ID max bytes is not the default filtering ID max bytes, return true.
  if (filteringIdMaxBytesOf(config) !== DEFAULT_FILTERING_ID_MAX_BYTES) return true;
  // If effectiveMaxContributions is not defaultMaxContributions, return true.
  return determineTheMaxContributions(config) !== DEFAULT_MAX_CONTRIBUTIONS;
}
