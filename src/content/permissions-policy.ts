/** The answer of the service worker, which enforces the policy, for what has to be refused before it gets there. */

import type { Facts } from '../protocol/document-facts';
import { type Envelope, succeed } from '../protocol/envelope';
import { ownFacts } from './facts';
import { send } from './service-worker-channel';

let verdict: { readonly facts: Facts; readonly envelope: Promise<Envelope> } | null = null;

/** Asked once, and only where the answer may be no. */
export function requirePolicy(): Promise<Envelope> {
  const facts = ownFacts();
  if (!facts) return Promise.resolve(succeed(undefined));
  if (verdict?.facts !== facts) verdict = { facts, envelope: send('policy.require', {}) };
  return verdict.envelope;
}
