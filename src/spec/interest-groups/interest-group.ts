/** https://wicg.github.io/turtledove/#interest-groups */

/** `AuctionAd`, as far as it is kept. */
export interface Ad {
  readonly renderURL: string;
  readonly sizeGroup?: string | undefined;
  /** JSON; null for what was none. */
  readonly metadata?: string | null | undefined;
  readonly buyerReportingId?: string | undefined;
  readonly buyerAndSellerReportingId?: string | undefined;
  readonly allowedReportingOrigins?: readonly string[] | undefined;
  readonly adRenderId?: string | undefined;
}

export interface AdSize {
  readonly width: string;
  readonly height: string;
}

/** `AuctionAdInterestGroup`, converted, without what makes it end; absent members are undefined. URLs are absolute once it is validated. */
export interface InterestGroup {
  readonly owner: string;
  readonly name: string;
  readonly adComponents?: readonly Ad[] | undefined;
  readonly adSizes?: Readonly<Record<string, AdSize>> | undefined;
  readonly ads?: readonly Ad[] | undefined;
  readonly biddingLogicURL?: string | undefined;
  readonly biddingWasmHelperURL?: string | undefined;
  readonly enableBiddingSignalsPrioritization?: boolean | undefined;
  readonly executionMode?: string | undefined;
  readonly maxTrustedBiddingSignalsURLLength?: number | undefined;
  readonly priorityVector?: Readonly<Record<string, number>> | undefined;
  readonly sellerCapabilities?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly sizeGroups?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly trustedBiddingSignalsCoordinator?: string | undefined;
  readonly trustedBiddingSignalsKeys?: readonly string[] | undefined;
  readonly trustedBiddingSignalsSlotSizeMode?: string | undefined;
  readonly trustedBiddingSignalsURL?: string | undefined;
  readonly updateURL?: string | undefined;
  /** JSON; null for what was none. */
  readonly userBiddingSignals?: string | null | undefined;
  readonly additionalBidKey?: string | undefined;
  readonly priority?: number | undefined;
  readonly prioritySignalsOverrides?: Readonly<Record<string, number>> | undefined;
}

/** As a page gives it: by its former name as well. */
export interface GivenAd extends Omit<Ad, 'renderURL'> {
  readonly renderURL?: string | undefined;
  readonly renderUrl?: string | undefined;
}

/** What a page gives, by the names of today: some of it is checked, and not kept. */
export interface NamedInterestGroup extends InterestGroup {
  readonly lifetimeMs: number;
  /** A former name of `updateURL`. */
  readonly dailyUpdateUrl?: string | undefined;
  readonly privateAggregationConfig?: { readonly aggregationCoordinatorOrigin?: string | undefined } | undefined;
}

/** What a page gives: some of it by former names. */
export interface GivenInterestGroup extends Omit<NamedInterestGroup, 'ads' | 'adComponents' | 'lifetimeMs'> {
  readonly ads?: readonly GivenAd[] | undefined;
  readonly adComponents?: readonly GivenAd[] | undefined;
  readonly lifetimeMs?: number | undefined;
  readonly biddingLogicUrl?: string | undefined;
  readonly biddingWasmHelperUrl?: string | undefined;
  readonly trustedBiddingSignalsUrl?: string | undefined;
  readonly updateUrl?: string | undefined;
}

/** A group that is less than this is taken, in bytes. */
export const MAXIMUM_SIZE = 1_048_576;

/** The longest that a browser stays a member, in milliseconds. */
export const LONGEST_LIFETIME = 30 * 24 * 60 * 60 * 1000;

const lengthOf = (text: string | null | undefined): number => new TextEncoder().encode(text ?? '').length;

const sum = <Element>(elements: readonly Element[] | undefined, size: (element: Element) => number): number =>
  (elements ?? []).reduce((total, element) => total + size(element), 0);

const sizeOfNumbers = (record: Readonly<Record<string, number>> | undefined) => sum(Object.keys(record ?? {}), (key) => lengthOf(key) + 8);

const sizeOfAds = (ads: readonly Ad[] | undefined) =>
  sum(ads, (ad) => {
    const { allowedReportingOrigins, ...texts } = ad;
    return sum(allowedReportingOrigins, lengthOf) + sum(Object.values(texts), lengthOf);
  });

/** What the members that are no texts take: measured in Chromium 150, as the weights of the others. */
const FIXED_SIZE = 29;
const CAPABILITIES_SIZE = 4;
const AD_SIZE = 18;
const KEY_SIZE = 32;

/** In bytes. https://wicg.github.io/turtledove/#interest-group-estimated-size */
export function estimateSize(group: InterestGroup): number {
  const { owner, name, biddingLogicURL, biddingWasmHelperURL, updateURL, trustedBiddingSignalsURL, userBiddingSignals } = group;
  const texts = [owner, name, biddingLogicURL, biddingWasmHelperURL, updateURL, trustedBiddingSignalsURL, userBiddingSignals];
  return (
    FIXED_SIZE +
    sum(texts, lengthOf) +
    lengthOf(group.trustedBiddingSignalsCoordinator) +
    sum(group.trustedBiddingSignalsKeys, lengthOf) +
    sizeOfNumbers(group.priorityVector) +
    sizeOfNumbers(group.prioritySignalsOverrides) +
    sum(Object.keys(group.sellerCapabilities ?? {}), (origin) => lengthOf(origin) + CAPABILITIES_SIZE) +
    sizeOfAds(group.ads) +
    sizeOfAds(group.adComponents) +
    sum(Object.keys(group.adSizes ?? {}), (size) => lengthOf(size) + AD_SIZE) +
    sum(Object.entries(group.sizeGroups ?? {}), ([size, sizes]) => lengthOf(size) + sum(sizes, lengthOf)) +
    (group.additionalBidKey === undefined ? 0 : KEY_SIZE)
  );
}
