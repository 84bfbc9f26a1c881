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
} from '../../spec/origin-policy';
import { because, type Reason, said } from '../../spec/reason';
import type { OriginPolicies as StoredPolicies, StoredPolicy } from '../../store/origin-policies';
import { siteOf } from '../../store/site';
import type { KeepAlive } from '../browser/keep-alive';
import type { MatchedRequest } from '../browser/matched-rules';
import { readOriginPolicyHeader } from './origin-policy-header';

const MAXIMUM_CHARACTERS = 65_536;
const TIMEOUT = 10_000;
/** How many origins of one site may wait for their turn. */
const MAXIMUM_WAITING = 50;

/** What is known of policies. */
type OriginPolicies = Pick<StoredPolicies, 'read' | 'write'>;

/** What came of a response with the header, for the event log. */
export interface Outcome {
  readonly header: string | null;
  readonly policy: OriginPolicy | null;
  readonly applies: boolean;
  readonly refusal: Reason | null;
}

/**
 * With cookies only where a person, or the origin itself, asked for the document. The browser takes our requests for same-site ones: they
 * would carry the cookies that it kept from a request which another site's page had it make.
 */
const credentialsFor = ({ url, initiator }: MatchedRequest): RequestCredentials =>
  initiator === undefined || initiator === new URL(url).origin ? 'include' : 'omit';

/**
 * The event of a matched rule does not say the header's value, so the document's address is asked for it once more, for its headers
 * alone. A GET repeats nothing but a GET. Null where it has none.
 */
async function fetchHeader(request: MatchedRequest): Promise<string | null> {
  const credentials = credentialsFor(request);
  for (const method of request.method.toUpperCase() === 'GET' ? ['HEAD', 'GET'] : ['HEAD']) {
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(request.url, { method, credentials, cache: 'no-store', redirect: 'manual', signal });
    await response.body?.cancel();
    const header = response.headers.get('Origin-Policy');
    if (header !== null) return header;
  }
  return null;
}

/** Null where it is longer than a manifest may be: what comes after that is not waited for. */
async function readText({ body }: Response): Promise<string | null> {
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.length > MAXIMUM_CHARACTERS) return null;
  }
  return text;
}

async function fetchManifest(origin: string, cache: 'no-cache' | 'default'): Promise<OriginPolicy | { readonly refusal: Reason }> {
  const signal = AbortSignal.timeout(TIMEOUT);
  const response = await fetch(`${origin}${ORIGIN_POLICY_PATH}`, { credentials: 'omit', cache, redirect: 'error', signal });
  if (!response.ok) return { refusal: because('reasonManifestStatus', ORIGIN_POLICY_PATH, response.status) };
  const text = await readText(response);
  if (text === null) return { refusal: because('reasonManifestTooLong', ORIGIN_POLICY_PATH, MAXIMUM_CHARACTERS) };
  return parseManifest(text) ?? { refusal: because('reasonManifestMalformed', ORIGIN_POLICY_PATH) };
}

/** What the origin's policy is by this header: the stored one, or a new one, or none. */
async function negotiate(policies: OriginPolicies, origin: string, header: OriginPolicyHeader): Promise<Omit<Outcome, 'header'>> {
  const stored = (await policies.read(origin)) ?? null;
  let policy: OriginPolicy | null = stored;
  let fetched = stored?.fetched ?? 0;
  let refusal: Reason | null = null;
  const need = needsFetch(header, stored);
  if (need) {
    const manifest = await fetchManifest(origin, need === 'now' ? 'no-cache' : 'default');
    if ('refusal' in manifest) refusal = manifest.refusal;
    else [policy, fetched] = [manifest, Date.now()];
  }
  if (!policy) return { policy, applies: false, refusal: refusal ?? because('reasonNoPolicyAllowed') };
  const applies = !isKillSwitch(header) && isAllowedOrPreferred(header, policy);
  if (!applies) refusal ??= because('reasonPolicyNotAllowed', policy.ids.map((id) => JSON.stringify(id)).join(', '));
  const { ids, isolation } = policy;
  const changed: StoredPolicy = { ids, isolation, applies, fetched };
  if (!stored || JSON.stringify(stored) !== JSON.stringify(changed)) await policies.write(origin, changed);
  return { policy, applies, refusal };
}

const isAllowedOrPreferred = (header: OriginPolicyHeader, policy: OriginPolicy): boolean => {
  const { preferred } = header;
  return isAllowed(header, policy) || preferred === 'latest' || (preferred !== null && policy.ids.includes(preferred.id));
};

const NOTHING = { header: null, policy: null, applies: false } as const;

async function take(policies: OriginPolicies, origin: string, request: MatchedRequest): Promise<Outcome> {
  try {
    const header = await fetchHeader(request);
    if (header === null) return { ...NOTHING, refusal: because('reasonHeaderNotSentAgain') };
    const parsed = readOriginPolicyHeader(header);
    return parsed
      ? { header, ...(await negotiate(policies, origin, parsed)) }
      : { ...NOTHING, header, refusal: because('reasonHeaderDoesNotParse') };
  } catch (error) {
    return { ...NOTHING, refusal: said(String(error)) };
  }
}

interface Turn {
  readonly request: MatchedRequest;
  readonly resolve: (outcome: Outcome) => void;
}

export class Negotiations {
  readonly #policies: OriginPolicies;
  readonly #keepAlive: KeepAlive;
  /** By site, the newest document of each origin that waits: one is asked at a time, so that slow servers hold up no site but theirs. */
  readonly #waiting = new Map<string, Map<string, Turn>>();

  constructor(policies: OriginPolicies, keepAlive: KeepAlive) {
    this.#policies = policies;
    this.#keepAlive = keepAlive;
  }

  /** Resolves to what came of a document's header; of an origin's documents, the newest counts. */
  negotiate(request: MatchedRequest): Promise<Outcome> {
    const { origin } = new URL(request.url);
    const site = siteOf(origin) ?? origin;
    return new Promise((resolve) => {
      const turns = this.#waiting.get(site) ?? new Map<string, Turn>();
      const older = turns.get(origin);
      if (!older && turns.size >= MAXIMUM_WAITING) {
        resolve({ ...NOTHING, refusal: because('reasonManyOriginsWait', MAXIMUM_WAITING, site) });
        return;
      }
      older?.resolve({ ...NOTHING, refusal: because('reasonNewerDocument') });
      turns.set(origin, { request, resolve });
      if (this.#waiting.has(site)) return;
      this.#waiting.set(site, turns);
      this.#keepAlive.until(this.#takeTurns(site, turns));
    });
  }

  async #takeTurns(site: string, turns: Map<string, Turn>): Promise<void> {
    // What is added meanwhile is met as well.
    for (const [origin, { request, resolve }] of turns) {
      turns.delete(origin);
      resolve(await take(this.#policies, origin, request));
    }
    this.#waiting.delete(site);
  }
}
