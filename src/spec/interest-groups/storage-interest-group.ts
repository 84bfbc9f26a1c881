/** What a worklet is told of a group. https://wicg.github.io/turtledove/#dictdef-storageinterestgroup */

import { type Ad, estimateSize, type InterestGroup } from './interest-group';

const parsed = (json: string | null | undefined): unknown => (typeof json === 'string' ? JSON.parse(json) : undefined);

const toAds = (ads: readonly Ad[] | undefined) => ads?.map(({ metadata, ...ad }) => ({ ...ad, metadata: parsed(metadata) }));

/** Without the members that are absent. */
function present(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value) && name !== 'userBiddingSignals';
      return [[name, Array.isArray(value) && /^ad/.test(name) ? value.map(present) : isPlain ? { ...value } : value]];
    }),
  );
}

export interface Membership {
  readonly group: InterestGroup;
  readonly joiningOrigin: string;
  readonly joins: readonly number[];
  readonly expiry: number;
}

/**
 * In the order of native's members; without `lifetimeMs`. Times in milliseconds since the Unix epoch.
 * DEVIATION: natively there are the former names of some members as well, such as `biddingLogicUrl`.
 */
export function toStorageInterestGroup({ group, joiningOrigin, joins, expiry }: Membership, now: number): Record<string, unknown> {
  const [joined = now] = joins;
  return present({
    ...present({
      adComponents: toAds(group.adComponents),
      adSizes: group.adSizes,
      ads: toAds(group.ads),
      biddingLogicURL: group.biddingLogicURL,
      biddingWasmHelperURL: group.biddingWasmHelperURL,
      enableBiddingSignalsPrioritization: group.enableBiddingSignalsPrioritization ?? false,
      executionMode: modeOf(group),
      maxTrustedBiddingSignalsURLLength: group.maxTrustedBiddingSignalsURLLength ?? 0,
      name: group.name,
      owner: group.owner,
      priorityVector: group.priorityVector,
      sellerCapabilities: group.sellerCapabilities,
      sizeGroups: group.sizeGroups,
      trustedBiddingSignalsCoordinator: group.trustedBiddingSignalsCoordinator,
      trustedBiddingSignalsKeys: group.trustedBiddingSignalsKeys,
      trustedBiddingSignalsSlotSizeMode: slotSizeModeOf(group),
      trustedBiddingSignalsURL: group.trustedBiddingSignalsURL,
      updateURL: group.updateURL,
      userBiddingSignals: parsed(group.userBiddingSignals),
      additionalBidKey: group.additionalBidKey,
      priority: group.priority ?? 0,
      prioritySignalsOverrides: group.prioritySignalsOverrides,
    }),
    // There are no auctions here: nothing bids, wins or is updated.
    bidCount: 0,
    estimatedSize: estimateSize(group),
    joinCount: joins.length,
    joiningOrigin,
    lifetimeRemainingMs: expiry - now,
    prevWinsMs: [],
    timeSinceGroupJoinedMs: now - joined,
    timeSinceLastUpdateMs: now - joined,
    timeUntilNextUpdateMs: joined - now,
  });
}

const modeOf = ({ executionMode = '' }: InterestGroup): string =>
  executionMode === 'group-by-origin' || executionMode === 'frozen-context' ? executionMode : 'compatibility';

const SLOT_SIZE_MODES = ['slot-size', 'all-slots-requested-sizes'];

const slotSizeModeOf = ({ trustedBiddingSignalsSlotSizeMode: mode = '' }: InterestGroup): string =>
  SLOT_SIZE_MODES.includes(mode) ? mode : 'none';
