/** What joinAdInterestGroup() checks, in Chromium's words and order. https://wicg.github.io/turtledove/#dom-navigator-joinadinterestgroup */

import { isOriginPotentiallyTrustworthy } from '../secure-contexts';
import { type Ad, estimateSize, type InterestGroup, MAXIMUM_SIZE } from './interest-group';

/** What is wrong with a group: the message of a TypeError. */
export class InvalidInterestGroup extends Error {}

/**
 * The origin of an owner; null where it is none.
 * DEVIATION: natively only those of `https:` are; here also what counts as secure without it, so that it can be tried on the developer's own machine.
 */
export function ownerOrigin(owner: string): string | null {
  const origin = URL.parse(owner)?.origin ?? 'null';
  return origin !== 'null' && isOriginPotentiallyTrustworthy(origin) ? origin : null;
}

/** Throws for a member of a group; `value` is what is wrong with it. */
type Refuse = (member: string, value: string, why: string) => never;

const refuseFor =
  ({ owner, name }: InterestGroup): Refuse =>
  (member, value, why) => {
    throw new InvalidInterestGroup(`${member} '${value}' for AuctionAdInterestGroup with owner '${owner}' and name '${name}' ${why}`);
  };

function resolve(url: string, base: string, member: string, refuse: Refuse): string {
  return URL.parse(url, base)?.href ?? refuse(member, url, 'cannot be resolved to a valid URL.');
}

const hasCredentials = ({ username, password }: URL): boolean => username !== '' || password !== '';

const OF_OWNER = ['biddingLogicURL', 'biddingWasmHelperURL', 'updateURL'] as const;

function requireURLs(group: InterestGroup, refuse: Refuse): void {
  for (const member of OF_OWNER) {
    const url = group[member] === undefined ? null : new URL(group[member]);
    if (url && (url.origin !== group.owner || url.hash !== '' || hasCredentials(url)))
      refuse(
        member,
        url.href,
        `${member} must have the same origin as the InterestGroup owner and have no fragment identifier or embedded credentials.`,
      );
  }
  const signals = group.trustedBiddingSignalsURL === undefined ? null : new URL(group.trustedBiddingSignalsURL);
  if (
    signals &&
    (!isOriginPotentiallyTrustworthy(signals.origin) || signals.search !== '' || signals.hash !== '' || hasCredentials(signals))
  )
    refuse(
      'trustedBiddingSignalsURL',
      signals.href,
      'trustedBiddingSignalsURL must have https schema and have no query string, fragment identifier or embedded credentials.',
    );
}

function requireAds(ads: readonly Ad[] | undefined, member: string, { sizeGroups }: InterestGroup, refuse: Refuse): void {
  for (const [index, { renderURL, sizeGroup }] of (ads ?? []).entries()) {
    const url = new URL(renderURL);
    if (!isOriginPotentiallyTrustworthy(url.origin) || hasCredentials(url))
      refuse(`${member}[${index}].renderURL`, url.href, 'renderURLs must be HTTPS and have no embedded credentials.');
    if (sizeGroup && !Object.hasOwn(sizeGroups ?? {}, sizeGroup))
      refuse(`${member}[${index}].sizeGroup`, sizeGroup, 'The assigned size group does not exist in sizeGroups map.');
  }
}

const DIMENSION = /^\s*(?:[1-9]\d*(?:\.\d+)?|0?\.\d+)(?:px|sw|sh)?\s*$/;

function requireSizes({ adSizes, sizeGroups }: InterestGroup, refuse: Refuse): void {
  for (const [name, { width, height }] of Object.entries(adSizes ?? {})) {
    if (name === '') refuse('adSizes', '', 'Ad sizes cannot map from an empty event name.');
    if (![width, height].every((dimension) => DIMENSION.test(dimension)))
      refuse('adSizes', '', 'Ad size dimensions must be a valid number either in pixels (px) or screen width (sw).');
  }
  for (const sizes of Object.values(sizeGroups ?? {})) {
    if (!adSizes) refuse('sizeGroups', '', 'An adSizes map must exist for sizeGroups to work.');
    for (const size of sizes) if (!Object.hasOwn(adSizes ?? {}, size)) refuse('sizeGroups', size, 'Size does not exist in adSizes map.');
  }
}

function requireJSON({ userBiddingSignals, ads, adComponents }: InterestGroup, refuse: (what: string) => never): void {
  if (userBiddingSignals === null) refuse('userBiddingSignals');
  for (const { metadata } of [...(ads ?? []), ...(adComponents ?? [])]) if (metadata === null) refuse('ad metadata');
}

const resolveAds = (ads: readonly Ad[] | undefined, base: string, refuse: Refuse) =>
  ads?.map((ad) => ({ ...ad, renderURL: resolve(ad.renderURL, base, 'ad renderURL', refuse) }));

/** The group with absolute URLs; `base` is what they are relative to. Throws an InvalidInterestGroup. */
export function validateInterestGroup(given: InterestGroup, base: string): InterestGroup {
  const owner = ownerOrigin(given.owner);
  if (owner === null)
    throw new InvalidInterestGroup(
      `owner '${given.owner}' for AuctionAdInterestGroup with name '${given.name}' must be a valid https origin.`,
    );
  const named = { ...given, owner };
  const refuse = refuseFor(named);
  const resolved = (member: (typeof OF_OWNER)[number] | 'trustedBiddingSignalsURL') =>
    given[member] === undefined ? undefined : resolve(given[member], base, member, refuse);
  const group: InterestGroup = {
    ...named,
    biddingLogicURL: resolved('biddingLogicURL'),
    biddingWasmHelperURL: resolved('biddingWasmHelperURL'),
    updateURL: resolved('updateURL'),
    trustedBiddingSignalsURL: resolved('trustedBiddingSignalsURL'),
    ads: resolveAds(given.ads, base, refuse),
    adComponents: resolveAds(given.adComponents, base, refuse),
  };
  requireJSON(group, (what) => {
    throw new InvalidInterestGroup(
      `${what} for AuctionAdInterestGroup with owner '${owner}' and name '${group.name}' must be a JSON-serializable object.`,
    );
  });
  const { maxTrustedBiddingSignalsURLLength: longest = 0, trustedBiddingSignalsCoordinator: coordinator } = group;
  if (longest < 0)
    throw new InvalidInterestGroup(
      `maxTrustedBiddingSignalsURLLength of interest group '${group.name}' is less than 0 which is '${longest}'.`,
    );
  if (coordinator !== undefined && ownerOrigin(coordinator) === null)
    throw new InvalidInterestGroup(
      `trustedBiddingSignalsCoordinator '${coordinator}' for AuctionAdInterestGroup with name '${group.name}' must be a valid https origin.`,
    );
  for (const origin of Object.keys(group.sellerCapabilities ?? {}))
    if (origin !== '*' && ownerOrigin(origin) === null)
      refuse('sellerCapabilities', origin, 'sellerCapabilities origins must all be HTTPS.');
  requireURLs(group, refuse);
  requireSizes(group, refuse);
  requireAds(group.ads, 'ads', group, refuse);
  requireAds(group.adComponents, 'adComponents', group, refuse);
  const size = estimateSize(group);
  if (size >= MAXIMUM_SIZE) refuse('size', String(size), `interest groups must be less than ${MAXIMUM_SIZE} bytes`);
  return group;
}
