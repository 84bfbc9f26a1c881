/**
 * A document's permissions policy, and what it allows.
 * https://w3c.github.io/webappsec-permissions-policy/#algorithms
 */

import { FEATURES, type Feature, matches, type Origin, type PolicyDirective } from './allowlist';
import { type ContainerAttributes, processPermissionsPolicyAttributes } from './parse-allow-attribute';

export interface PermissionsPolicy {
  /** The origin of the document. */
  readonly origin: Origin;
  /** The "inherited policy": the features that are enabled in it. */
  readonly inherited: ReadonlySet<Feature>;
  /** The "declared policy": what the document's own header says. */
  readonly declared: PolicyDirective;
}

export interface Container {
  /** The policy of the container's node document. */
  readonly nodeDocument: PermissionsPolicy;
  /** Null for a container that is no iframe: it has no container policy. */
  readonly element: ContainerAttributes | null;
}

/** https://w3c.github.io/webappsec-permissions-policy/#algo-is-feature-enabled */
export function isFeatureEnabledInDocumentForOrigin(feature: Feature, policy: PermissionsPolicy, origin: Origin): boolean {
  // If policy's inherited policy for feature is Disabled, return "Disabled".
  if (!policy.inherited.has(feature)) return false;
  // If feature is present in policy's declared policy: if the allowlist matches origin, return "Enabled", otherwise "Disabled".
  const allowlist = policy.declared.get(feature);
  if (allowlist) return matches(allowlist, origin);
  // If feature's default allowlist is *, return "Enabled".
  return true;
}

/** https://w3c.github.io/webappsec-permissions-policy/#algo-define-inherited-policy-in-container */
export function defineAnInheritedPolicyForFeatureInContainerAtOrigin(
  feature: Feature,
  container: Container | null,
  origin: Origin,
): boolean {
  // If container is null, return "Enabled".
  if (!container) return true;
  const { nodeDocument, element } = container;
  // If feature is disabled in container's node document for that document's own origin, return "Disabled".
  if (!isFeatureEnabledInDocumentForOrigin(feature, nodeDocument, nodeDocument.origin)) return false;
  // If feature is disabled in container's node document for origin, return "Disabled".
  if (!isFeatureEnabledInDocumentForOrigin(feature, nodeDocument, origin)) return false;
  // If feature is a key in container policy: if its allowlist matches origin, return "Enabled", otherwise "Disabled".
  const allowlist = element && processPermissionsPolicyAttributes(element, nodeDocument.origin).get(feature);
  if (allowlist) return matches(allowlist, origin);
  // If feature's default allowlist is *, return "Enabled".
  return true;
}

/** https://w3c.github.io/webappsec-permissions-policy/#algo-create-from-response */
export function createAPermissionsPolicyForANavigableFromResponse(
  container: Container | null,
  origin: Origin,
  declared: PolicyDirective,
): PermissionsPolicy {
  const inherited = FEATURES.filter((feature) => defineAnInheritedPolicyForFeatureInContainerAtOrigin(feature, container, origin));
  return { origin, inherited: new Set(inherited), declared };
}
