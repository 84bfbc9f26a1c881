/**
 * Declarative rules that key an origin's documents by origin or by site: they set the response header that the browser goes by.
 * https://html.spec.whatwg.org/multipage/browsers.html#origin-agent-cluster
 */

import type { Settings } from '../../extension/settings';
import { ISOLATION_MARK } from '../../protocol/isolation';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import type { StoredPolicy } from '../../store/origin-policies';

/** Dynamic rules with these ids are ours. They outlive the browser, so that the first page after its start is keyed as well. */
const FIRST_ID = 10_000;
const LAST_ID = 13_999;
/** Those for URLs with credentials, of which there are fewer: the browser takes 1000 dynamic rules with regular expressions. */
const FIRST_ID_WITH_CREDENTIALS = 14_000;
const MAXIMUM_WITH_CREDENTIALS = 900;
/** In code units. A regular expression for a longer one takes more memory than the browser allows. */
const LONGEST_WITH_CREDENTIALS = 100;

/** The browser takes 5000 dynamic rules that set headers, and refuses all of them if there is one more. */
const MAXIMUM_KEYINGS = (LAST_ID + 1 - FIRST_ID) / 2;

/** What the documents of an origin are to get, and who says so. */
export interface Keying {
  readonly origin: string;
  readonly originKeyed: boolean;
  readonly source: 'setting' | 'origin-policy';
  /** Patterns of the `Origin-Policy` header that a response must have for it; without them it may have any, or none. */
  readonly onlyWith?: readonly string[];
}

/** Special in the patterns of header values. */
const escaped = (text: string): string => text.replace(/[\\*?]/g, '\\$&');

/** A structured field's string. */
const serialized = (id: string): string => `"${id.replace(/["\\]/g, '\\$&')}"`;

/** Of a policy with more ids, the first ones count: each is a pattern that documents are compared with. */
const MAXIMUM_IDS = 100;

/** What the header of a response must contain for the policy to count for it: one of the policy's ids, or a token for any policy. */
const patternsFor = ({ ids }: StoredPolicy): string[] => [
  ...ids.slice(0, MAXIMUM_IDS).map((id) => `*${escaped(serialized(id))}*`),
  ...['(', ' ', '='].map((before) => `*${before}latest*`),
];

/** Strongest first: the settings, then the policies, newest first. Only in secure contexts, for the header has no effect in others. */
export function keyingsOf(isolation: Settings['isolation'], policies: ReadonlyMap<string, StoredPolicy>): Keying[] {
  const chosen = Object.entries(isolation).filter(([, keying]) => keying !== 'respect');
  const settings = chosen.map(([origin, keying]) => ({ origin, originKeyed: keying === 'origin-keyed', source: 'setting' as const }));
  const byPolicy = [...policies]
    .toSorted(([, a], [, b]) => b.fetched - a.fetched)
    .filter(([origin, policy]) => policy.isolation && (isolation[origin] ?? 'respect') === 'respect')
    .map(([origin, policy]) => ({ origin, originKeyed: true, source: 'origin-policy' as const, onlyWith: patternsFor(policy) }));
  return [...settings, ...byPolicy].filter(({ origin }) => isOriginPotentiallyTrustworthy(origin)).slice(0, MAXIMUM_KEYINGS);
}

type Rule = chrome.declarativeNetRequest.Rule;

type ResourceType = `${chrome.declarativeNetRequest.ResourceType}`;

/** The types of request that documents come by. */
const DOCUMENTS: ResourceType[] = ['main_frame', 'sub_frame', 'object'];
/** How a page's own service worker gets a document that it passes on. */
const BY_SERVICE_WORKER: ResourceType[] = ['xmlhttprequest', 'other'];
const HTML = ['text/html*', 'application/xhtml+xml*', 'image/svg+xml*', 'text/xml*', 'application/xml*'];

function rulesFor({ origin, originKeyed, source, onlyWith }: Keying, id: number): Rule[] {
  const value = originKeyed ? '?1' : '?0';
  const action: Rule['action'] = {
    type: 'modifyHeaders',
    responseHeaders: [
      { header: 'Origin-Agent-Cluster', operation: 'set', value },
      // So that the map of a tab can say what a document was given when it was loaded, whatever the settings are by then.
      { header: 'Server-Timing', operation: 'append', value: `${ISOLATION_MARK};desc="${source} ${value}"` },
    ],
  };
  const urlFilter = `|${origin}/`;
  const withPolicy = onlyWith && [{ header: 'origin-policy', values: [...onlyWith] }];
  const documents = { urlFilter, resourceTypes: DOCUMENTS, ...(withPolicy ? { responseHeaders: withPolicy } : {}) };
  const served = {
    urlFilter,
    resourceTypes: BY_SERVICE_WORKER,
    responseHeaders: withPolicy ?? [{ header: 'content-type', values: HTML }],
  };
  return [
    { id, action, condition: documents },
    { id: id + 1, action, condition: served },
  ];
}

/**
 * The same for a URL that does not begin with its origin, such as `https://user@a.example/`, which any page can open in a new tab. In
 * frames the browser blocks it.
 */
function ruleWithCredentials({ origin }: Keying, id: number, { action, condition }: Rule): Rule {
  const { urlFilter: _, ...others } = condition;
  const [scheme, host = ''] = origin.split('://');
  const regexFilter = `^${scheme}://[!-.0-~]*@${host.replace(/[^A-Za-z0-9-]/g, '\\$&')}/`;
  return { id, action, condition: { ...others, regexFilter, resourceTypes: ['main_frame'] } };
}

export function rulesOf(keyings: readonly Keying[]): Rule[] {
  const rules = keyings.map((keying, index) => rulesFor(keying, FIRST_ID + 2 * index));
  const withCredentials = keyings
    .flatMap((keying, index) => {
      const [documents] = rules[index] ?? [];
      return documents && keying.origin.length <= LONGEST_WITH_CREDENTIALS ? [{ keying, documents }] : [];
    })
    .slice(0, MAXIMUM_WITH_CREDENTIALS)
    .map(({ keying, documents }, index) => ruleWithCredentials(keying, FIRST_ID_WITH_CREDENTIALS + index, documents));
  return [...rules.flat(), ...withCredentials];
}

const isOurs = ({ id }: Rule) => id >= FIRST_ID && id < FIRST_ID_WITH_CREDENTIALS + MAXIMUM_WITH_CREDENTIALS;

/** The browser gives rules back with their fields in an order of its own. */
const textOf = (rules: readonly Rule[]): string =>
  JSON.stringify(
    rules.toSorted((a, b) => a.id - b.id),
    (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted()) : value,
  );

/** Resolves once the next documents are keyed so. Call one after the other: it goes by the rules that there are. */
export async function applyKeyings(keyings: readonly Keying[]): Promise<void> {
  const addRules = rulesOf(keyings);
  const existing = (await chrome.declarativeNetRequest.getDynamicRules()).filter(isOurs);
  // Most starts of the service worker change nothing.
  if (textOf(existing) === textOf(addRules)) return;
  await chrome.declarativeNetRequest.updateDynamicRules({ removeRuleIds: existing.map(({ id }) => id), addRules });
}
