/**
 * Marks of requests whose page has a permissions policy that lets some origins write and denies others: a redirect to one of those loses the
 * header. Rules are evaluated again for each hop, and the mark, which is in the fragment, is still there; so there are rules for the origins of
 * a list, which know the list by a key in the mark. They are made when a list is first met and kept, so that no request waits for another's.
 */

import { ANY_ORIGIN, storageWritePrefix } from '../../protocol/url-marks';
import type { Allowlist, Subdomains } from '../../spec/permissions-policy/allowlist';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import type { Condition, MarkedRequests } from '../browser/request-marks';

interface Marked {
  readonly key: string;
  readonly rules: Promise<() => Promise<void>>;
}

/** How many lists have rules. Of the tab with the most of them, the one goes that has not been asked for for longest. */
const MAXIMUM_LISTS = 50;

/** How many origins of a list have rules: the browser allows a session 5000 of them, and 1000 with a regular expression. */
const MAXIMUM_ORIGINS = 20;

/** The requests that may have the header: to trustworthy origins of the list. */
function conditionsFor({ origins, subdomains }: Allowlist, key: string): Condition[] {
  const mark = storageWritePrefix(key);
  const escaped = (host: string) => host.replaceAll(/[^\w-]/g, '\\$&');
  const regexOf = ({ scheme, host, port }: Subdomains) =>
    `^${scheme}//[^/?#@:]+\\.${escaped(host)}${port === '' ? '' : `:${port}`}/[^#]*#.*${mark}`;
  return [
    ...origins.filter(isOriginPotentiallyTrustworthy).map((origin) => ({ urlFilter: `|${origin}/*#*${mark}` })),
    ...subdomains
      .filter(({ scheme, host }) => isOriginPotentiallyTrustworthy(`${scheme}//${host}`))
      .map((one) => ({ regexFilter: regexOf(one) })),
  ];
}

export class PolicyMarks {
  readonly #marks: Pick<MarkedRequests, 'markAll'>;
  /** By tab, and by the list: no tab takes another one's rules. What has not been asked for for longest comes first. */
  readonly #tabs = new Map<number, Map<string, Marked>>();

  constructor(marks: Pick<MarkedRequests, 'markAll'>) {
    this.#marks = marks;
  }

  /**
   * What a mark says of the origins that may write (src/protocol/url-marks.ts). Resolves when the rules are there.
   * DEVIATION: a list of more than MAXIMUM_ORIGINS is taken for all; what an origin writes that is not in it is ignored in any case.
   */
  async of(list: Allowlist, tabId: number): Promise<string> {
    if (list.all || list.origins.length + list.subdomains.length > MAXIMUM_ORIGINS) return ANY_ORIGIN;
    const name = JSON.stringify([list.origins, list.subdomains]);
    const known = this.#tabs.get(tabId)?.get(name) ?? this.#add(list);
    this.#use(tabId, name, known);
    try {
      await known.rules;
    } catch {
      // The browser has no room for more rules.
      this.#forget(tabId, name);
      return ANY_ORIGIN;
    }
    return known.key;
  }

  #add(list: Allowlist): Marked {
    // Of no other run of this worker: its rules may still be there.
    const key = crypto.randomUUID().replaceAll('-', '');
    return { key, rules: this.#marks.markAll(conditionsFor(list, key), { 'Sec-Shared-Storage-Writable': '?1' }) };
  }

  #use(tabId: number, name: string, marked: Marked): void {
    const lists = this.#tabs.get(tabId) ?? new Map<string, Marked>();
    this.#tabs.delete(tabId);
    this.#tabs.set(tabId, lists);
    lists.delete(name);
    lists.set(name, marked);
    const all = [...this.#tabs];
    if (all.reduce((sum, [, { size }]) => sum + size, 0) <= MAXIMUM_LISTS) return;
    const [largest, ofLargest] = all.reduce((most, tab) => (tab[1].size > most[1].size ? tab : most));
    for (const [oldest, { rules }] of ofLargest) {
      this.#forget(largest, oldest);
      rules.then((end) => end()).catch((error: unknown) => console.error('policy marks', error));
      break;
    }
  }

  #forget(tabId: number, name: string): void {
    const lists = this.#tabs.get(tabId);
    lists?.delete(name);
    if (lists?.size === 0) this.#tabs.delete(tabId);
  }
}
