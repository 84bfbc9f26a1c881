/**
 * Asks a data origin whether it trusts a script in a context.
 * https://wicg.github.io/shared-storage/#add-module-monkey-patch
 *
 * The service worker fetches the file itself, so that no page and no bridge can answer in the data origin's place. It sends the
 * context's origin as the request's, and does what the browser would do in a page: no credentials, and the CORS check.
 */

import { indexOf, markedURL, TRUSTED_ORIGINS } from '../../protocol/url-marks';
import { type AllowedDataOrigin, refusalByTrustedOrigins, TRUSTED_ORIGINS_PATH } from '../../spec/data-origin';
import { readText } from '../browser/read-text';
import type { MarkedRequests } from '../browser/request-marks';
import type { Caller } from '../requests/caller';

/** Chromium's limits. */
const TIMEOUT = 30 * 1000;
const MAXIMUM_BYTES = 8192;

/** https://mimesniff.spec.whatwg.org/#json-mime-type */
export function isJSONMIMEType(contentType: string | null): boolean {
  const essence = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^(?:application\/json|text\/json|[^/\s]+\/[^/\s]+\+json)$/.test(essence);
}

/** Who asks for the worklet. */
type Context = Pick<Caller, 'origin' | 'tabId'>;

/** The file's JSON; undefined where a page of the context could not have read it. */
async function fetchTrustedOrigins(marks: MarkedRequests, dataOrigin: string, { origin: contextOrigin, tabId }: Context): Promise<unknown> {
  const mark = TRUSTED_ORIGINS + crypto.randomUUID();
  const unmark = await marks.mark(tabId, mark, { Origin: contextOrigin, 'Sec-Fetch-Dest': 'json' });
  try {
    const headers = { Accept: 'application/json' };
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(markedURL(dataOrigin + TRUSTED_ORIGINS_PATH, mark, indexOf), { credentials: 'omit', headers, signal });
    // DEVIATION: a redirect counts only where it ends at the data origin, and the CORS check is made at the end alone.
    if (new URL(response.url).origin !== dataOrigin) return undefined;
    const allowOrigin = response.headers.get('Access-Control-Allow-Origin');
    if (allowOrigin !== '*' && allowOrigin !== contextOrigin) return undefined;
    if (!response.ok || !isJSONMIMEType(response.headers.get('Content-Type'))) return undefined;
    const text = await readText(response, MAXIMUM_BYTES);
    return text === null ? undefined : JSON.parse(text);
  } finally {
    await unmark();
  }
}

/** Resolves to null where the data origin allows it, or to the reason why not; never rejects. */
export async function refusalByDataOrigin(
  marks: MarkedRequests,
  { dataOrigin, scriptOrigin }: AllowedDataOrigin,
  moduleURL: string,
  context: Context,
): Promise<string | null> {
  let parsed: unknown;
  try {
    parsed = await fetchTrustedOrigins(marks, dataOrigin, context);
  } catch (error) {
    console.warn(`${dataOrigin}${TRUSTED_ORIGINS_PATH}:`, error);
  }
  return refusalByTrustedOrigins(parsed, dataOrigin, moduleURL, scriptOrigin, context.origin);
}
