/** Requests that have to be made once more to be marked at all, or because their response came while this worker was being stopped. */

import { fetchForItsHeader } from '../../injected/header-writes/repeated-request';
import type { RepeatedRequest } from '../../protocol/messages';
import { indexOf, markedURL, storageWriteMark } from '../../protocol/url-marks';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import type { HeaderWrites } from './header-writes';

interface Ways {
  readonly headerWrites: HeaderWrites;
  /** Whether the policies of the caller's document let it show the image. */
  mayShow(imageURL: string, caller: Caller): Promise<boolean>;
}

/**
 * Resolves when what the responses wrote is stored. `origins` is what the mark says of those that may write; `name`, the same each time that the document
 * asks for this one, keeps what is written already from being written again. An image that nobody shows may be one that a policy of the page forbids:
 * the page tells by how long its request took, and on a busy machine to be forbidden takes as long as to be asked for.
 */
export async function repeatRequest(
  { headerWrites, mayShow }: Ways,
  caller: Caller,
  request: RepeatedRequest,
  origins: string,
  name: string,
): Promise<void> {
  const { destination, mode, credentials } = request;
  const token = crypto.randomUUID();
  const url = markedURL(request.url, storageWriteMark(token, destination, origins), indexOf);
  const target = { tabId: caller.tabId, documentIds: [caller.documentId] };
  const ask = (imageURL: string | null) => runIn(target, fetchForItsHeader, url, mode, credentials, imageURL);
  headerWrites.expect(token, caller, caller.tabId, name);
  try {
    const isAsked = await ask(destination === 'image' ? request.url : null);
    if (isAsked === false && (await mayShow(request.url, caller))) await ask(null);
  } catch {
    // The document has gone.
  }
  await headerWrites.settle(token, caller);
}
