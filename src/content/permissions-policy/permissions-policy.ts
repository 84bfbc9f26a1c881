/** The answer of the service worker, which enforces the policy, for what has to be refused before it gets there. */

import type { Facts } from '../../protocol/document-facts';
import { type Envelope, succeed } from '../../protocol/envelope';
import type { Feature } from '../../spec/permissions-policy/allowlist';
import { send } from '../requests/service-worker-channel';
import { ownFacts } from './facts';

let asked: { readonly facts: Facts; readonly verdicts: Map<Feature, Promise<Envelope>> } | null = null;

/** Asked once for each feature, and only where the answer may be no. */
export function requirePolicy(feature: Feature = 'shared-storage'): Promise<Envelope> {
  const facts = ownFacts();
  if (!facts) return Promise.resolve(succeed(undefined));
  if (asked?.facts !== facts) asked = { facts, verdicts: new Map() };
  const verdict = asked.verdicts.get(feature) ?? send('policy.require', { feature });
  asked.verdicts.set(feature, verdict);
  return verdict;
}
