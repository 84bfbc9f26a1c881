/**
 * Reads `Shared-Storage-Cross-Origin-Worklet-Allowed` off the response to one marked request.
 * https://wicg.github.io/shared-storage/#mod-http-fetch
 */

import { parseItem } from 'structured-headers';
import { WORKLET_MODULE } from '../../protocol/url-marks';
import { withoutFragment } from '../browser/request-marks';
import type { Caller } from '../requests/caller';

const NAME = 'shared-storage-cross-origin-worklet-allowed';

/** "Get a structured field value" as an item; false for everything but the boolean true, whatever its parameters are. */
export function isWorkletAllowed(lines: readonly string[]): boolean {
  try {
    return parseItem(lines.join(', '))[0] === true;
  } catch {
    return false;
  }
}

/** The response's headers are on their way to us when the module reaches the bridge; they never need as long as this. */
const LONGEST_WAIT = 5000;

export interface Watch {
  /** Call when the response is known to have come. Resolves to what it says, or to false where we never saw it. */
  isAllowed(): Promise<boolean>;
  stop(): void;
}

/** Listens for the one request, on its host alone: listeners slow down every request that they hear of. */
export function watchForAllowedHeader(moduleURL: string, token: string, { documentId, tabId }: Caller): Watch {
  const { protocol, hostname } = new URL(moduleURL);
  // No response of another scheme, a blob: URL of another origin say, has headers.
  if (protocol !== 'https:' && protocol !== 'http:') return { isAllowed: async () => false, stop: () => undefined };
  let settle = (_allowed: boolean) => {};
  const seen = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const onHeadersReceived = (details: chrome.webRequest.OnHeadersReceivedDetails): undefined => {
    if (details.documentId !== documentId || !details.url.endsWith(WORKLET_MODULE + token)) return;
    if (withoutFragment(details.url) !== withoutFragment(moduleURL)) return;
    const lines = (details.responseHeaders ?? []).filter(({ name }) => name.toLowerCase() === NAME);
    settle(isWorkletAllowed(lines.map(({ value }) => value ?? '')));
  };
  const filter = { urls: [`${protocol}//${hostname}/*`], types: [chrome.webRequest.ResourceType.XMLHTTPREQUEST], tabId };
  chrome.webRequest.onHeadersReceived.addListener(onHeadersReceived, filter, ['responseHeaders', 'extraHeaders']);
  const stop = () => {
    chrome.webRequest.onHeadersReceived.removeListener(onHeadersReceived);
    settle(false);
  };
  const isAllowed = async () => {
    const timer = setTimeout(() => settle(false), LONGEST_WAIT);
    const allowed = await seen;
    clearTimeout(timer);
    return allowed;
  };
  return { isAllowed, stop };
}
