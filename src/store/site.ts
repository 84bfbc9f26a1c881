/** https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site */

import { getDomain } from 'tldts';

/** A tuple origin's scheme and registrable domain, or its host where that has none; null for anything else. */
export function siteOf(origin: string): string | null {
  const url = URL.parse(origin);
  if (!url || url.origin === 'null') return null;
  const { protocol, hostname } = url;
  // Each host directly under localhost is a site of its own, as in Chromium; the list of public suffixes does not know it.
  const underLocalhost = /([^.]+\.localhost)$/.exec(hostname)?.[1];
  const domain = underLocalhost ?? getDomain(hostname, { allowPrivateDomains: true, validHosts: ['localhost'] }) ?? hostname;
  return `${protocol}//${domain}`;
}

/** Whether the origin's site is in a list of sites, each written with its scheme or without. */
export function isSiteIn(sites: readonly string[], origin: string): boolean {
  const site = sites.length > 0 ? siteOf(origin) : null;
  if (site === null) return false;
  return sites.some((listed) =>
    listed.includes('://') ? siteOf(listed) === site : siteOf(`https://${listed}`)?.slice(8) === site.replace(/^.*:\/\//, ''),
  );
}
