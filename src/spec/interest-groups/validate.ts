/** Whether a group may be joined, in Chromium's words and order. https://wicg.github.io/turtledove/#validate-an-interest-group */

import { isOriginPotentiallyTrustworthy } from '../secure-contexts';
import { type Ad, estimateSize, type InterestGroup, MAXIMUM_SIZE } from './interest-group';
import { InvalidInterestGroup, ownerOrigin, type Refuse, refuseFor } from './invalid';

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

/** In UTF-16 code units. */
const LONGEST_RENDER_ID = 12;

const MOST_REPORTING_ORIGINS = 10;

function requireAds(ads: readonly Ad[] | undefined, list: string, { sizeGroups }: InterestGroup, refuse: Refuse): void {
  for (const [index, { renderURL, sizeGroup, adRenderId = '', allowedReportingOrigins = [] }] of (ads ?? []).entries()) {
    const refuseMember = (member: string, value: string, why: string) => refuse(`${list}[${index}].${member}`, value, why);
    const url = new URL(renderURL);
    if (!isOriginPotentiallyTrustworthy(url.origin) || hasCredentials(url))
      refuseMember('renderURL', url.href, 'renderURLs must be HTTPS and have no embedded credentials.');
    if (sizeGroup === '') refuseMember('sizeGroup', '', 'Size group name cannot be empty.');
    if (sizeGroup !== undefined && !Object.hasOwn(sizeGroups ?? {}, sizeGroup))
      refuseMember('sizeGroup', sizeGroup, 'The assigned size group does not exist in sizeGroups map.');
    if (adRenderId.length > LONGEST_RENDER_ID) refuseMember('adRenderId', adRenderId, 'The adRenderId is too long.');
    if (allowedReportingOrigins.length > MOST_REPORTING_ORIGINS)
      refuseMember('allowedReportingOrigins', '', `allowedReportingOrigins cannot have more than ${MOST_REPORTING_ORIGINS} elements.`);
  }
}

const DIMENSION = /^ *((?:0|[1-9]\d*)(?:\.\d+)?)(?:px|sw|sh)? *$/;

/** The number of a width or height; null where it is none, or is too large. */
function numberOf(dimension: string): number | null {
  const number = Number(DIMENSION.exec(dimension)?.[1] ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}

function requireSizes({ adSizes, sizeGroups }: InterestGroup, refuse: Refuse): void {
  for (const [name, size] of Object.entries(adSizes ?? {})) {
    if (name === '') refuse('adSizes', '', 'Ad sizes cannot map from an empty event name.');
    const [width, height] = [numberOf(size.width), numberOf(size.height)];
    if (width === null || height === null)
      refuse('adSizes', '', 'Ad size dimensions must be a valid number either in pixels (px) or screen width (sw).');
    else if (width === 0 || height === 0)
      refuse(
        'adSizes',
        `${width.toFixed(6)} x ${height.toFixed(6)}`,
        'Ad sizes must have a valid (non-zero/non-infinite) width and height.',
      );
  }
  if (sizeGroups && !adSizes) refuse('sizeGroups', '', 'An adSizes map must exist for sizeGroups to work.');
  for (const [name, sizes] of Object.entries(sizeGroups ?? {})) {
    if (name === '') refuse('sizeGroups', '', 'Size groups cannot map from an empty group name.');
    for (const size of sizes) {
      if (size === '') refuse('sizeGroups', '', 'Size groups cannot map to an empty ad size name.');
      if (!Object.hasOwn(adSizes ?? {}, size)) refuse('sizeGroups', size, 'Size does not exist in adSizes map.');
    }
  }
}

/** A group for negative targeting: it bids for nothing. */
function requireNoAds({ owner, name, additionalBidKey, ads, updateURL }: InterestGroup): void {
  const unwanted = ads ? 'a value for ads' : updateURL === undefined ? null : 'an updateURL';
  if (additionalBidKey === undefined || unwanted === null) return;
  const reason = 'Interest groups that provide a value of additionalBidKey for negative targeting must not provide';
  throw new InvalidInterestGroup(`AuctionAdInterestGroup with owner '${owner}' and name '${name}' ${reason} ${unwanted}.`);
}

/** Throws an InvalidInterestGroup. The group's URLs are absolute. */
export function validateInterestGroup(group: InterestGroup): void {
  const refuse = refuseFor(group);
  for (const origin of Object.keys(group.sellerCapabilities ?? {}))
    if (origin !== '*' && ownerOrigin(origin) === null)
      refuse('sellerCapabilities', URL.parse(origin)?.origin ?? 'null', 'sellerCapabilities origins must all be HTTPS.');
  requireURLs(group, refuse);
  requireAds(group.ads, 'ads', group, refuse);
  requireAds(group.adComponents, 'adComponents', group, refuse);
  requireSizes(group, refuse);
  requireNoAds(group);
  const size = estimateSize(group);
  if (size >= MAXIMUM_SIZE) refuse('size', String(size), `interest groups must be less than ${MAXIMUM_SIZE} bytes`);
}
