/** Asks an owner whether another origin may have browsers join its groups. https://wicg.github.io/turtledove/#check-interest-group-permissions */

import { readText } from '../browser/read-text';
import { isJSONMIMEType } from '../worklets/trusted-origins';

const PATH = '/.well-known/interest-group/permissions/';

/** How long an owner may take, in milliseconds. */
const LONGEST_ANSWER = 30_000;

const MAXIMUM_BYTES = 8192;

/** Never rejects: whoever does not answer does not permit it. */
export async function isPermittedByOwner(
  owner: string,
  origin: string,
  method: 'joinAdInterestGroup' | 'leaveAdInterestGroup',
): Promise<boolean> {
  if (owner === origin) return true;
  try {
    const url = `${owner}${PATH}?origin=${encodeURIComponent(origin)}`;
    const signal = AbortSignal.timeout(LONGEST_ANSWER);
    const response = await fetch(url, { credentials: 'omit', redirect: 'error', headers: { Accept: 'application/json' }, signal });
    const allowOrigin = response.headers.get('Access-Control-Allow-Origin');
    if (!response.ok || (allowOrigin !== '*' && allowOrigin !== origin) || !isJSONMIMEType(response.headers.get('Content-Type')))
      return false;
    const text = await readText(response, MAXIMUM_BYTES);
    const permissions: unknown = text === null ? null : JSON.parse(text);
    return typeof permissions === 'object' && permissions !== null && (permissions as Record<string, unknown>)[method] === true;
  } catch {
    // No answer is an answer.
    return false;
  }
}
