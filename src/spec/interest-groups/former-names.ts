/** What a page gives by former names of members, which native knows still. */

import type { Ad, GivenAd, GivenInterestGroup, NamedInterestGroup } from './interest-group';
import { InvalidInterestGroup } from './invalid';

const missing = (name: string) => new InvalidInterestGroup(`Missing required field ${name}`);

function adopt(what: string, name: string, now: string | undefined, former: string, earlier: string | undefined): string | undefined {
  if (earlier !== undefined && now !== undefined && earlier !== now)
    throw new InvalidInterestGroup(`${what} ${former} doesn't have the same value as ${what} ${name} ('${earlier}' vs '${now}')`);
  return now ?? earlier;
}

const adoptInAds = (ads: readonly GivenAd[] | undefined): Ad[] | undefined =>
  ads?.map(({ renderUrl, ...ad }) => {
    const renderURL = adopt('ad', 'renderURL', ad.renderURL, 'renderUrl', renderUrl);
    if (renderURL === undefined) throw missing('ad renderURL');
    return { ...ad, renderURL };
  });

const WHAT = 'interest group';

/** With the names of today. Throws an InvalidInterestGroup where a member is given by both names, and not the same, and where one is missing. */
export function adoptFormerNames(given: GivenInterestGroup): NamedInterestGroup {
  const { biddingLogicUrl, biddingWasmHelperUrl, updateUrl, trustedBiddingSignalsUrl, lifetimeMs, ...kept } = given;
  const named = {
    ...kept,
    ads: adoptInAds(given.ads),
    adComponents: adoptInAds(given.adComponents),
    biddingLogicURL: adopt(WHAT, 'biddingLogicURL', given.biddingLogicURL, 'biddingLogicUrl', biddingLogicUrl),
    biddingWasmHelperURL: adopt(WHAT, 'biddingWasmHelperURL', given.biddingWasmHelperURL, 'biddingWasmHelperUrl', biddingWasmHelperUrl),
    updateURL: adopt(WHAT, 'updateURL', given.updateURL, 'updateUrl', updateUrl),
    trustedBiddingSignalsURL: adopt(
      WHAT,
      'trustedBiddingSignalsURL',
      given.trustedBiddingSignalsURL,
      'trustedBiddingSignalsUrl',
      trustedBiddingSignalsUrl,
    ),
  };
  if (lifetimeMs === undefined) throw missing('lifetimeMs');
  return { ...named, lifetimeMs };
}
