/**
 * Permissions policy, which Chromium no longer computes for our features. What documents declare and how they are embedded is
 * read when one of them first uses the API; src/spec/permissions-policy says what follows from it.
 */

import type { Facts } from '../../protocol/document-facts';
import { Refusal } from '../../protocol/envelope';
import { FEATURES, type Feature, NOBODY, type Origin, opaqueOrigin, type PolicyDirective } from '../../spec/permissions-policy/allowlist';
import {
  createAPermissionsPolicyForANavigableFromResponse,
  isFeatureEnabledInDocumentForOrigin,
  type PermissionsPolicy,
} from '../../spec/permissions-policy/resolve';
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

/** The innermost document's policy, where all headers are known. */
function resolve(levels: readonly Level[], declared: readonly PolicyDirective[]): PermissionsPolicy {
  let policy: PermissionsPolicy | null = null;
  for (const [index, level] of [...levels.entries()].reverse())
    policy = policyAt(policy, level, originAt(level, index), declared[index] ?? new Map());
  if (!policy) throw new Error('A document without facts has no policy to resolve.');
  return policy;
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

async function readPolicy(caller: Caller, facts: Facts): Promise<PermissionsPolicy> {
  const { levels, isComplete } = await readEmbedding(caller, facts);
  const policy = resolve(levels, await Promise.all(levels.map((level, index) => readDeclared(caller.tabId, level, index))));
  // A frame that was removed right after it asked is judged by what is known of it. One that we can never look up gets nothing, or it
  // would be a way around its parent's policy.
  const isHidden = !isComplete && facts.documents.some(({ url }) => url.startsWith('blob:'));
  return isHidden ? { ...policy, inherited: new Set() } : policy;
}

/** Without asking anybody, where the facts suffice: the document is embedded by its own origin only, and no header has a list. */
function policyOfFacts(facts: Facts): PermissionsPolicy | null {
  if (facts.position !== null) return null;
  const levels = levelsOf(facts, '');
  const declared = levels.map((level, index) => declaredByMarks(level.document.marks, originAt(level, index)));
  return declared.every((directive) => directive !== null) ? resolve(levels, declared) : null;
}

export class PermissionsPolicies {
  readonly #policies = new Map<string, PermissionsPolicy | Promise<PermissionsPolicy>>();
  /** For each data origin the last request that waits for its document's policy. */
  readonly #held = new Map<Origin, Promise<unknown>>();

  #policyOf(caller: Caller, facts: Facts): PermissionsPolicy | Promise<PermissionsPolicy> {
    const { documentId } = caller;
    const known = this.#policies.get(documentId);
    if (known) return known;
    const [oldest] = this.#policies.keys();
    if (oldest !== undefined && this.#policies.size >= MAXIMUM_REMEMBERED) this.#policies.delete(oldest);
    const policy = policyOfFacts(facts) ?? readPolicy(caller, facts);
    this.#policies.set(documentId, policy);
    if (policy instanceof Promise)
      policy.then(
        (settled) => this.#policies.set(documentId, settled),
        () => this.#policies.delete(documentId),
      );
    return policy;
  }

  /** "Is feature enabled in document for origin?", for the caller's document. */
  isEnabled(caller: Caller, feature: Feature, origin: Origin): boolean | Promise<boolean> {
    if (!caller.facts) return true;
    const policy = this.#policyOf(caller, caller.facts);
    const decide = (known: PermissionsPolicy) =>
      isFeatureEnabledInDocumentForOrigin(feature, known, origin === 'null' ? known.origin : origin);
    return policy instanceof Promise ? policy.then(decide) : decide(policy);
  }

  /**
   * Throws a Refusal, or rejects with it, where the caller's policy denies the feature to the origin. Undefined where nothing has to be waited
   * for; otherwise whatever comes later for the same origin waits as well, so that requests keep the order of their arrival.
   */
  requireFeature(caller: Caller, feature: Feature, origin: Origin): Promise<void> | undefined {
    const require = (isEnabled: boolean) => {
      if (isEnabled) return;
      const method =
        feature === 'shared-storage-select-url' ? 'usage of window.sharedStorage.selectURL()' : 'method on window.sharedStorage';
      const what = origin === caller.origin ? method : 'method for the worklet origin';
      throw new Refusal('InvalidAccessError', `The "${feature}" Permissions Policy denied the ${what}.`);
    };
    const enabled = this.isEnabled(caller, feature, origin);
    const earlier = this.#held.get(origin);
    if (typeof enabled === 'boolean' && !earlier) {
      require(enabled);
      return undefined;
    }
    const verdict = Promise.all([enabled, earlier]).then(([isEnabled]) => isEnabled);
    const settled: Promise<void> = verdict
      .catch(() => undefined)
      .then(() => {
        if (this.#held.get(origin) === settled) this.#held.delete(origin);
      });
    this.#held.set(origin, settled);
    return verdict.then(require);
  }
}
