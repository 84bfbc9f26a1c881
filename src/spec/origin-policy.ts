/**
 * Origin policies, as far as origin isolation needs them: the manifest, the header, and which of the two wins.
 * https://github.com/WICG/origin-policy/blob/main/version-negotiation.md
 */

/** Where an origin has its manifest. */
export const ORIGIN_POLICY_PATH = '/.well-known/origin-policy';

/** Why an origin wants isolation: hints to the browser, which may take them or not. */
export const HINTS = [
  'prefer_isolated_event_loop',
  'prefer_isolated_memory',
  'for_side_channel_protection',
  'for_memory_measurement',
] as const;

/** One of them. */
export type Hint = (typeof HINTS)[number];

/** What a manifest says, as far as it concerns isolation. */
export interface OriginPolicy {
  /** `id`, or the `ids` of later drafts; at least one. */
  readonly ids: readonly string[];
  /** Null where isolation is not asked for; the hints that are true where it is. */
  readonly isolation: readonly Hint[] | null;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Visible ASCII and spaces: what a structured field's string can name. */
const isId = (value: unknown): value is string => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value);

function parseIsolation(value: unknown): readonly Hint[] | null {
  if (value === true) return [];
  // "The presence of the "isolation" field indicates …", but "isolation": false takes it back.
  if (!isObject(value)) return null;
  return HINTS.filter((hint) => value[hint] === true);
}

/** The manifest's text as a policy; null where it is no JSON object with an id. */
export function parseManifest(text: string): OriginPolicy | null {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(manifest)) return null;
  const ids = (Array.isArray(manifest.ids) ? manifest.ids : [manifest.id]).filter(isId);
  return ids.length > 0 ? { ids, isolation: parseIsolation(manifest.isolation) } : null;
}

/** The member `allowed`: under which policies the response may be processed. */
export interface AllowedPolicies {
  readonly ids: readonly string[];
  /** `null`: the response may be processed without any policy. */
  readonly none: boolean;
  /** `latest`: whichever policy there is. */
  readonly latest: boolean;
}

/** A response's `Origin-Policy`. */
export interface OriginPolicyHeader {
  readonly allowed: AllowedPolicies;
  /** An id, or `latest` for `latest-from-network`; null where nothing is preferred. */
  readonly preferred: { readonly id: string } | 'latest' | null;
}

/** A member of the header's dictionary, as a structured-field parser gives it. */
export type BareItem = { readonly type: 'string' | 'token'; readonly value: string } | { readonly type: 'other' };
/** A structured dictionary, by key; an inner list is an array. */
export type Dictionary = ReadonlyMap<string, BareItem | readonly BareItem[]>;

const isInnerList = (member: BareItem | readonly BareItem[]): member is readonly BareItem[] => Array.isArray(member);

/** https://wicg.github.io/origin-policy/#parse-an-origin-policy-header; null where the header is to be ignored. */
export function parseHeader(dictionary: Dictionary): OriginPolicyHeader | null {
  const allowed = parseAllowed(dictionary.get('allowed') ?? []);
  const preferred = parsePreferred(dictionary.get('preferred'));
  if (!allowed || preferred === undefined) return null;
  const isEmpty = allowed.ids.length === 0 && !allowed.none && !allowed.latest && preferred === null;
  return isEmpty ? null : { allowed, preferred };
}

function parseAllowed(member: BareItem | readonly BareItem[]): AllowedPolicies | null {
  if (!isInnerList(member)) return null;
  const invalid = member.some((item) => item.type === 'other' || (item.type === 'string' && item.value === ''));
  if (invalid) return null;
  const ids = new Set(member.flatMap((item) => (item.type === 'string' ? [item.value] : [])));
  // Other tokens are left for later versions of the header.
  const has = (token: string) => member.some((item) => item.type === 'token' && item.value === token);
  return { ids: [...ids], none: has('null'), latest: has('latest') };
}

function parsePreferred(member: BareItem | readonly BareItem[] | undefined): OriginPolicyHeader['preferred'] | undefined {
  if (member === undefined) return null;
  if (isInnerList(member) || member.type === 'other') return undefined;
  if (member.type === 'token') return member.value === 'latest-from-network' ? 'latest' : null;
  return member.value === '' ? undefined : { id: member.value };
}

/** Whether a response with the header may be processed under the policy. */
export const isAllowed = ({ allowed }: OriginPolicyHeader, { ids }: OriginPolicy): boolean =>
  allowed.latest || ids.some((id) => allowed.ids.includes(id));

/** `allowed=(null)` and nothing else: no policy of the origin applies any more. */
export const isKillSwitch = ({ allowed, preferred }: OriginPolicyHeader): boolean =>
  allowed.none && !allowed.latest && allowed.ids.length === 0 && preferred === null;

/**
 * Whether to look for another manifest: `now`, because the one at hand is not what the header names; `when-stale`, as its HTTP
 * caching says, because the header names none and any is the latest until it expires; null where the one at hand will do.
 */
export function needsFetch(header: OriginPolicyHeader, cached: OriginPolicy | null): 'now' | 'when-stale' | null {
  if (isKillSwitch(header)) return null;
  const { allowed, preferred } = header;
  if (!cached || preferred === 'latest') return 'now';
  const has = (id: string) => cached.ids.includes(id);
  if (preferred !== null) return has(preferred.id) ? null : 'now';
  if (allowed.ids.some(has)) return null;
  return allowed.latest ? 'when-stale' : 'now';
}
