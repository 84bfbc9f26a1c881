/** What joinAdInterestGroup() makes of what a page gives, in Chromium's words and order. https://wicg.github.io/turtledove/#dom-navigator-joinadinterestgroup */

import type { Ad, InterestGroup, NamedInterestGroup } from './interest-group';
import { InvalidInterestGroup, ownerOrigin, type Refuse, refuseFor } from './invalid';

/** Throws for a member that is no JSON. */
type RefuseJSON = (what: string) => never;

const isSecure = (origin: string): boolean => ownerOrigin(origin) !== null;

function resolveURLs(given: NamedInterestGroup, base: string, refuse: Refuse) {
  const resolve = (member: 'biddingLogicURL' | 'biddingWasmHelperURL' | 'updateURL' | 'trustedBiddingSignalsURL', url = given[member]) =>
    url === undefined ? undefined : (URL.parse(url, base)?.href ?? refuse(member, url, 'cannot be resolved to a valid URL.'));
  const { updateURL, dailyUpdateUrl } = given;
  const urls = { biddingLogicURL: resolve('biddingLogicURL'), biddingWasmHelperURL: resolve('biddingWasmHelperURL') };
  if (updateURL !== undefined && dailyUpdateUrl !== undefined && updateURL !== dailyUpdateUrl)
    refuse('updateURL', updateURL, 'must match dailyUpdateUrl, when both are present.');
  return {
    ...urls,
    updateURL: resolve('updateURL', updateURL ?? dailyUpdateUrl),
    trustedBiddingSignalsURL: resolve('trustedBiddingSignalsURL'),
  };
}

function requireSignals({ name, maxTrustedBiddingSignalsURLLength: longest = 0, trustedBiddingSignalsCoordinator }: InterestGroup): void {
  if (longest < 0)
    throw new InvalidInterestGroup(`maxTrustedBiddingSignalsURLLength of interest group '${name}' is less than 0 which is '${longest}'.`);
  if (trustedBiddingSignalsCoordinator !== undefined && !isSecure(trustedBiddingSignalsCoordinator))
    throw new InvalidInterestGroup(
      `trustedBiddingSignalsCoordinator '${trustedBiddingSignalsCoordinator}' for AuctionAdInterestGroup with name '${name}' must be a valid https origin.`,
    );
}

function resolveAds(ads: readonly Ad[] | undefined, base: string, refuse: Refuse, refuseJSON: RefuseJSON): Ad[] | undefined {
  return ads?.map((ad) => {
    const renderURL = URL.parse(ad.renderURL, base)?.href ?? refuse('ad renderURL', ad.renderURL, 'cannot be resolved to a valid URL.');
    if (ad.metadata === null) refuseJSON('ad metadata');
    if (!(ad.allowedReportingOrigins ?? []).every(isSecure)) refuse('ad allowedReportingOrigins', '', 'must all be https origins.');
    return { ...ad, renderURL };
  });
}

/** Parts of ads report to nobody. */
const withoutReporting = (ads: readonly Ad[] | undefined): Ad[] | undefined =>
  ads?.map(({ allowedReportingOrigins: _origins, ...ad }) => ad);

/** How long a key of Ed25519 is, in bytes. */
const KEY_LENGTH = 32;

function requireKey({ additionalBidKey: key }: InterestGroup, refuse: Refuse): void {
  if (key === undefined) return;
  let length = 0;
  try {
    length = atob(key).length;
  } catch {
    refuse('additionalBidKey', key, 'cannot be base64 decoded.');
  }
  // The apostrophe is native's.
  if (length !== KEY_LENGTH) refuse('additionalBidKey', key, `must be exactly ${KEY_LENGTH}' bytes, was ${length}.`);
}

function requireCoordinator({ privateAggregationConfig: config }: NamedInterestGroup, isCoordinator: (origin: string) => boolean): void {
  const given = config?.aggregationCoordinatorOrigin;
  if (given === undefined) return;
  const origin = ownerOrigin(given);
  const named = `aggregationCoordinatorOrigin '${given}'`;
  if (origin === null) throw new InvalidInterestGroup(`${named} must be a valid https origin.`, 'SyntaxError');
  if (!isCoordinator(origin)) throw new InvalidInterestGroup(`${named} is not a recognized coordinator origin.`, 'DataError');
}

/** The group with absolute URLs; `base` is what they are relative to. Throws an InvalidInterestGroup. */
export function resolveInterestGroup(given: NamedInterestGroup, base: string, isCoordinator: (origin: string) => boolean): InterestGroup {
  const { dailyUpdateUrl: _former, privateAggregationConfig: _config, lifetimeMs: _lifetime, ...kept } = given;
  const { name } = given;
  const owner = ownerOrigin(given.owner);
  if (owner === null)
    throw new InvalidInterestGroup(`owner '${given.owner}' for AuctionAdInterestGroup with name '${name}' must be a valid https origin.`);
  const refuse = refuseFor({ owner, name });
  const refuseJSON: RefuseJSON = (what) => {
    const group = `AuctionAdInterestGroup with owner '${owner}' and name '${name}'`;
    throw new InvalidInterestGroup(`${what} for ${group} must be a JSON-serializable object.`);
  };
  const urls = resolveURLs(given, base, refuse);
  requireSignals(given);
  if (given.userBiddingSignals === null) refuseJSON('userBiddingSignals');
  const ads = resolveAds(given.ads, base, refuse, refuseJSON);
  const adComponents = resolveAds(withoutReporting(given.adComponents), base, refuse, refuseJSON);
  requireKey(given, refuse);
  requireCoordinator(given, isCoordinator);
  return { ...kept, ...urls, owner, ads, adComponents };
}
