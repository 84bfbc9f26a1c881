/** Session rules that give request headers to single requests: those whose URL's fragment ends in a mark that only we know. */

import { Refusal } from '../../protocol/envelope';
import { filterOf } from '../../protocol/url-marks';
import { ruleOfMarkedRequest } from './session-rules';

type Rule = chrome.declarativeNetRequest.Rule;
type RequestHeaders = Record<string, string>;

export type Condition = chrome.declarativeNetRequest.RuleCondition;

/** Above that of src/rules/over-native.ts, which takes away what a native API asks for, and the same as that of the other marks. */
const PRIORITY = 2;

function setHeaders(headers: RequestHeaders): Rule['action'] {
  const { HeaderOperation, RuleActionType } = chrome.declarativeNetRequest;
  const requestHeaders = Object.entries(headers).map(([header, value]) => ({ header, operation: HeaderOperation.SET, value }));
  return { type: RuleActionType.MODIFY_HEADERS, requestHeaders };
}

/**
 * How many rules there may be for what one tab asks for, and whose servers need not answer. The browser allows all tabs together 5000, of which
 * src/background/header-writes/policy-marks.ts takes 1000 at most: a page that asks for ever more is refused, and no other one is.
 */
const MAXIMUM_OF_TAB = 400;

/** The URL that was asked for. */
export const withoutFragment = (url: string): string => url.split('#', 1)[0] as string;

export class MarkedRequests {
  #count = 0;
  #cleared: Promise<void> | null = null;
  /** How many rules there are for each tab, or will be. */
  readonly #ofTab = new Map<number, number>();

  /** Resolves once requests with the mark get the headers, to a function that ends it. Rejects with a Refusal where the tab has too many. */
  mark(tabId: number, mark: string, headers: RequestHeaders): Promise<() => Promise<void>> {
    return this.markOne(tabId, { urlFilter: filterOf(mark) }, headers);
  }

  /**
   * The same for the fetches that documents of one host in one tab make of one URL, while the function is not called. What is a wildcard in
   * a filter is one in the URL as well.
   */
  markURL(url: string, tabId: number, host: string, headers: RequestHeaders): Promise<() => Promise<void>> {
    const resourceTypes = [chrome.declarativeNetRequest.ResourceType.XMLHTTPREQUEST];
    const from = { tabIds: [tabId], initiatorDomains: [host], resourceTypes };
    return this.markOne(tabId, { urlFilter: `|${url}|`, isUrlFilterCaseSensitive: true, ...from }, headers);
  }

  /** The same for requests that meet the condition. */
  markOne(tabId: number, condition: Condition, headers: RequestHeaders): Promise<() => Promise<void>> {
    return this.#addOne(tabId, condition, setHeaders(headers));
  }

  /** Resolves once frames of the tab that are sent to a URL with the token get to the other one, to a function that ends it. */
  redirect(tabId: number, token: string, url: string): Promise<() => Promise<void>> {
    const { ResourceType, RuleActionType } = chrome.declarativeNetRequest;
    const condition = { urlFilter: token, tabIds: [tabId], resourceTypes: [ResourceType.SUB_FRAME] };
    return this.#addOne(tabId, condition, { type: RuleActionType.REDIRECT, redirect: { url } });
  }

  async #addOne(tabId: number, condition: Condition, action: Rule['action']): Promise<() => Promise<void>> {
    const count = this.#ofTab.get(tabId) ?? 0;
    if (count >= MAXIMUM_OF_TAB) throw new Refusal('OperationError', 'Too many requests of this tab are under way.');
    this.#ofTab.set(tabId, count + 1);
    let release: (() => void) | null = () => {
      release = null;
      const left = (this.#ofTab.get(tabId) ?? 1) - 1;
      if (left > 0) this.#ofTab.set(tabId, left);
      else this.#ofTab.delete(tabId);
    };
    try {
      const unmark = await this.#addAll([condition], action);
      return () => unmark().finally(() => release?.());
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The same for requests that meet one of the conditions, whichever tab they come from; the caller sees to it that there are not too many. */
  markAll(conditions: readonly Condition[], headers: RequestHeaders): Promise<() => Promise<void>> {
    return this.#addAll(conditions, setHeaders(headers));
  }

  async #addAll(conditions: readonly Condition[], action: Rule['action']): Promise<() => Promise<void>> {
    const addRules = conditions.map((condition) => ({ id: ruleOfMarkedRequest.id(this.#count++), priority: PRIORITY, condition, action }));
    this.#cleared ??= removeLeftovers();
    await this.#cleared;
    await chrome.declarativeNetRequest.updateSessionRules({ addRules });
    return () => chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: addRules.map(({ id }) => id) });
  }
}

/** Rules outlive a service worker that was stopped; what they were for was forgotten with it. */
async function removeLeftovers(): Promise<void> {
  const removeRuleIds = (await ruleOfMarkedRequest.all()).map(({ id }) => id);
  if (removeRuleIds.length > 0) await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds });
}
