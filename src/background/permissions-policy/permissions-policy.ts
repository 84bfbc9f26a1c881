/**
 * Permissions policy, which Chromium no longer computes for our features. What documents declare and how they are embedded is
 * read when one of them first uses the API; src/spec/permissions-policy says what follows from it.
 */

import type { DocumentFacts, Facts } from '../../protocol/document-facts';
import { Refusal } from '../../protocol/envelope';
import {
  type Allowlist,
  EVERYBODY,
  FEATURES,
  type Feature,
  NOBODY,
  type Origin,
  opaqueOrigin,
  type PolicyDirective,
} from '../../spec/permissions-policy/allowlist';
import { findDenial, type PolicyDenial, type ResolvedLevel } from '../../spec/permissions-policy/find-denial';
import type { ContainerAttributes } from '../../spec/permissions-policy/parse-allow-attribute';
import {
  createAPermissionsPolicyForANavigableFromResponse,
  enabledOrigins,
  isFeatureEnabledInDocumentForOrigin,
  type PermissionsPolicy,
} from '../../spec/permissions-policy/resolve';
import { because, type Reason, reasonOf } from '../../spec/reason';
import { BoundedMap } from '../../store/bounded-map';
import { DOCUMENTS_AROUND, withinTime } from '../browser/within-time';
import type { Caller } from '../requests/caller';
import { type Level, levelsOf, readEmbedding, readHeaders } from './embedding';
import { declaredByHeaders, declaredByMarks } from './permissions-policy-header';

/** How many documents' policies are remembered; a forgotten one is resolved anew. */
const MAXIMUM_REMEMBERED = 1000;

const originAt = ({ document }: Level, index: number): Origin =>
  document.origin === 'null' ? opaqueOrigin(String(index)) : document.origin;

function policyAt(
  nodeDocument: PermissionsPolicy | null,
  { containers }: Level,
  origin: Origin,
  declared: PolicyDirective,
): PermissionsPolicy {
  const create = createAPermissionsPolicyForANavigableFromResponse;
  if (!nodeDocument) return create(null, origin, declared);
  const elements = containers.length > 0 ? containers : [null];
  const policies = elements.map((element) => create({ nodeDocument, element }, origin, declared));
  // DEVIATION: which element of a shadow tree holds a frame of another origin cannot be told; what all of them allow is allowed.
  const inherited = FEATURES.filter((feature) => policies.every((policy) => policy.inherited.has(feature)));
  return { origin, declared, inherited: new Set(inherited) };
}

/** A denial, and the document whose header or element is to be changed. */
export interface LocatedDenial extends PolicyDenial {
  /** Null where it is not known. */
  readonly document: DocumentFacts | null;
  /** Null where it is no element, or one of several. */
  readonly element: ContainerAttributes | null;
  /** Whether the origin that is not allowed is that of the document itself. */
  readonly isOwn: boolean;
}

/** A document's policy, and those that it follows from. */
interface Resolved {
  readonly policy: PermissionsPolicy;
  /** Innermost first. */
  readonly chain: readonly (ResolvedLevel & Level)[];
}

/** The innermost document's policy, where all headers are known. */
function resolve(levels: readonly Level[], declared: readonly PolicyDirective[]): Resolved {
  let policy: PermissionsPolicy | null = null;
  const chain: (ResolvedLevel & Level)[] = [];
  for (const [index, level] of [...levels.entries()].reverse()) {
    policy = policyAt(policy, level, originAt(level, index), declared[index] ?? new Map());
    chain.unshift({ ...level, policy });
  }
  if (!policy) throw new Error('A document without facts has no policy to resolve.');
  return { policy, chain };
}

async function readDeclared(tabId: number, level: Level, index: number): Promise<PolicyDirective> {
  const { marks } = level.document;
  const origin = originAt(level, index);
  const declared = declaredByMarks(marks, origin);
  if (declared) return declared;
  const headers = await readHeaders(tabId, level);
  if (headers) return declaredByHeaders(headers, origin);
  // A header named these features, and nobody can say how.
  return new Map(marks.map((mark) => [mark.split(' ')[0] as Feature, NOBODY]));
}

async function readPolicy(caller: Caller, facts: Facts): Promise<Resolved> {
  const { levels, isComplete } = await readEmbedding(caller, facts);
  const resolved = resolve(levels, await Promise.all(levels.map((level, index) => readDeclared(caller.tabId, level, index))));
  // A frame that was removed right after it asked is judged by what is known of it. One that we can never look up gets nothing, or it
  // would be a way around its parent's policy.
  const isHidden = !isComplete && facts.documents.some(({ url }) => url.startsWith('blob:'));
  if (!isHidden) return resolved;
  const policy = { ...resolved.policy, inherited: new Set<Feature>() };
  return { policy, chain: resolved.chain.slice(0, 1).map((level) => ({ ...level, policy })) };
}

/** Without asking anybody, where the facts suffice: the document is embedded by its own origin only, and no header has a list. */
function policyOfFacts(facts: Facts): Resolved | null {
  if (facts.position !== null) return null;
  const levels = levelsOf(facts, '');
  const declared = levels.map((level, index) => declaredByMarks(level.document.marks, originAt(level, index)));
  return declared.every((directive) => directive !== null) ? resolve(levels, declared) : null;
}

/** How long other documents and servers have for saying how the document is embedded, in milliseconds. */
const LONGEST_READING = 10_000;

export class PermissionsPolicies {
  readonly #policies = new BoundedMap<string, Promise<Resolved>>(MAXIMUM_REMEMBERED);
  readonly #longestReading: number;

  /** `longestReading` in milliseconds. */
  constructor(longestReading = LONGEST_READING) {
    this.#longestReading = longestReading;
  }

  /** Rejects where the policy cannot be had in time; the document's next request tries again then. */
  #resolve(caller: Caller, facts: Facts): Promise<Resolved> {
    const { documentId } = caller;
    const known = this.#policies.get(documentId);
    if (known) return known;
    const resolved = this.#resolveNow(caller, facts);
    this.#policies.set(documentId, resolved);
    resolved.catch(() => this.#policies.delete(documentId));
    return resolved;
  }

  async #resolveNow(caller: Caller, facts: Facts): Promise<Resolved> {
    return policyOfFacts(facts) ?? withinTime(readPolicy(caller, facts), this.#longestReading, DOCUMENTS_AROUND);
  }

  /** "Is feature enabled in document for origin?", for the caller's document. Rejects where that cannot be found out in time. */
  async isEnabled(caller: Caller, feature: Feature, origin: Origin): Promise<boolean> {
    if (!caller.facts) return true;
    const { policy } = await this.#resolve(caller, caller.facts);
    return isFeatureEnabledInDocumentForOrigin(feature, policy, origin === 'null' ? policy.origin : origin);
  }

  /** The origins that the caller's document lets use the feature. Rejects where that cannot be found out in time. */
  async enabledOrigins(caller: Caller, feature: Feature): Promise<Allowlist> {
    return caller.facts ? enabledOrigins(feature, (await this.#resolve(caller, caller.facts)).policy) : EVERYBODY;
  }

  /**
   * Whose policy it is that denies the caller's document the feature for its own origin, or null where none does. Looking changes nothing: what
   * the document has not asked for yet is read, and not remembered. Rejects where it cannot be found out in time.
   */
  async findDenial(caller: Caller, feature: Feature): Promise<LocatedDenial | null> {
    if (!caller.facts) return null;
    const known = this.#policies.get(caller.documentId) ?? this.#resolveNow(caller, caller.facts);
    const { policy, chain } = await known;
    const denial = findDenial(feature, chain, policy.origin);
    if (!denial) return null;
    // An element is in the document around the one that is denied.
    const [denied, outer] = chain.slice(denial.level);
    const isElement = denial.by === 'element';
    const [element = null, another] = isElement && denied ? denied.containers : [];
    return {
      ...denial,
      document: (isElement ? outer : denied)?.document ?? null,
      element: another ? null : element,
      isOwn: denial.origin === denied?.policy.origin,
    };
  }

  /** Why responses of the origin may not use the feature for the caller's document, or null where they may: for the event log. */
  async reasonOfDenial(caller: Caller, feature: Feature, origin: Origin): Promise<Reason | null> {
    try {
      const isEnabled = await this.isEnabled(caller, feature, origin);
      return isEnabled ? null : because('reasonPolicyDenies', feature, origin);
    } catch (error) {
      return because('reasonPolicyUnread', reasonOf(error));
    }
  }

  /** Rejects with a Refusal where the caller's policy denies the feature to the origin, or nobody says in time that it does not. */
  requireFeature(caller: Caller, feature: Feature, origin: Origin): Promise<void> {
    return this.#require(caller, feature, origin, 'on window.sharedStorage');
  }

  /** The same for a method of a worklet, whose data are the origin's. */
  requireFeatureForWorklet(caller: Caller, feature: Feature, origin: Origin): Promise<void> {
    return this.#require(caller, feature, origin, 'for the worklet origin');
  }

  async #require(caller: Caller, feature: Feature, origin: Origin, where: string): Promise<void> {
    const denied = `The "${feature}" Permissions Policy denied the method ${where}.`;
    const isEnabled = await this.isEnabled(caller, feature, origin).catch((error: unknown) => {
      throw new Refusal('InvalidAccessError', denied, because('reasonPolicyUnknown', reasonOf(error)));
    });
    if (!isEnabled) throw new Refusal('InvalidAccessError', denied);
  }
}
