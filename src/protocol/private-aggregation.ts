/**
 * What an operation leaves for Private Aggregation: the offscreen document hands it to the service worker (recipient `contributions`) when the
 * operation has ended, or has no more time to contribute, and makes no report of its own.
 *
 * It hands over nothing where the operation contributed nothing and its report is not sent deterministically (`isSentDeterministically`). Where
 * the report is, it hands over in any case: for an operation that does not exist or throws too, and `DETERMINISTIC_OPERATION_TIMEOUT` after the
 * start of one that runs still, which contributes in vain from then on.
 *
 * The answer is true once all is stored. Whoever gets another answer, or none, sends the same again with the same `id`: that makes no second report.
 * (False: nothing is stored, and nothing sent.) Of a first delivery the service worker may begin to send a report before it is stored, once it has told of that and was heard: then each later
 * delivery says so, and nobody sends that report again.
 */

import { MAXIMUM_DIFFERENT_CONTRIBUTIONS } from '../spec/private-aggregation/contribution-cache';
import {
  filteringIdMaxBytesOf,
  INTERNAL_ERROR_EVENTS,
  LARGEST_FILTERING_ID_MAX_BYTES,
  MAXIMUM_BUCKET,
  MAXIMUM_CONTEXT_ID_LENGTH,
  MAXIMUM_DEBUG_KEY,
  MAXIMUM_VALUE,
} from '../spec/private-aggregation/contributions';
import {
  array,
  boolean,
  count,
  type Decoded,
  type Decoder,
  decode,
  matching,
  nullable,
  object,
  oneOf,
  optional,
  string,
  stringThat,
  stringUpTo,
} from './schema';

export const bigintUpTo = (largest: bigint): Decoder<bigint> =>
  matching((value): value is bigint => typeof value === 'bigint' && value >= 0n && value <= largest);

const integerFrom = (smallest: number, largest = Number.MAX_SAFE_INTEGER): Decoder<number> =>
  matching((value): value is number => Number.isSafeInteger(value) && (value as number) >= smallest && (value as number) <= largest);

const origin = stringThat((text) => URL.parse(text)?.origin === text);

/** The members of a CountedContribution. */
export const contribution = {
  bucket: bigintUpTo(MAXIMUM_BUCKET),
  value: integerFrom(0, MAXIMUM_VALUE),
  filteringId: bigintUpTo(256n ** BigInt(LARGEST_FILTERING_ID_MAX_BYTES) - 1n),
  errorEvent: nullable(oneOf(INTERNAL_ERROR_EVENTS)),
  count: integerFrom(1),
};

/** What a page has given, converted and no more. */
export const givenConfig = object({
  contextId: optional(string),
  filteringIdMaxBytes: optional(count),
  maxContributions: optional(count),
  aggregationCoordinatorOrigin: optional(string),
});

export type GivenConfig = Decoded<typeof givenConfig>;

/** A PrivateAggregationConfig: null for each member that was not given. */
export const privateAggregationConfig = object({
  contextId: nullable(stringUpTo(MAXIMUM_CONTEXT_ID_LENGTH)),
  filteringIdMaxBytes: nullable(integerFrom(1, LARGEST_FILTERING_ID_MAX_BYTES)),
  maxContributions: nullable(integerFrom(1)),
  aggregationCoordinatorOrigin: nullable(origin),
});

const operationContributions = object({
  /** The same for the same operation, however often it is asked for: its document, worklet and number there. */
  id: stringThat((text) => /^\S+ \d+ \d+$/.test(text)),
  worklet: object({ documentId: string, workletId: count }),
  /** The tab of the document that asked for the operation: where notices about the report are shown. */
  tabId: count,
  moduleURL: string,
  operationName: string,
  /** The worklet's data origin. */
  reportingOrigin: origin,
  /** In the order in which each was first made: what a `ContributionCache` kept. */
  contributions: array(object(contribution), MAXIMUM_DIFFERENT_CONTRIBUTIONS),
  /** How many there was no room for in that cache. */
  dropped: count,
  debugMode: object({ enabled: boolean, key: nullable(bigintUpTo(MAXIMUM_DEBUG_KEY)) }),
  config: privateAggregationConfig,
  /** When the operation started, in milliseconds since the Unix epoch. */
  startTime: integerFrom(0),
  /** `timed out`: it runs still, but may contribute no more; `interrupted`: its worklet ended before it. */
  end: oneOf(['finished', 'failed', 'timed out', 'interrupted']),
});

/** The request of a report that may have been sent: the report that is stored has the same id. */
const begun = object({
  reportId: stringThat((text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)),
});

export type Begun = Decoded<typeof begun>;

/** What a word about a request says that is about to begin; null on anything unexpected. */
export const decodeBegun = (given: unknown): Begun | null => decode(begun, given);

/** Of what was handed over before. */
const delivery = object({
  /** Nothing of the operation was, by anybody. */
  isFirst: boolean,
  begun: nullable(begun),
});

export type Delivery = Decoded<typeof delivery>;

/** What one run of an operation contributed. */
export type OperationContributions = Decoded<typeof operationContributions>;

const message = object({ contributions: operationContributions });

/** Null on anything unexpected, and on what contradicts itself. */
export function decodeContributions(given: unknown): OperationContributions | null {
  const operation = decode(message, given)?.contributions;
  if (!operation) return null;
  const { config, contributions, debugMode } = operation;
  const filteringIds = 256n ** BigInt(filteringIdMaxBytesOf(config));
  if (contributions.some(({ filteringId }) => filteringId >= filteringIds)) return null;
  return debugMode.enabled || debugMode.key === null ? operation : null;
}

/** For a message that says nothing of it, as for one that was delivered before. */
export function decodeDelivery(given: unknown): Delivery {
  return decode(object({ delivery }), given)?.delivery ?? { isFirst: false, begun: null };
}
