/** While the setting `interestGroups` is true, a further script gives pages the methods, and rules mark the documents whose policy names them. */

import { browser } from '../../extension/browser';
import type { Settings } from '../../extension/settings';
import { Serial } from '../../store/serial';

const ID = 'interest-groups';

/** Either of the two may be left from a change that failed half-way. */
async function apply(wanted: boolean): Promise<void> {
  const [scripts, rulesets] = await Promise.all([
    browser.scripting.getRegisteredContentScripts({ ids: [ID] }),
    chrome.declarativeNetRequest.getEnabledRulesets(),
  ]);
  if (wanted !== rulesets.includes(ID))
    await chrome.declarativeNetRequest.updateEnabledRulesets(wanted ? { enableRulesetIds: [ID] } : { disableRulesetIds: [ID] });
  if (wanted === scripts.length > 0) return;
  if (!wanted) {
    await browser.scripting.unregisterContentScripts({ ids: [ID] });
    return;
  }
  await chrome.scripting.registerContentScripts([
    {
      id: ID,
      js: ['src/page/interest-groups.iife.js'],
      matches: ['<all_urls>'],
      matchOriginAsFallback: true,
      allFrames: true,
      runAt: 'document_start',
      world: 'MAIN',
      persistAcrossSessions: true,
    },
  ]);
}

export class InterestGroupsScript {
  readonly #changes = new Serial();

  /** Resolves once the next documents get what the setting says, or what one that was applied later says. */
  apply({ interestGroups }: Pick<Settings, 'interestGroups'>): Promise<void> {
    return this.#changes.runNewest(() => apply(interestGroups));
  }
}
