/** https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy, for the origins that a request or a frame can have. */

/** `origin` is serialized; an opaque one, and what is no origin, is not trustworthy. */
export function isOriginPotentiallyTrustworthy(origin: string): boolean {
  const url = URL.parse(origin);
  if (!url || url.origin === 'null') return false;
  if (url.protocol === 'https:' || url.protocol === 'wss:') return true;
  const { hostname } = url;
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^127(?:\.\d+){3}$/.test(hostname) || hostname === '[::1]';
}
