/**
 * Fetches a worklet's module script from the isolated world: the browser enforces CORS and credentials with the page's own
 * origin, while the page's patches, Content Security Policy and service worker stay out of it.
 * https://wicg.github.io/shared-storage/#fetch-a-worklet-script-graph-monkey-patch
 */

import { Refusal } from '../protocol/envelope';

/** https://mimesniff.spec.whatwg.org/#javascript-mime-type */
const JAVASCRIPT_MIME_TYPE = /^(?:(?:application|text)\/(?:x-)?(?:ecma|java)script|text\/(?:javascript1\.[0-5]|jscript|livescript))$/;

const refuse = (message: string) => new Refusal('OperationError', message);

/**
 * The end of the fragment marks the request: rules of the extension give it `Sec-Fetch-Dest: sharedstorageworklet`, and where the
 * service worker gave a token, `Sec-Shared-Storage-Data-Origin`. A server never sees the fragment.
 */
function markedURL(url: string, token: string): string {
  return /^https?:/i.test(url) ? `${url}${url.includes('#') ? '' : '#'}~ssm=${token}` : url;
}

/** Resolves to the script's text, or rejects with a Refusal that says what native says. */
export async function fetchModuleScript(url: string, credentials: RequestCredentials, token: string): Promise<string> {
  // Loading goes by CORS, which does not know the data: scheme.
  if (/^data:/i.test(url)) throw refuse(`Failed to load ${url} error = net::ERR_FAILED.`);
  let response: Response;
  try {
    // Set request's redirect mode to "error"; "manual" also lets nothing through, and tells a redirect from a failure.
    const headers = { Accept: 'application/javascript' };
    response = await fetch(markedURL(url, token), { mode: 'cors', credentials, redirect: 'manual', headers });
  } catch {
    throw refuse(`Failed to load ${url} error = net::ERR_FAILED.`);
  }
  if (response.type === 'opaqueredirect') throw refuse(`Unexpected redirect on ${url}.`);
  if (!response.ok) throw refuse(`Failed to load ${url} HTTP status = ${response.status} ${response.statusText}.`);
  const mimeType = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!JAVASCRIPT_MIME_TYPE.test(mimeType)) throw refuse(`Rejecting load of ${url} due to unexpected MIME type.`);
  try {
    return await response.text();
  } catch {
    throw refuse(`Failed to load ${url} error = net::ERR_FAILED.`);
  }
}
