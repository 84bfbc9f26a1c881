/** Requests that have to be made once more to be marked at all, or because their response came while this worker was being stopped. */

import type { RepeatedRequest } from '../../protocol/messages';
import { DIRECTIVE, markOf } from '../../protocol/storage-write-mark';
import type { Caller } from '../requests/caller';
import type { HeaderWrites } from './header-writes';

/**
 * Runs in the isolated world of the document that asked for it: its cookies and its connections are used, while its own service
 * worker and Content Security Policy, which have had their say about the first request, are not asked again.
 */
async function fetchForItsHeader(url: string, mode: RequestMode, credentials: RequestCredentials): Promise<void> {
  const response = await fetch(url, { mode, credentials, cache: 'reload' }).catch(() => null);
  // What cannot be fetched may have written on the way, in a redirect.
  await response?.body?.cancel();
}

/** Resolves when what the responses wrote is stored. */
export async function repeatRequest(headerWrites: HeaderWrites, caller: Caller, request: RepeatedRequest): Promise<void> {
  const { destination, mode, credentials } = request;
  const { href, hash } = new URL(request.url);
  const token = crypto.randomUUID();
  const url = href + markOf(token, destination, hash !== '', hash.includes(DIRECTIVE));
  const target = { tabId: caller.tabId, documentIds: [caller.documentId] };
  headerWrites.expect(token, caller);
  try {
    await chrome.scripting.executeScript({ target, injectImmediately: true, func: fetchForItsHeader, args: [url, mode, credentials] });
  } catch {
    // The document has gone.
  }
  await headerWrites.settle(token, caller);
}
