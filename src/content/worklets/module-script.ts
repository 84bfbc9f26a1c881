/**
 * Fetches a worklet's module script from the isolated world: the browser enforces CORS and credentials with the page's own
 * origin, while the page's patches, Content Security Policy and service worker stay out of it.
 * https://wicg.github.io/shared-storage/#fetch-a-worklet-script-graph-monkey-patch
 */

import { type Envelope, fail, succeed } from '../../protocol/envelope';
import { indexOf, markedURL, WORKLET_MODULE } from '../../protocol/url-marks';

/** https://mimesniff.spec.whatwg.org/#javascript-mime-type */
const JAVASCRIPT_MIME_TYPE =
  /^\s*(?:(?:application|text)\/(?:x-)?(?:ecma|java)script|text\/(?:javascript1\.[0-5]|jscript|livescript))\s*(?:;|$)/i;

const refuse = (message: string) => fail('OperationError', message);

/**
 * The request goes out before this returns. Resolves to the script's text, or to an error that says what native says. Rules of the extension give the marked request
 * `Sec-Fetch-Dest: sharedstorageworklet`, and where the service worker gave a token, `Sec-Shared-Storage-Data-Origin`.
 */
export async function fetchModuleScript(url: string, credentials: RequestCredentials, token: string | null): Promise<Envelope<string>> {
  const { protocol } = new URL(url);
  if (protocol === 'data:') return refuse('data: module script url is not allowed.');
  const failed = refuse(`Failed to load ${url} error = net::ERR_${protocol === 'blob:' ? 'FILE_NOT_FOUND' : 'FAILED'}.`);
  // Of other schemes fetch() would complain in the console.
  if (!/^(?:https?|blob):$/.test(protocol)) return failed;
  try {
    // Set request's redirect mode to "error"; "manual" also lets nothing through, and tells a redirect from a failure.
    const headers = { Accept: 'application/javascript' };
    // The request outlives a document that goes away at once, as where the browser makes it.
    const init = { mode: 'cors', credentials, redirect: 'manual', headers, keepalive: token === null } as const;
    const response = await fetch(markedURL(url, WORKLET_MODULE + (token ?? ''), indexOf), init);
    if (response.type === 'opaqueredirect') return refuse(`Unexpected redirect on ${url}.`);
    if (!response.ok) return refuse(`Failed to load ${url} HTTP status = ${response.status} ${response.statusText}.`);
    if (!JAVASCRIPT_MIME_TYPE.test(response.headers.get('Content-Type') ?? ''))
      return refuse(`Rejecting load of ${url} due to unexpected MIME type.`);
    return succeed(await response.text());
  } catch {
    return failed;
  }
}
