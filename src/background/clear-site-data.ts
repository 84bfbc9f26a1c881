/**
 * `Clear-Site-Data: "storage"` and `"*"` clear the data of the response's origin.
 * https://w3c.github.io/webappsec-clear-site-data/#header
 *
 * A listener of webRequest would wake us for every response of every page. Instead a static rule matches responses with the
 * header and nothing else; that it matched is the event. The browser tells it of unpacked extensions only, which is how this
 * one is installed: in a packed one the header has no effect.
 */

import { isOriginPotentiallyTrustworthy } from '../spec/secure-contexts';

const RULESET = 'clear-site-data';

type Matched = chrome.declarativeNetRequest.MatchedRuleInfoDebug;

export function listenToClearSiteData(clear: (origin: string, request: Matched['request']) => void): void {
  chrome.declarativeNetRequest.onRuleMatchedDebug?.addListener(({ rule, request }) => {
    if (rule.rulesetId !== RULESET) return;
    const { origin } = new URL(request.url);
    if (isOriginPotentiallyTrustworthy(origin)) clear(origin, request);
  });
}
