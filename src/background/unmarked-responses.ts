/**
 * Responses that write and were not asked to: "nothing written, no reason given" is what people got stuck with. The static rule that
 * hides `Shared-Storage-Write` from page scripts matches them; that it matched is the event, so that nothing listens to requests.
 */

import { MARK } from '../protocol/storage-write-mark';

const RULESET = 'storage-write-responses';

type Matched = chrome.declarativeNetRequest.MatchedRuleInfoDebug;

export function listenToUnmarkedResponses(note: (request: Matched['request']) => void): void {
  chrome.declarativeNetRequest.onRuleMatchedDebug?.addListener(({ rule, request }) => {
    if (rule.rulesetId === RULESET && !MARK.test(request.url)) note(request);
  });
}
