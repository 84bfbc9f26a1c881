/**
 * Hears of responses without a listener for every request of every page: a static rule matches responses with a certain header
 * and nothing else, and that it matched is the event. The browser tells it of unpacked extensions only, which is how this one
 * is installed.
 */

export type MatchedRule = chrome.declarativeNetRequest.MatchedRuleInfoDebug['rule'];
export type MatchedRequest = chrome.declarativeNetRequest.MatchedRuleInfoDebug['request'];

type Listener = (rule: MatchedRule, request: MatchedRequest) => void;

const listeners = new Map<string, Listener>();

/** Calls back for each match of a rule of the set. Register while the worker starts, so that the browser wakes it. */
export function onMatchedRule(rulesetId: string, listener: Listener): void {
  if (listeners.size === 0)
    chrome.declarativeNetRequest.onRuleMatchedDebug?.addListener(({ rule, request }) => listeners.get(rule.rulesetId)?.(rule, request));
  listeners.set(rulesetId, listener);
}
