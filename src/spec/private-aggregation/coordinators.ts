/** Whom reports are encrypted for. https://patcg-individual-drafts.github.io/private-aggregation-api/#aggregation-coordinator-structure */

/** The "allowed aggregation coordinator set" of Chromium; the first is the "default aggregation coordinator". */
export const NATIVE_COORDINATORS = [
  'https://publickeyservice.msmt.aws.privacysandboxservices.com',
  'https://publickeyservice.msmt.gcp.privacysandboxservices.com',
] as const;

export const DEFAULT_COORDINATOR: string = NATIVE_COORDINATORS[0];

/**
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#determine-if-an-origin-is-an-aggregation-coordinator
 * `further`: those that the developer has added.
 */
export const isAggregationCoordinator = (origin: string, further: readonly string[]): boolean =>
  (NATIVE_COORDINATORS as readonly string[]).includes(origin) || further.includes(origin);
