/** Interest groups as pages give them: converted, and no more. */

import { array, boolean, type Decoder, INVALID, integer, isFields, matching, nullable, object, optional, string } from './schema';

const number = matching((value): value is number => Number.isFinite(value));

const record =
  <Value>(element: Decoder<Value>): Decoder<Record<string, Value>> =>
  (value) => {
    if (!isFields(value)) return INVALID;
    const decoded: Record<string, Value> = {};
    for (const [name, member] of Object.entries(value)) {
      const one = element(member);
      if (one === INVALID) return INVALID;
      Object.defineProperty(decoded, name, { value: one, writable: true, enumerable: true, configurable: true });
    }
    return decoded;
  };

const strings = optional(array(string));
const text = optional(string);
/** Null where it was none. */
const json = optional(nullable(string));

const ads = optional(
  array(
    object({
      renderURL: text,
      renderUrl: text,
      sizeGroup: text,
      metadata: json,
      buyerReportingId: text,
      buyerAndSellerReportingId: text,
      allowedReportingOrigins: strings,
      adRenderId: text,
    }),
  ),
);

const interestGroup = object({
  owner: string,
  name: string,
  adComponents: ads,
  adSizes: optional(record(object({ width: string, height: string }))),
  ads,
  biddingLogicURL: text,
  biddingLogicUrl: text,
  biddingWasmHelperURL: text,
  biddingWasmHelperUrl: text,
  enableBiddingSignalsPrioritization: optional(boolean),
  dailyUpdateUrl: text,
  executionMode: text,
  lifetimeMs: optional(number),
  maxTrustedBiddingSignalsURLLength: optional(integer),
  priorityVector: optional(record(number)),
  sellerCapabilities: optional(record(array(string))),
  sizeGroups: optional(record(array(string))),
  trustedBiddingSignalsCoordinator: text,
  trustedBiddingSignalsKeys: strings,
  trustedBiddingSignalsSlotSizeMode: text,
  trustedBiddingSignalsURL: text,
  trustedBiddingSignalsUrl: text,
  updateURL: text,
  updateUrl: text,
  userBiddingSignals: json,
  additionalBidKey: text,
  priority: optional(number),
  prioritySignalsOverrides: optional(record(number)),
  privateAggregationConfig: optional(object({ aggregationCoordinatorOrigin: text })),
});

export const joining = object({ group: interestGroup, base: string });
