/**
 * The `Feature-Policy` header, which Chromium reads for what `Permissions-Policy` says nothing about.
 * https://www.w3.org/TR/2019/WD-feature-policy-1-20190416/#algo-parse-policy-directive
 */

import { type Allowlist, EVERYBODY, type Feature, isFeature, NOBODY, type Origin, originOf, type PolicyDirective } from './allowlist';

/** A response's headers of either name, their lines joined with commas; empty where there are none. */
export interface PolicyHeaders {
  readonly permissionsPolicy: string;
  readonly featurePolicy: string;
}

function allowlistOf(targets: readonly string[], origin: Origin): Allowlist {
  if (targets.includes('*')) return EVERYBODY;
  const origins: Origin[] = [];
  // If targetlist is empty, append origin to allowlist.
  for (const target of targets.length > 0 ? targets : ["'self'"]) {
    const allowed = target.toLowerCase() === "'self'" ? origin : originOf(target);
    if (allowed) origins.push(allowed);
  }
  return { ...NOBODY, origins };
}

/** "Parse header". As in Chromium, a feature's first declaration counts. */
export function parseFeaturePolicy(header: string, origin: Origin): PolicyDirective {
  const policy = new Map<Feature, Allowlist>();
  for (const declaration of header.split(/[,;]/)) {
    const [name, ...targets] = declaration.split(/[\t\n\f\r ]+/).filter(Boolean);
    if (name && isFeature(name) && !policy.has(name)) policy.set(name, allowlistOf(targets, origin));
  }
  return policy;
}
