/** https://patcg-individual-drafts.github.io/private-aggregation-api/#aggregation-coordinator-structure */

/** The "allowed aggregation coordinator set" of Chromium. */
const ALLOWED_AGGREGATION_COORDINATORS: readonly string[] = [
  'https://publickeyservice.msmt.aws.privacysandboxservices.com',
  'https://publickeyservice.msmt.gcp.privacysandboxservices.com',
];

/**
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#determine-if-an-origin-is-an-aggregation-coordinator
 * `further`: those that the developer has added.
 */
export const isAggregationCoordinator = (origin: string, further: readonly string[]): boolean =>
  ALLOWED_AGGREGATION_COORDINATORS.includes(origin) || further.includes(origin);
