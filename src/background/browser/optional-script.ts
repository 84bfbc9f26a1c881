/** A further script of pages, and the rules that belong to it, which are there while a setting says so. */

import { browser } from '../../extension/browser';
import { Serial } from '../../store/serial';

export class OptionalScript {
  readonly #script: string;
  readonly #ruleset: string;
  readonly #changes = new Serial();

  /** `script`: its name in src/page, under which it is registered; `ruleset`: the id of its rules. */
  constructor(script: string, ruleset: string) {
    this.#script = script;
    this.#ruleset = ruleset;
  }

  /** Resolves once the next documents get what the setting says, or what one that was applied later says. */
  apply(wanted: boolean): Promise<void> {
    return this.#changes.runNewest(() => this.#set(wanted));
  }

  /** Either of the two may be left from a change that failed half-way. */
  async #set(wanted: boolean): Promise<void> {
    const [id, ruleset] = [this.#script, this.#ruleset];
    const [scripts, rulesets] = await Promise.all([
      browser.scripting.getRegisteredContentScripts({ ids: [id] }),
      chrome.declarativeNetRequest.getEnabledRulesets(),
    ]);
    if (wanted !== rulesets.includes(ruleset))
      await chrome.declarativeNetRequest.updateEnabledRulesets(wanted ? { enableRulesetIds: [ruleset] } : { disableRulesetIds: [ruleset] });
    if (wanted === scripts.length > 0) return;
    if (!wanted) {
      await browser.scripting.unregisterContentScripts({ ids: [id] });
      return;
    }
    await chrome.scripting.registerContentScripts([
      {
        id,
        js: [`src/page/${id}.iife.js`],
        matches: ['<all_urls>'],
        matchOriginAsFallback: true,
        allFrames: true,
        runAt: 'document_start',
        world: 'MAIN',
        persistAcrossSessions: true,
      },
    ]);
  }
}
