/**
 * `Origin-Policy`: what documents say about their origin's policy, and the policy itself.
 * https://github.com/WICG/origin-policy/blob/main/version-negotiation.md
 *
 * DEVIATION: no response can be held back until its policy is there. A new policy counts from the origin's next document on, as
 * after the explainer's asynchronous update; `allowed=("my-policy")` without `null` blocks nothing. From then on each document is
 * judged by its own header, by a rule (isolation-rules.ts).
 */

import {
  isAllowed,
  isKillSwitch,
  needsFetch,
  ORIGIN_POLICY_PATH,
  type OriginPolicy,
  type OriginPolicyHeader,
  parseManifest,
} from '../spec/origin-policy';
import { readPolicy, type StoredPolicy, writePolicy } from '../store/origin-policies';
import { keepServiceWorkerAlive } from './keep-alive';
import type { MatchedRequest } from './matched-rules';
import { readOriginPolicyHeader } from './origin-policy-header';

const MAXIMUM_CHARACTERS = 65_536;
const TIMEOUT = 30_000;

/** What came of a response with the header, for the event log. */
export interface Outcome {
  readonly header: string | null;
  readonly policy: OriginPolicy | null;
  readonly applies: boolean;
  readonly refusal: string | null;
}

/**
 * The event of a matched rule does not say the header's value, so the document's address is asked for it once more, for its headers
 * alone. A GET repeats nothing but a GET. Null where it has none.
 */
async function fetchHeader({ url, method: documents }: MatchedRequest): Promise<string | null> {
  for (const method of documents.toUpperCase() === 'GET' ? ['HEAD', 'GET'] : ['HEAD']) {
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(url, { method, credentials: 'include', cache: 'no-store', redirect: 'manual', signal });
    await response.body?.cancel();
    const header = response.headers.get('Origin-Policy');
    if (header !== null) return header;
  }
  return null;
}

async function fetchManifest(origin: string, cache: 'no-cache' | 'default'): Promise<OriginPolicy | string> {
  const signal = AbortSignal.timeout(TIMEOUT);
  const response = await fetch(`${origin}${ORIGIN_POLICY_PATH}`, { credentials: 'omit', cache, redirect: 'error', signal });
  if (!response.ok) return `${ORIGIN_POLICY_PATH} answered ${response.status}`;
  const text = await response.text();
  return (text.length <= MAXIMUM_CHARACTERS && parseManifest(text)) || `${ORIGIN_POLICY_PATH} is no JSON object with an id`;
}

/** What the origin's policy is by this header: the stored one, or a new one, or none. */
async function negotiate(origin: string, header: OriginPolicyHeader): Promise<Omit<Outcome, 'header'>> {
  const stored = (await readPolicy(origin)) ?? null;
  let policy: OriginPolicy | null = stored;
  let fetched = stored?.fetched ?? 0;
  let refusal: string | null = null;
  const need = needsFetch(header, stored);
  if (need) {
    const manifest = await fetchManifest(origin, need === 'now' ? 'no-cache' : 'default');
    if (typeof manifest === 'string') refusal = manifest;
    else [policy, fetched] = [manifest, Date.now()];
  }
  if (!policy) return { policy, applies: false, refusal: refusal ?? 'The header allows no policy' };
  const applies = !isKillSwitch(header) && isAllowedOrPreferred(header, policy);
  if (!applies) refusal ??= `The header does not allow the policy ${policy.ids.map((id) => JSON.stringify(id)).join(', ')}`;
  const { ids, isolation } = policy;
  const changed: StoredPolicy = { ids, isolation, applies, fetched };
  if (!stored || JSON.stringify(stored) !== JSON.stringify(changed)) await writePolicy(origin, changed);
  return { policy, applies, refusal };
}

const isAllowedOrPreferred = (header: OriginPolicyHeader, policy: OriginPolicy): boolean => {
  const { preferred } = header;
  return isAllowed(header, policy) || preferred === 'latest' || (preferred !== null && policy.ids.includes(preferred.id));
};

const lastByOrigin = new Map<string, Promise<unknown>>();

/** Resolves to what came of a document's header; one document of an origin at a time, so that the newest header counts. */
export function takeOriginPolicy(request: MatchedRequest): Promise<Outcome> {
  const { origin } = new URL(request.url);
  const take = async (): Promise<Outcome> => {
    const nothing = { header: null, policy: null, applies: false };
    try {
      const header = await fetchHeader(request);
      if (header === null) return { ...nothing, refusal: 'The document did not send its header again' };
      const parsed = readOriginPolicyHeader(header);
      return parsed ? { header, ...(await negotiate(origin, parsed)) } : { ...nothing, header, refusal: 'The header does not parse' };
    } catch (error) {
      return { ...nothing, refusal: String(error) };
    }
  };
  const taken = (lastByOrigin.get(origin) ?? Promise.resolve()).then(take);
  lastByOrigin.set(origin, taken);
  keepServiceWorkerAlive(taken);
  return taken;
}
