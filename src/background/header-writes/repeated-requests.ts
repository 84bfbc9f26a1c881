/** Requests that have to be made once more to be marked at all, or because their response came while this worker was being stopped. */

import { fetchForItsHeader } from '../../injected/header-writes/repeated-request';
import type { RepeatedRequest } from '../../protocol/messages';
import { indexOf, markedURL, storageWriteMark } from '../../protocol/url-marks';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import type { HeaderWrites } from './header-writes';

/**
 * Resolves when what the responses wrote is stored. `origins` is what the mark says of those that may write; `name`, the same each time that the document
 * asks for this one, keeps what is written already from being written again.
 */
export async function repeatRequest(
  headerWrites: HeaderWrites,
  caller: Caller,
  request: RepeatedRequest,
  origins: string,
  name: string,
): Promise<void> {
  const { destination, mode, credentials } = request;
  const token = crypto.randomUUID();
  const url = markedURL(request.url, storageWriteMark(token, destination, origins), indexOf);
  const target = { tabId: caller.tabId, documentIds: [caller.documentId] };
  headerWrites.expect(token, caller, caller.tabId, name);
  try {
    await runIn(target, fetchForItsHeader, url, mode, credentials);
  } catch {
    // The document has gone.
  }
  await headerWrites.settle(token, caller);
}
