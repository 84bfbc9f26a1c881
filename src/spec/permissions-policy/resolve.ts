/**
 * A document's permissions policy, and what it allows.
 * https://w3c.github.io/webappsec-permissions-policy/#algorithms
 */

import { type Allowlist, EVERYBODY, FEATURES, type Feature, matches, NOBODY, type Origin, type PolicyDirective } from './allowlist';
import { type ContainerAttributes, processPermissionsPolicyAttributes } from './parse-allow-attribute';

/** https://w3c.github.io/webappsec-permissions-policy/#permissions-policy */
export interface PermissionsPolicy {
  /** The origin of the document. */
  readonly origin: Origin;
  /** The "inherited policy": the features that are enabled in it. */
  readonly inherited: ReadonlySet<Feature>;
  /** The "declared policy": what the document's own header says. */
  readonly declared: PolicyDirective;
}

/** The element that a document is in: the "container" of its navigable. */
export interface Container {
  /** The policy of the container's node document. */
  readonly nodeDocument: PermissionsPolicy;
  /** Null for a container that is no iframe: it has no container policy. */
  readonly element: ContainerAttributes | null;
}

/** The origins that the feature is enabled for in the document. */
export function enabledOrigins(feature: Feature, policy: PermissionsPolicy): Allowlist {
  // If policy's inherited policy for feature is Disabled, return "Disabled".
  if (!policy.inherited.has(feature)) return NOBODY;
  // If feature is present in policy's declared policy: if the allowlist matches origin, return "Enabled", otherwise "Disabled".
  // If feature's default allowlist is *, return "Enabled".
  return policy.declared.get(feature) ?? EVERYBODY;
}

/** https://w3c.github.io/webappsec-permissions-policy/#algo-is-feature-enabled */
export const isFeatureEnabledInDocumentForOrigin = (feature: Feature, policy: PermissionsPolicy, origin: Origin): boolean =>
  matches(enabledOrigins(feature, policy), origin);

/** What an inherited policy disables a feature by: the node document, for itself (`outer`) or for this origin, or the element. */
export type InheritedDenial = 'outer' | 'for this origin' | 'element';

/** https://w3c.github.io/webappsec-permissions-policy/#algo-define-inherited-policy-in-container, where null is "Enabled". */
export function whyDisabledInContainerAtOrigin(feature: Feature, container: Container | null, origin: Origin): InheritedDenial | null {
  // If container is null, return "Enabled".
  if (!container) return null;
  const { nodeDocument, element } = container;
  // If feature is disabled in container's node document for that document's own origin, return "Disabled".
  if (!isFeatureEnabledInDocumentForOrigin(feature, nodeDocument, nodeDocument.origin)) return 'outer';
  // If feature is disabled in container's node document for origin, return "Disabled".
  if (!isFeatureEnabledInDocumentForOrigin(feature, nodeDocument, origin)) return 'for this origin';
  // If feature is a key in container policy: if its allowlist matches origin, return "Enabled", otherwise "Disabled".
  const allowlist = element && processPermissionsPolicyAttributes(element, nodeDocument.origin).get(feature);
  if (allowlist) return matches(allowlist, origin) ? null : 'element';
  // If feature's default allowlist is *, return "Enabled".
  return null;
}

/** https://w3c.github.io/webappsec-permissions-policy/#algo-create-from-response */
export function createAPermissionsPolicyForANavigableFromResponse(
  container: Container | null,
  origin: Origin,
  declared: PolicyDirective,
): PermissionsPolicy {
  const inherited = FEATURES.filter((feature) => whyDisabledInContainerAtOrigin(feature, container, origin) === null);
  return { origin, inherited: new Set(inherited), declared };
}
