/** What is wrong with a `privateAggregationConfig`. https://wicg.github.io/shared-storage/#obtain-the-pre-specified-report-parameters */

import { Refusal } from '../../protocol/envelope';
import type { GivenConfig } from '../../protocol/private-aggregation';
import {
  DEFAULT_CONFIG,
  LARGEST_FILTERING_ID_MAX_BYTES,
  MAXIMUM_CONTEXT_ID_LENGTH,
  type PrivateAggregationConfig,
} from '../../spec/private-aggregation/contributions';
import { isAggregationCoordinator } from '../../spec/private-aggregation/coordinators';
import type { Fence } from '../fenced-frames/fence';
import type { Caller } from '../requests/caller';

const refuse = (message: string) => new Refusal('DataError', message);

/**
 * https://wicg.github.io/shared-storage/#obtain-the-aggregation-coordinator
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-the-private-aggregation-coordinator
 */
function coordinatorOf(given: string | undefined, further: readonly string[]): string | null {
  if (given === undefined) return null;
  const origin = URL.parse(given)?.origin ?? 'null';
  // If url is failure or null, return a new DOMException with name "SyntaxError". (As natively, an opaque origin is none.)
  if (origin === 'null') throw new Refusal('SyntaxError', 'aggregationCoordinatorOrigin must be a valid origin');
  if (!isAggregationCoordinator(origin, further)) throw refuse('aggregationCoordinatorOrigin must be on the allowlist');
  return origin;
}

/** In native's order. Throws a Refusal. `isFenced`: whether the document is in a fenced frame. */
export function checkConfig(config: Partial<GivenConfig>, isFenced: boolean, coordinators: readonly string[]): PrivateAggregationConfig {
  const { contextId = null, filteringIdMaxBytes = null, maxContributions = null } = config;
  // If contextId's length is greater than 64, return a new DOMException with name "DataError".
  if (contextId !== null && contextId.length > MAXIMUM_CONTEXT_ID_LENGTH) throw refuse('contextId length cannot be larger than 64');
  // If context's fenced frame config instance is not null, return a new DOMException with name "DataError".
  if (contextId !== null && isFenced) throw refuse('contextId cannot be set inside of fenced frames.');
  const aggregationCoordinatorOrigin = coordinatorOf(config.aggregationCoordinatorOrigin, coordinators);
  if (filteringIdMaxBytes !== null) {
    // If filteringIdMaxBytes is not contained in the valid filtering ID max bytes range, return a new DOMException with name "DataError".
    if (filteringIdMaxBytes < 1) throw refuse('filteringIdMaxBytes must be positive');
    if (filteringIdMaxBytes > LARGEST_FILTERING_ID_MAX_BYTES) throw refuse('filteringIdMaxBytes is too big');
    if (isFenced) throw refuse('filteringIdMaxBytes cannot be set inside of fenced frames.');
  }
  // If maxContributions is zero, return a new DOMException with name "DataError".
  if (maxContributions === 0) throw refuse('maxContributions must be positive');
  return { contextId, filteringIdMaxBytes, maxContributions, aggregationCoordinatorOrigin };
}

interface ConfigServices {
  readonly coordinators: () => Promise<readonly string[]>;
  readonly fence: Fence;
}

export async function requireValidConfig(
  config: Partial<GivenConfig> | null,
  caller: Caller,
  { coordinators, fence }: ConfigServices,
): Promise<PrivateAggregationConfig> {
  if (!config) return DEFAULT_CONFIG;
  const [depth, further] = await Promise.all([fence.depthOf(caller), coordinators()]);
  return checkConfig(config, depth > 0, further);
}
