/**
 * Which agent cluster a new document belongs to: the origin isolation explainer's algorithm for obtaining an agent cluster key, with the
 * map of earlier answers that its scenarios and the HTML Standard go by.
 * https://github.com/WICG/origin-agent-cluster#specification-plan
 * https://html.spec.whatwg.org/multipage/webappapis.html#obtain-similar-origin-window-agent
 */

/** An origin or a site, serialized; in the scenarios' notation `Origin{https://x.e.com}` or `Site{https://e.com}`. */
export interface AgentClusterKey {
  readonly kind: 'origin' | 'site';
  readonly value: string;
}

/** Tabs and frames that may hold references to each other's windows. */
export interface BrowsingContextGroup {
  /** True where the group's documents are cross-origin isolated (COOP with COEP). */
  readonly crossOriginIsolated: boolean;
  /** "Historical agent cluster key map": what each origin got first. Documents that have gone stay in it. */
  readonly historicalKeys: Map<string, AgentClusterKey>;
}

/** What the key of a document depends on besides its group. */
export interface NewDocument {
  /** Serialized; `"null"` for an opaque origin. */
  readonly origin: string;
  /** Scheme and registrable domain, serialized; null where the host has no registrable domain. */
  readonly site: string | null;
  /** "requestsIsolation", in a secure context. */
  readonly requestsIsolation: boolean;
}

/** Which step of the algorithm decided. */
export type Reason = 'opaque-origin' | 'no-registrable-domain' | 'cross-origin-isolated' | 'first-seen' | 'requested' | 'not-requested';

/** The key, and why. */
export interface Decision {
  readonly key: AgentClusterKey;
  readonly reason: Reason;
}

/** A group in which no document has been yet. */
export const createBrowsingContextGroup = (crossOriginIsolated = false): BrowsingContextGroup => ({
  crossOriginIsolated,
  historicalKeys: new Map(),
});

/** `value`: a serialized origin. */
export const originKey = (value: string): AgentClusterKey => ({ kind: 'origin', value });
/** `value`: a serialized site, such as `https://e.com`. */
export const siteKey = (value: string): AgentClusterKey => ({ kind: 'site', value });

/** The scenarios' notation. */
export const formatKey = ({ kind, value }: AgentClusterKey): string => `${kind === 'origin' ? 'Origin' : 'Site'}{${value}}`;

/** Within one browsing context group. */
export const isSameAgentCluster = (a: AgentClusterKey, b: AgentClusterKey): boolean => a.kind === b.kind && a.value === b.value;

/** "Getting the agent cluster key". The group remembers the answer: the first one for an origin stays. */
export function getAgentClusterKey({ origin, site, requestsIsolation }: NewDocument, group: BrowsingContextGroup): Decision {
  // If origin is an opaque origin, then return origin.
  if (origin === 'null') return { key: originKey(origin), reason: 'opaque-origin' };
  // If group's cross-origin isolation mode is not "none", then the key is origin.
  if (group.crossOriginIsolated) return { key: originKey(origin), reason: 'cross-origin-isolated' };
  // If origin's host's registrable domain is null, then return origin.
  if (site === null) return { key: originKey(origin), reason: 'no-registrable-domain' };
  // If group's historical agent cluster key map[origin] exists, then return it.
  const first = group.historicalKeys.get(origin);
  if (first) return { key: first, reason: 'first-seen' };
  // If requestsIsolation is true, then return origin. Otherwise, return site.
  const key = requestsIsolation ? originKey(origin) : siteKey(site);
  group.historicalKeys.set(origin, key);
  return { key, reason: requestsIsolation ? 'requested' : 'not-requested' };
}
