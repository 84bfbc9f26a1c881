// The three sites of the origin isolation page: the same files, with other response headers. Each keying has a site of its own, because
// a browsing context group remembers how an origin was keyed first.

/** @type {Record<string, string | null>} the `Origin-Agent-Cluster` header, by site; null for none */
const KEYING = { before: '?0', after: '?1', yours: null };

const SUBDOMAINS = ['shop', 'pay', 'chat'];

/** Every host, without `.localhost`. */
export const isolationHosts = Object.keys(KEYING).flatMap((site) => SUBDOMAINS.map((subdomain) => `${subdomain}.${site}`));

/** The site of a host such as `shop.before.localhost`; undefined for others. @param {string} host */
export function isolationSite(host) {
  const [, subdomain = '', site = ''] = /^(\w+)\.(\w+)\.localhost$/.exec(host) ?? [];
  return SUBDOMAINS.includes(subdomain) && Object.hasOwn(KEYING, site) ? site : undefined;
}

/**
 * @param {string} site
 * @param {boolean} isolated whether the documents are to be cross-origin isolated
 * @returns {Record<string, string>}
 */
export function isolationHeaders(site, isolated) {
  const keying = KEYING[site];
  return {
    ...(keying ? { 'Origin-Agent-Cluster': keying } : {}),
    ...(isolated ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } : {}),
    'Cross-Origin-Resource-Policy': 'same-site',
  };
}
