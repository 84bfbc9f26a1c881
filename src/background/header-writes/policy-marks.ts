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

/** How many lists have rules; the one that has not been asked for for longest goes. */
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
  /** By the list; the one that has not been asked for for longest first. */
  readonly #lists = new Map<string, Marked>();

  constructor(marks: Pick<MarkedRequests, 'markAll'>) {
    this.#marks = marks;
  }

  /**
   * What a mark says of the origins that may write (src/protocol/url-marks.ts). Resolves when the rules are there.
   * DEVIATION: a list of more than MAXIMUM_ORIGINS is taken for all; what an origin writes that is not in it is ignored in any case.
   */
  async of(list: Allowlist): Promise<string> {
    if (list.all || list.origins.length + list.subdomains.length > MAXIMUM_ORIGINS) return ANY_ORIGIN;
    const name = JSON.stringify([list.origins, list.subdomains]);
    const known = this.#lists.get(name) ?? this.#add(list);
    this.#use(name, known);
    try {
      await known.rules;
    } catch {
      // The browser has no room for more rules.
      this.#lists.delete(name);
      return ANY_ORIGIN;
    }
    return known.key;
  }

  #add(list: Allowlist): Marked {
    // Of no other run of this worker: its rules may still be there.
    const key = crypto.randomUUID().replaceAll('-', '');
    return { key, rules: this.#marks.markAll(conditionsFor(list, key), { 'Sec-Shared-Storage-Writable': '?1' }) };
  }

  #use(name: string, marked: Marked): void {
    this.#lists.delete(name);
    this.#lists.set(name, marked);
    const [oldest] = this.#lists;
    if (oldest && this.#lists.size > MAXIMUM_LISTS) {
      this.#lists.delete(oldest[0]);
      oldest[1].rules.then((end) => end()).catch((error: unknown) => console.error('policy marks', error));
    }
  }
}
