/**
 * Features, origins and allowlists.
 * https://w3c.github.io/webappsec-permissions-policy/#allowlists
 */

/** The policy-controlled features that Chromium has forgotten. Each one's default allowlist is `*`. */
export const FEATURES = [
  'shared-storage',
  'shared-storage-select-url',
  'private-aggregation',
  'join-ad-interest-group',
  'fenced-unpartitioned-storage-read',
] as const;

/** One of them. */
export type Feature = (typeof FEATURES)[number];

/** Whether a policy-controlled feature is one of ours. */
export const isFeature = (name: string): name is Feature => (FEATURES as readonly string[]).includes(name);

/** A serialized tuple origin, or `null:` and whatever tells one opaque origin from all others. */
export type Origin = string;

/** `identity` tells it from all other opaque origins. */
export const opaqueOrigin = (identity: string): Origin => `null:${identity}`;

/** Also of the serialized `"null"`. */
export const isOpaque = (origin: Origin): boolean => origin.startsWith('null');

/** Scheme, host and port of a pattern such as `https://*.example.com`: every subdomain of the host, but not the host. */
export interface Subdomains {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
}

/** https://w3c.github.io/webappsec-permissions-policy/#allowlist */
export interface Allowlist {
  /** "the special value *" */
  readonly all: boolean;
  readonly origins: readonly Origin[];
  readonly subdomains: readonly Subdomains[];
  /** Every opaque origin: what 'src' stands for in the attribute of a frame that is given an opaque origin. */
  readonly opaqueSource: boolean;
}

/** The allowlist `()`. */
export const NOBODY: Allowlist = { all: false, origins: [], subdomains: [], opaqueSource: false };

/** The allowlist `*`. */
export const EVERYBODY: Allowlist = { ...NOBODY, all: true };

/** A policy directive: https://w3c.github.io/webappsec-permissions-policy/#policy-directives */
export type PolicyDirective = ReadonlyMap<Feature, Allowlist>;

function isSubdomainOf(origin: Origin, { scheme, host, port }: Subdomains): boolean {
  const url = URL.parse(origin);
  return url !== null && url.protocol === scheme && url.port === port && url.hostname.endsWith(`.${host}`);
}

/** https://w3c.github.io/webappsec-permissions-policy/#matches */
export function matches(allowlist: Allowlist, origin: Origin): boolean {
  // If the allowlist is the special value *, then return true.
  if (allowlist.all) return true;
  // For each item in the allowlist: if item is same origin-domain with origin, then return true.
  if (allowlist.origins.includes(origin)) return true;
  if (isOpaque(origin)) return allowlist.opaqueSource;
  return allowlist.subdomains.some((subdomains) => isSubdomainOf(origin, subdomains));
}

/** The origin of a URL in an allowlist; null where it does not parse, or its origin is opaque. */
export function originOf(url: string): Origin | null {
  const { origin } = URL.parse(url) ?? { origin: 'null' };
  return origin === 'null' ? null : origin;
}
