/** "aggregation coordinators": whom reports are encrypted for. */

/** Those that native Chromium knows; the first is the "default aggregation coordinator". */
export const NATIVE_COORDINATORS = [
  'https://publickeyservice.msmt.aws.privacysandboxservices.com',
  'https://publickeyservice.msmt.gcp.privacysandboxservices.com',
] as const;

export const DEFAULT_COORDINATOR: string = NATIVE_COORDINATORS[0];

/**
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#determine-if-an-origin-is-an-aggregation-coordinator
 *
 * `keys`: the setting `privateAggregation.keys`. Who has a key there is a coordinator as well.
 */
export const isAnAggregationCoordinator = (origin: string, keys: Readonly<Record<string, string>>): boolean =>
  (NATIVE_COORDINATORS as readonly string[]).includes(origin) || Object.hasOwn(keys, origin);
