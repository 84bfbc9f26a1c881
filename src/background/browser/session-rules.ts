/**
 * The session rules of the extension's parts, which all share one space of ids. A private window's service worker is another process of the
 * same extension (`"incognito": "split"`) and has ranges of its own.
 */

type Rule = chrome.declarativeNetRequest.Rule;

interface Ranges {
  /** Where the range begins in a regular window's service worker, and in a private window's. */
  readonly regular: number;
  readonly incognito: number;
  readonly length: number;
}

export class SessionRules {
  readonly #ranges: Ranges;

  constructor(ranges: Ranges) {
    this.#ranges = ranges;
  }

  get #first(): number {
    return chrome.extension.inIncognitoContext ? this.#ranges.incognito : this.#ranges.regular;
  }

  /** The id of the `index`th of these rules. */
  id(index: number): number {
    return this.#first + index;
  }

  indexOf({ id }: Rule): number {
    return id - this.#first;
  }

  /** Those that there are. */
  async all(): Promise<Rule[]> {
    const rules = await chrome.declarativeNetRequest.getSessionRules();
    return rules.filter((rule) => this.indexOf(rule) >= 0 && this.indexOf(rule) < this.#ranges.length);
  }
}

/** One for each request, by a number of its own. */
export const ruleOfMarkedRequest = new SessionRules({ regular: 1_000_000, incognito: 2_000_000, length: 1_000_000 });

/** Two for each frame, by its id. */
export const ruleOfNetworkCut = new SessionRules({ regular: 10_000_000, incognito: 1_000_000_000, length: 990_000_000 });

/** One for each address of reports. */
export const ruleOfReports = new SessionRules({ regular: 3_000_000, incognito: 3_000_010, length: 10 });
