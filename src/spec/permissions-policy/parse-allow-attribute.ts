/**
 * From an iframe's `allow` attribute to its container policy.
 * https://w3c.github.io/webappsec-permissions-policy/#algo-parse-policy-directive
 */

import {
  type Allowlist,
  EVERYBODY,
  type Feature,
  isFeature,
  isOpaque,
  NOBODY,
  type Origin,
  originOf,
  type PolicyDirective,
} from './allowlist';

/** What a container element says, in its attributes. */
export interface ContainerAttributes {
  readonly allow: string;
  /** The `src` attribute's URL, resolved; empty where there is none. */
  readonly src: string;
  readonly hasSrcdoc: boolean;
  /** The `sandbox` attribute is there, without `allow-same-origin`. */
  readonly isSandboxed: boolean;
}

/**
 * The element's "declared origin", or null for an opaque one.
 * https://w3c.github.io/webappsec-permissions-policy/#declared-origin
 */
export function declaredOrigin({ src, hasSrcdoc, isSandboxed }: ContainerAttributes, documentOrigin: Origin): Origin | null {
  // If node's node document's sandboxed origin browsing context flag is set, then return a unique opaque origin.
  // If node's sandbox attribute is set, and does not contain allow-same-origin, then return a unique opaque origin.
  if (isSandboxed || isOpaque(documentOrigin)) return null;
  // If node's srcdoc attribute is set, then return node's node document's origin. So do frames that inherit their origin.
  if (hasSrcdoc || src === '' || src.startsWith('about:')) return documentOrigin;
  // If node's src attribute is set and parses, return url's origin; otherwise node's node document's origin.
  return URL.canParse(src) ? originOf(src) : documentOrigin;
}

function allowlistOf(targets: readonly string[], container: Origin, source: Origin | null): Allowlist {
  // If any element of targetlist is the string "*", set allowlist to the special value *.
  if (targets.includes('*')) return EVERYBODY;
  const origins: Origin[] = [];
  let opaqueSource = false;
  // If targetlist is empty and target origin is given, append target origin to allowlist.
  for (const element of targets.length > 0 ? targets : ["'src'"]) {
    const keyword = element.toLowerCase();
    // DEVIATION: for the specification an opaque target origin matches nothing; in Chromium it matches the opaque origin that the frame has.
    if (keyword === "'src'" && source === null) opaqueSource = true;
    const target = keyword === "'self'" ? container : keyword === "'src'" ? source : originOf(element);
    if (target && !isOpaque(target)) origins.push(target);
  }
  return { ...NOBODY, origins, opaqueSource };
}

/** "Process permissions policy attributes", for an element in a document of this origin. */
export function processPermissionsPolicyAttributes(element: ContainerAttributes, documentOrigin: Origin): PolicyDirective {
  const directive = new Map<Feature, Allowlist>();
  // For each serialized-declaration returned by strictly splitting value on the delimiter U+003B (;)
  for (const declaration of element.allow.split(';')) {
    const [name, ...targets] = declaration.split(/[\t\n\f\r ]+/).filter(Boolean);
    // DEVIATION: the specification lets a feature's last declaration win, Chromium the first.
    if (!name || !isFeature(name) || directive.has(name)) continue;
    directive.set(name, allowlistOf(targets, documentOrigin, declaredOrigin(element, documentOrigin)));
  }
  return directive;
}
