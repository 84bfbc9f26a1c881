/**
 * Hears of responses without a listener for every request of every page: a static rule matches responses with a certain header
 * and nothing else, and that it matched is the event. The browser tells it of unpacked extensions only, which is how this one
 * is installed.
 */

export type MatchedRule = chrome.declarativeNetRequest.MatchedRuleInfoDebug['rule'];
export type MatchedRequest = chrome.declarativeNetRequest.MatchedRuleInfoDebug['request'];

type Listener = (rule: MatchedRule, request: MatchedRequest) => void;

async function isOfThisProfile({ tabId, documentId }: MatchedRequest): Promise<boolean> {
  if (!(await chrome.extension.isAllowedIncognitoAccess())) return true;
  const found = documentId ? chrome.webNavigation.getFrame({ documentId }) : chrome.tabs.get(tabId);
  return found.then(Boolean, () => false);
}

export class MatchedRules {
  /** By the id of the set. */
  readonly #listeners = new Map<string, Listener>();

  /**
   * Calls back for each match of a rule of the set, in this profile and in the other one that has the same rules: the browser tells the workers of both, and not
   * which it was. Register while the worker starts, so that the browser wakes it.
   */
  onMatchAnywhere(rulesetId: string, listener: Listener): void {
    if (this.#listeners.size === 0)
      chrome.declarativeNetRequest.onRuleMatchedDebug?.addListener(({ rule, request }) =>
        this.#listeners.get(rule.rulesetId)?.(rule, request),
      );
    this.#listeners.set(rulesetId, listener);
  }

  /**
   * The same for matches in this profile. Where the extension is allowed in private windows, that takes the document that has asked, or else the tab, while it is there:
   * a worker finds those of its own profile and no others. Of a private window's request there is no tab.
   */
  onMatch(rulesetId: string, listener: Listener): void {
    this.onMatchAnywhere(rulesetId, async (rule, request) => {
      if (await isOfThisProfile(request)) listener(rule, request);
    });
  }
}
