/** Whose policy it is that disables a feature in a document: for whoever is to change it. */

import { type Feature, matches, type Origin } from './allowlist';
import type { ContainerAttributes } from './parse-allow-attribute';
import { enabledOrigins, type PermissionsPolicy, whyDisabledInContainerAtOrigin } from './resolve';

/** A document among its ancestors, with its policy. */
export interface ResolvedLevel {
  readonly policy: PermissionsPolicy;
  /** The elements that it may be contained in; empty where there is no container policy. */
  readonly containers: readonly ContainerAttributes[];
}

/**
 * `header`: that of the document at this level does not have the origin in its list. `element`: the one in the document around this level's
 * does not. `unknown`: the document around this level's could not be asked.
 */
export interface PolicyDenial {
  readonly by: 'header' | 'element' | 'unknown';
  /** 0 for the document itself, 1 for the one around it. */
  readonly level: number;
  /** Which origin is not allowed. */
  readonly origin: Origin;
}

/** Null where the feature is enabled for the origin in the innermost document. `chain`: innermost first. */
export function findDenial(feature: Feature, chain: readonly ResolvedLevel[], origin: Origin): PolicyDenial | null {
  for (const [level, { policy, containers }] of chain.entries()) {
    const asked = level === 0 ? origin : policy.origin;
    if (policy.inherited.has(feature)) {
      // What a document further in asks for is disabled here by this one's own header.
      return matches(enabledOrigins(feature, policy), asked) ? null : { by: 'header', level, origin: asked };
    }
    const outer = chain[level + 1]?.policy;
    if (!outer) return { by: 'unknown', level, origin: policy.origin };
    const elements = containers.length > 0 ? containers : [null];
    const reasons = elements.map((element) => whyDisabledInContainerAtOrigin(feature, { nodeDocument: outer, element }, policy.origin));
    if (reasons.includes('for this origin')) return { by: 'header', level: level + 1, origin: policy.origin };
    if (reasons.includes('element')) return { by: 'element', level, origin: policy.origin };
  }
  return null;
}
