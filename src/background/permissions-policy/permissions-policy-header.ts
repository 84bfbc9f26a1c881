/** What a document's `Permissions-Policy` and `Feature-Policy` headers declare: from the marks of declarative rules, or from their exact text. */

import { parseDictionary, Token } from 'structured-headers';
import {
  type Allowlist,
  EVERYBODY,
  type Feature,
  isFeature,
  NOBODY,
  type Origin,
  type PolicyDirective,
} from '../../spec/permissions-policy/allowlist';
import { type PolicyHeaders, parseFeaturePolicy } from '../../spec/permissions-policy/parse-feature-policy';
import { constructPolicy, type Dictionary } from '../../spec/permissions-policy/parse-header';
import type { BareItem } from '../../spec/structured-field-list';

function toBareItem(value: unknown): BareItem {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (value instanceof Token) return { type: 'token', value: value.toString() };
  if (value instanceof ArrayBuffer) return { type: 'byte-sequence', value: new Uint8Array(value) };
  return { type: 'other' };
}

/** The forms that a pattern recognises and that say it all. */
const SIMPLE: Record<string, (origin: Origin) => Allowlist> = {
  none: () => NOBODY,
  self: (origin) => ({ ...NOBODY, origins: [origin] }),
  all: () => EVERYBODY,
};

/**
 * The policy that the marks stand for; null where they do not tell: a list of origins, parameters, a feature named twice, and whatever
 * `Feature-Policy` says, since rules do not look at small letters.
 * The rules that leave the marks are in src/rules/permissions-policy.ts.
 */
export function declaredByMarks(marks: readonly string[], origin: Origin): PolicyDirective | null {
  const forms = new Map<Feature, Set<string>>();
  for (const mark of marks) {
    const [feature = '', form = ''] = mark.split(' ');
    if (!isFeature(feature)) continue;
    const known = forms.get(feature) ?? new Set();
    forms.set(feature, known);
    if (form !== 'mentioned') known.add(form);
  }
  const policy = new Map<Feature, Allowlist>();
  for (const [feature, [form = '', another]] of [...forms].map(([name, set]) => [name, [...set]] as const)) {
    const allowlist = SIMPLE[form]?.(origin);
    if (!allowlist || another !== undefined) return null;
    policy.set(feature, allowlist);
  }
  return policy;
}

/** "Process response policy", of the header's lines, joined. A header that does not parse declares nothing. */
export function readPermissionsPolicyHeader(header: string, origin: Origin): PolicyDirective {
  let dictionary: Dictionary;
  try {
    const members = [...parseDictionary(header)].map(([name, [value]]) => {
      const items = Array.isArray(value) ? value.map(([item]) => item) : [value];
      return [name, items.map(toBareItem)] as const;
    });
    dictionary = new Map(members);
  } catch {
    return new Map();
  }
  return constructPolicy(dictionary, origin);
}

/** What both headers declare together: of a feature that both name, `Permissions-Policy` decides. */
export function declaredByHeaders({ permissionsPolicy, featurePolicy }: PolicyHeaders, origin: Origin): PolicyDirective {
  return new Map([...parseFeaturePolicy(featurePolicy, origin), ...readPermissionsPolicyHeader(permissionsPolicy, origin)]);
}
