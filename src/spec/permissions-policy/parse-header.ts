/**
 * From a parsed `Permissions-Policy` dictionary to a declared policy.
 * https://w3c.github.io/webappsec-permissions-policy/#algo-construct-policy
 */

import type { BareItem } from '../structured-field-list';
import {
  type Allowlist,
  EVERYBODY,
  type Feature,
  isFeature,
  NOBODY,
  type Origin,
  originOf,
  type PolicyDirective,
  type Subdomains,
} from './allowlist';

/** A dictionary's members; a member that is no inner list is a list of one. */
export type Dictionary = ReadonlyMap<string, readonly BareItem[]>;

const isToken = (item: BareItem, value: string): boolean => item.type === 'token' && item.value === value;

/** https://w3c.github.io/webappsec-permissions-policy/#serialized-origin-with-wildcard-subdomain */
function subdomainsOf(pattern: string): Subdomains | null {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)\*\.(.+)$/i.exec(pattern) ?? [];
  const url = scheme && rest ? URL.parse(scheme + rest) : null;
  return url && { scheme: url.protocol, host: url.hostname, port: url.port };
}

function allowlistOf(items: readonly BareItem[], origin: Origin): Allowlist {
  // If value is the token *, or if value is a list which contains the token *, set allowlist to the special value *.
  // Chromium takes the string "*" for the same.
  if (items.some((item) => (item.type === 'token' || item.type === 'string') && item.value === '*')) return EVERYBODY;
  const origins: Origin[] = [];
  const subdomains: Subdomains[] = [];
  for (const item of items) {
    // If element is the token self, append origin to allowlist.
    if (isToken(item, 'self')) origins.push(origin);
    if (item.type !== 'string') continue;
    // Otherwise, let result be the result of executing the URL parser on element; a target that is not opaque is appended.
    const pattern = subdomainsOf(item.value);
    const target = pattern ? null : originOf(item.value);
    if (pattern) subdomains.push(pattern);
    if (target) origins.push(target);
  }
  return { ...NOBODY, origins, subdomains };
}

/** "Construct policy from dictionary and origin" */
export function constructPolicy(dictionary: Dictionary, origin: Origin): PolicyDirective {
  const policy = new Map<Feature, Allowlist>();
  for (const [name, value] of dictionary) {
    // If feature-name does not identify any recognized policy-controlled feature, then continue.
    if (isFeature(name)) policy.set(name, allowlistOf(value, origin));
  }
  return policy;
}
