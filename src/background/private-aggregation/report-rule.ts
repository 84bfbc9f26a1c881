/**
 * Reports are sent as by the browser itself: nobody's request, from nowhere. Only requests of this extension that belong to no tab are changed: a
 * page that sends something to the same address cannot pass for the browser.
 */

import { DEBUG_PATH, LIVE_PATH } from '../../spec/private-aggregation/aggregatable-report';
import { ruleOfReports } from '../browser/session-rules';

type Rule = chrome.declarativeNetRequest.Rule;

function ruleFor(path: string, index: number): Rule {
  const { HeaderOperation, RequestMethod, ResourceType, RuleActionType } = chrome.declarativeNetRequest;
  return {
    id: ruleOfReports.id(index),
    condition: {
      urlFilter: `|http*://*${path}|`,
      requestMethods: [RequestMethod.POST],
      resourceTypes: [ResourceType.XMLHTTPREQUEST],
      initiatorDomains: [chrome.runtime.id],
      tabIds: [chrome.tabs.TAB_ID_NONE],
    },
    action: {
      type: RuleActionType.MODIFY_HEADERS,
      requestHeaders: [
        { header: 'Origin', operation: HeaderOperation.REMOVE },
        { header: 'Sec-Fetch-Site', operation: HeaderOperation.SET, value: 'none' },
        { header: 'Sec-Fetch-Mode', operation: HeaderOperation.SET, value: 'no-cors' },
        // Native's own requests have none.
        { header: 'Accept', operation: HeaderOperation.REMOVE },
        { header: 'Accept-Language', operation: HeaderOperation.REMOVE },
      ],
    },
  };
}

async function add(): Promise<void> {
  const addRules = [LIVE_PATH, DEBUG_PATH].map(ruleFor);
  await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: addRules.map(({ id }) => id), addRules });
}

export class ReportRule {
  #added: Promise<void> | null = null;

  /** Resolves once the rule is in place. */
  add(): Promise<void> {
    this.#added ??= add();
    this.#added.catch(() => {
      this.#added = null;
    });
    return this.#added;
  }
}
