/** `AuctionAdInterestGroup`, converted. https://wicg.github.io/turtledove/#dictdef-auctionadinterestgroup */

import { isObject, memberContext, toBoolean, toDictionarySource, toDOMString, toSequence, toUSVString } from '../../webidl/conversions';
import { failureOf, typeError } from '../../webidl/exceptions';
import { toDouble, toLong } from '../../webidl/numbers';
import { bag, getOwnPropertyDescriptor, ownKeys } from '../../webidl/primordials';

const JOIN = failureOf('joinAdInterestGroup', 'Navigator');

type Convert = (value: unknown, context: string) => unknown;

const nativeStringify = JSON.stringify;

/** `any`, of which JSON is kept: null for what is none, which is for the service worker to refuse. */
const toJSON: Convert = (value) => {
  try {
    return nativeStringify(value) ?? null;
  } catch {
    return null;
  }
};

const sequenceOf =
  (convert: Convert): Convert =>
  (value, context) =>
    toSequence(value, context, (element) => convert(element, context));

/** https://webidl.spec.whatwg.org/#js-record */
const recordOf =
  (convert: Convert): Convert =>
  (value, context) => {
    if (!isObject(value)) throw typeError('Only objects can be converted to record<K,V> types', context);
    const record: Record<string, unknown> = bag({});
    const keys = ownKeys(value);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      if (getOwnPropertyDescriptor(value, key)?.enumerable)
        record[toUSVString(key, context)] = convert((value as Record<string, unknown>)[key], context);
    }
    return record;
  };

type Members = readonly (readonly [name: string, convert: Convert])[];

/** The members are read in the order of their names; absent ones are left out, unless they are required. */
function dictionary(
  value: unknown,
  name: string,
  context: string,
  members: Members,
  required: readonly string[] = [],
): Record<string, unknown> {
  const source = toDictionarySource(value ?? '', name, context) as Record<string, unknown>;
  const converted: Record<string, unknown> = bag({});
  for (let index = 0; index < members.length; index++) {
    const entry = members[index] as Members[number];
    const member = entry[0];
    const given = source[member];
    const where = memberContext(context, member, name);
    if (given !== undefined) converted[member] = entry[1](given, where);
    else for (let at = 0; at < required.length; at++) if (required[at] === member) throw typeError('Required member is undefined.', where);
  }
  return converted;
}

const strings = sequenceOf(toUSVString);

/** Those that native reads: others, of which the specification has two, stay unread. */
const AD: Members = [
  ['adRenderId', toDOMString],
  ['allowedReportingOrigins', strings],
  ['buyerAndSellerReportingId', toUSVString],
  ['buyerReportingId', toUSVString],
  ['metadata', toJSON],
  ['renderURL', toUSVString],
  ['renderUrl', toUSVString],
  ['sizeGroup', toUSVString],
];

const ads = sequenceOf((value, context) => dictionary(value, 'AuctionAd', context, AD));

const toSize: Convert = (value, context) =>
  dictionary(
    value,
    'AuctionAdInterestGroupSize',
    context,
    [
      ['height', toUSVString],
      ['width', toUSVString],
    ],
    ['height', 'width'],
  );

const numbers = recordOf(toDouble);
const lists = recordOf(sequenceOf(toDOMString));

const toPrivateAggregationConfig: Convert = (value, context) =>
  dictionary(value, 'ProtectedAudiencePrivateAggregationConfig', context, [['aggregationCoordinatorOrigin', toUSVString]]);

/** In native's order, with the former names that it knows still. */
const GROUP: Members = [
  ['adComponents', ads],
  ['adSizes', recordOf(toSize)],
  ['additionalBidKey', toDOMString],
  ['ads', ads],
  ['auctionServerRequestFlags', sequenceOf(toDOMString)],
  ['biddingLogicURL', toUSVString],
  ['biddingLogicUrl', toUSVString],
  ['biddingWasmHelperURL', toUSVString],
  ['biddingWasmHelperUrl', toUSVString],
  ['dailyUpdateUrl', toUSVString],
  ['enableBiddingSignalsPrioritization', toBoolean],
  ['executionMode', toDOMString],
  ['lifetimeMs', toDouble],
  ['maxTrustedBiddingSignalsURLLength', toLong],
  ['name', toUSVString],
  ['owner', toUSVString],
  ['priority', toDouble],
  ['prioritySignalsOverrides', numbers],
  ['priorityVector', numbers],
  ['privateAggregationConfig', toPrivateAggregationConfig],
  ['sellerCapabilities', lists],
  ['sizeGroups', lists],
  ['trustedBiddingSignalsCoordinator', toUSVString],
  ['trustedBiddingSignalsKeys', strings],
  ['trustedBiddingSignalsSlotSizeMode', toDOMString],
  ['trustedBiddingSignalsURL', toUSVString],
  ['trustedBiddingSignalsUrl', toUSVString],
  ['updateURL', toUSVString],
  ['updateUrl', toUSVString],
  ['userBiddingSignals', toJSON],
];

/** https://wicg.github.io/turtledove/#dom-navigator-joinadinterestgroup */
export function convertInterestGroup(value: unknown): Record<string, unknown> {
  return dictionary(value, 'AuctionAdInterestGroup', JOIN, GROUP, ['name', 'owner']);
}

const KEY: Members = [
  ['name', toUSVString],
  ['owner', toUSVString],
];

/** Which group a browser is to leave. */
export const convertKey = (value: unknown, operation: string): Record<string, unknown> =>
  dictionary(value, 'AuctionAdInterestGroupKey', operation, KEY, ['name', 'owner']);
