/** The answer of the service worker, which enforces the policy, for what has to be refused before it gets there. */

import { type Envelope, succeed } from '../../protocol/envelope';
import type { Feature } from '../../spec/permissions-policy/allowlist';
import type { ServiceWorkerChannel } from '../requests/service-worker-channel';
import { ownFacts } from './facts';

/** Resolves to the verdict on a feature; asked only where that may be no. */
export type RequirePolicy = (feature: Feature) => Promise<Envelope>;

export const createRequirePolicy =
  ({ send }: ServiceWorkerChannel): RequirePolicy =>
  async (feature) =>
    ownFacts() ? send('policy.require', { feature }) : succeed(undefined);
