/** The PrivateAggregation interface. https://patcg-individual-drafts.github.io/private-aggregation-api/#exposed-interface */

import { MAXIMUM_BUCKET, MAXIMUM_DEBUG_KEY } from '../../spec/private-aggregation/contributions';
import { toBigInt } from '../../webidl/bigint';
import { memberContext, toDictionarySource, toDOMString } from '../../webidl/conversions';
import { dataError, failureOf, invalidAccessError, typeError } from '../../webidl/exceptions';
import { Interface } from '../../webidl/interface';
import { toLong } from '../../webidl/numbers';
import { bag, hasOwn, stringIndexOf, stringSlice } from '../../webidl/primordials';
import type { Lines } from '../console/lines';
import type { Contribution } from './collected';
import type { OperationStates } from './operation-states';

/** The PrivateAggregation of a worklet. */
export interface WorkletPrivateAggregation {
  /** "allowed to use" */
  isAllowed: boolean;
  readonly operations: OperationStates;
  readonly lines: Lines;
}

export const privateAggregation = new Interface<WorkletPrivateAggregation>('PrivateAggregation');

/** 256^8 */
const LARGEST_FILTERING_IDS = 2n ** 64n;

const operationOf = (name: string) => failureOf(name, 'PrivateAggregation');

/** DEVIATION: in the specification it is the global's attribute that throws. Natively it is each of the methods. */
function requireAllowed({ isAllowed }: WorkletPrivateAggregation, operation: string): void {
  const denied = 'The "private-aggregation" Permissions Policy denied the method on privateAggregation';
  if (!isAllowed) throw invalidAccessError(`${operation}: ${denied}`);
}

/** A member that is a bigint; undefined where it is absent. */
function readBigInt(source: Record<string, unknown>, name: string, dictionary: string, operation: string): bigint | undefined {
  const given = source[name];
  return given === undefined ? undefined : toBigInt(given, memberContext(operation, name, dictionary));
}

function required<Type>(value: Type | undefined, name: string, dictionary: string, operation: string): Type {
  if (value === undefined) throw typeError('Required member is undefined.', memberContext(operation, name, dictionary));
  return value;
}

interface GivenContribution {
  readonly bucket: bigint;
  readonly filteringId: bigint;
  readonly value: number;
}

/** The members are read in the order of their names. */
function convertContribution(given: unknown, operation: string): GivenContribution {
  const dictionary = 'PrivateAggregationHistogramContribution';
  // A dictionary with required members is not made of nothing.
  const source = toDictionarySource(given ?? '', dictionary, operation) as Record<string, unknown>;
  const bucket = required(readBigInt(source, 'bucket', dictionary, operation), 'bucket', dictionary, operation);
  const filteringId = readBigInt(source, 'filteringId', dictionary, operation) ?? 0n;
  const { value } = source;
  const context = memberContext(operation, 'value', dictionary);
  return bag({ bucket, filteringId, value: toLong(required(value, 'value', dictionary, operation), context) });
}

/**
 * https://patcg-individual-drafts.github.io/private-aggregation-api/#validate-a-histogram-contribution
 * DEVIATION: the specification has RangeErrors. As natively, they are DataErrors.
 */
function validate(
  { bucket, filteringId, value }: GivenContribution,
  { operations }: WorkletPrivateAggregation,
  operation: string,
): Omit<Contribution, 'errorEvent'> {
  const refuse = (text: string) => dataError(`${operation}: contribution${text}`);
  // If contribution["bucket"] is not contained in the range 0 to 2^128, exclusive, return a RangeError.
  if (bucket < 0n || bucket > MAXIMUM_BUCKET) throw refuse("['bucket'] is negative or does not fit in 128 bits");
  // If contribution["value"] is negative, return a RangeError.
  if (value < 0) throw refuse("['value'] is negative");
  // If contribution["filteringId"] is not contained in the range 0 to 256^filteringIdMaxBytes, exclusive, return a RangeError.
  // (Of several operations that are under way, whose it is and how many bytes it may have, is found out later.)
  const filteringIds = operations.only()?.filteringIds ?? LARGEST_FILTERING_IDS;
  if (filteringId < 0n || filteringId >= filteringIds) throw refuse("['filteringId'] is negative or does not fit in byte size");
  return bag({ bucket, filteringId, value });
}

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#dom-privateaggregation-contributetohistogram */
privateAggregation.operation('contributeToHistogram', 1, (aggregation, args) => {
  const operation = operationOf('contributeToHistogram');
  const given = convertContribution(args[0], operation);
  requireAllowed(aggregation, operation);
  aggregation.operations.contribute(bag({ ...validate(given, aggregation, operation), errorEvent: null }));
});

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#dom-privateaggregation-enabledebugmode */
privateAggregation.operation('enableDebugMode', 0, (aggregation, args) => {
  const operation = operationOf('enableDebugMode');
  const dictionary = 'PrivateAggregationDebugModeOptions';
  let key: bigint | null = null;
  if (args[0] !== undefined) {
    const source = toDictionarySource(args[0] ?? '', dictionary, operation) as Record<string, unknown>;
    key = required(readBigInt(source, 'debugKey', dictionary, operation), 'debugKey', dictionary, operation);
  }
  requireAllowed(aggregation, operation);
  // If debug scope map[debugScope] exists, throw a "DataError" DOMException.
  const state = aggregation.operations.only();
  if (state?.hasDebugMode) throw dataError(`${operation}: enableDebugMode may be called at most once`);
  // Natively it does even where the key turns out to be wrong.
  if (state) state.hasDebugMode = true;
  // If options["debugKey"] is not contained in the range 0 to 2^64, exclusive, throw a "DataError" DOMException.
  if (key !== null && (key < 0n || key > MAXIMUM_DEBUG_KEY))
    throw dataError(`${operation}: options['debugKey'] is negative or does not fit in 64 bits`);
  aggregation.operations.enableDebugMode(key);
});

const RESERVED = 'reserved.';

/** By what comes after "reserved.": natively the last one is an external error event of shared storage. */
const EVENTS: Readonly<Record<string, Contribution['errorEvent']>> = bag({
  'report-success': 'report-success',
  'too-many-contributions': 'too-many-contributions',
  'empty-report-dropped': 'empty-report-dropped',
  'pending-report-limit-reached': 'pending-report-limit-reached',
  'insufficient-budget': 'insufficient-budget',
  'contribution-timeout-reached': 'contribution-timeout-reached',
  'uncaught-error': 'uncaught-error',
});

/** https://patcg-individual-drafts.github.io/private-aggregation-api/#dom-privateaggregation-contributetohistogramonevent */
privateAggregation.operation('contributeToHistogramOnEvent', 2, (aggregation, args) => {
  const operation = operationOf('contributeToHistogramOnEvent');
  const event = toDOMString(args[0], operation);
  const given = convertContribution(args[1], operation);
  requireAllowed(aggregation, operation);
  const contribution = validate(given, aggregation, operation);
  // If event does not start with "reserved.", throw a TypeError.
  if (stringIndexOf(event, RESERVED) !== 0) throw typeError('event must begin with "reserved."', operation);
  const unprefixed = stringSlice(event, RESERVED.length);
  // For forward compatibility, no error is thrown for unrecognized events that start with "reserved.".
  if (hasOwn(EVENTS, unprefixed))
    aggregation.operations.contribute(bag({ ...contribution, errorEvent: EVENTS[unprefixed] as Contribution['errorEvent'] }));
  else
    aggregation.lines.mirror('warn', [
      `Unrecognized event ${event} was passed to contributeToHistogramOnEvent(). The call will be ignored.`,
    ]);
});

privateAggregation.placeConstructor();
