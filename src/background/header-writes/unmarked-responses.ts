/**
 * Responses that write and were not asked to: "nothing written, no reason given" is what people got stuck with. The static rule that
 * hides `Shared-Storage-Write` from page scripts matches them; that it matched is the event, so that nothing listens to requests.
 */

import { storageWriteTokenOf } from '../../protocol/url-marks';
import type { MatchedRequest, MatchedRules } from '../browser/matched-rules';

export function listenToUnmarkedResponses(matchedRules: MatchedRules, note: (request: MatchedRequest) => void): void {
  matchedRules.onMatch('storage-write-responses', (_rule, request) => {
    if (!storageWriteTokenOf(request.url)) note(request);
  });
}
