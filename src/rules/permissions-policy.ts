/**
 * Marks documents whose `Permissions-Policy` or `Feature-Policy` header names a feature, with the form in which it does: a `Server-Timing` entry whose description
 * is the feature, a space and the form. background/permissions-policy/permissions-policy-header.ts says what the forms mean.
 */

import { FEATURES, type Feature } from '../spec/permissions-policy/allowlist';
import { DOCUMENTS, type Rule } from './rule';

/** The entry's name, by which src/injected/permissions-policy/facts.ts finds the marks. */
const POLICY_MARK = 'shared-storage-lab';

/** By which documents come, also through a page's own service worker. */
const resourceTypes: Rule['condition']['resourceTypes'] = [...DOCUMENTS, 'xmlhttprequest'];

type Patterns = (feature: Feature) => readonly string[];

/** Patterns of `Permissions-Policy` for each form. None matches a feature with a longer name. */
const PERMISSIONS_POLICY: Readonly<Record<string, Patterns>> = {
  mentioned: (feature) => [feature, `${feature}=*`, `${feature};*`],
  none: (feature) => [`${feature}=()`],
  self: (feature) => [`${feature}=self`, `${feature}=(self)`],
  all: (feature) => [`${feature}=\\*`, `${feature}=(\\*)`],
  other: (feature) => [feature, `${feature};*`, `${feature}=*"*`, `${feature}=* *`, `${feature}=*;*`],
};

const FEATURE_POLICY: Readonly<Record<string, Patterns>> = {
  'feature-policy': (feature) => [`*${feature}*`],
  'feature-policy none': (feature) => [`${feature} 'none'`],
  'feature-policy self': (feature) => [feature, `${feature} 'self'`],
  'feature-policy all': (feature) => [`${feature} \\*`],
};

const rulesFor = (header: string, forms: typeof PERMISSIONS_POLICY, features: readonly Feature[]): Omit<Rule, 'id'>[] =>
  features.flatMap((feature) =>
    Object.entries(forms).map(([form, patterns]) => ({
      condition: { resourceTypes, responseHeaders: [{ header, values: [...patterns(feature)] }] },
      action: {
        type: 'modifyHeaders',
        responseHeaders: [{ header: 'Server-Timing', operation: 'append', value: `${POLICY_MARK};desc="${feature} ${form}"` }],
      },
    })),
  );

const marking = (features: readonly Feature[]): readonly Rule[] =>
  [...rulesFor('permissions-policy', PERMISSIONS_POLICY, features), ...rulesFor('feature-policy', FEATURE_POLICY, features)].map(
    (rule, index) => ({ id: index + 1, ...rule }),
  );

const INTEREST_GROUPS: readonly Feature[] = ['join-ad-interest-group'];

export const permissionsPolicy = marking(FEATURES.filter((feature) => !INTEREST_GROUPS.includes(feature)));

/** Only where the setting `interestGroups` asks for it. */
export const interestGroups = marking(INTEREST_GROUPS);
