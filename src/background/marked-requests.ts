/** Session rules that give request headers to single requests: those whose URL's fragment ends in a mark that only we know. */

type RequestHeaders = Record<string, string>;

/**
 * Session rules with these ids are ours; other parts of the extension stay below. A private window's service worker, another
 * process of the same extension (`"incognito": "split"`), has a range of its own.
 */
const RANGE = 1_000_000;
const firstId = (): number => (chrome.extension.inIncognitoContext ? 2 * RANGE : RANGE);

/** Above that of public/rules/over-native.json, which takes away what a native API asks for, and the same as that of the other marks. */
const PRIORITY = 2;

function ruleFor(
  id: number,
  condition: chrome.declarativeNetRequest.RuleCondition,
  headers: RequestHeaders,
): chrome.declarativeNetRequest.Rule {
  const { HeaderOperation, RuleActionType } = chrome.declarativeNetRequest;
  const requestHeaders = Object.entries(headers).map(([header, value]) => ({ header, operation: HeaderOperation.SET, value }));
  return { id, priority: PRIORITY, condition, action: { type: RuleActionType.MODIFY_HEADERS, requestHeaders } };
}

export class MarkedRequests {
  #count = 0;
  #cleared: Promise<void> | null = null;

  /** Resolves once requests with the mark get the headers, to a function that ends it. */
  mark(mark: string, headers: RequestHeaders): Promise<() => Promise<void>> {
    return this.#add({ urlFilter: `#*${mark}|` }, headers);
  }

  /**
   * The same for the fetches that documents of one host in one tab make of one URL, while the function is not called. What is a wildcard in
   * a filter is one in the URL as well.
   */
  markURL(url: string, tabId: number, host: string, headers: RequestHeaders): Promise<() => Promise<void>> {
    const resourceTypes = [chrome.declarativeNetRequest.ResourceType.XMLHTTPREQUEST];
    const from = { tabIds: [tabId], initiatorDomains: [host], resourceTypes };
    return this.#add({ urlFilter: `|${url}|`, isUrlFilterCaseSensitive: true, ...from }, headers);
  }

  async #add(condition: chrome.declarativeNetRequest.RuleCondition, headers: RequestHeaders): Promise<() => Promise<void>> {
    const id = firstId() + this.#count++;
    this.#cleared ??= removeLeftovers();
    await this.#cleared;
    await chrome.declarativeNetRequest.updateSessionRules({ addRules: [ruleFor(id, condition, headers)] });
    return () => chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: [id] });
  }
}

/** Rules outlive a service worker that was stopped; what they were for was forgotten with it. */
async function removeLeftovers(): Promise<void> {
  const rules = await chrome.declarativeNetRequest.getSessionRules();
  const first = firstId();
  const removeRuleIds = rules.map(({ id }) => id).filter((id) => id >= first && id < first + RANGE);
  if (removeRuleIds.length > 0) await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds });
}
