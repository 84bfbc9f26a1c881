/**
 * `Clear-Site-Data: "storage"` and `"*"` clear the data of the response's origin. In a packed extension the header has no effect.
 * https://w3c.github.io/webappsec-clear-site-data/#header
 */

import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import type { MatchedRequest, MatchedRules } from './matched-rules';

export function listenToClearSiteData(matchedRules: MatchedRules, clear: (origin: string, request: MatchedRequest) => void): void {
  matchedRules.onMatch('clear-site-data', (_rule, request) => {
    const { origin } = new URL(request.url);
    if (isOriginPotentiallyTrustworthy(origin)) clear(origin, request);
  });
}
