/** A further script of pages, and what belongs to it, which are there while a setting says so. */

import { browser } from '../../extension/browser';
import { Serial } from '../../store/serial';

export interface OptionalScriptOptions {
  /** The id of its rules; without it, it has none. */
  readonly ruleset?: string;
  /** Whether a script of the same name in src/content hears in the isolated world what it hands over. */
  readonly hasRelay?: boolean;
}

const COMMON: Partial<chrome.scripting.RegisteredContentScript> = {
  matches: ['<all_urls>'],
  matchOriginAsFallback: true,
  allFrames: true,
  runAt: 'document_start',
  persistAcrossSessions: true,
};

export class OptionalScript {
  readonly #scripts: readonly chrome.scripting.RegisteredContentScript[];
  readonly #ruleset: string | undefined;
  readonly #changes = new Serial();

  /** `script`: its name in src/page, under which it is registered. */
  constructor(script: string, { ruleset, hasRelay = false }: OptionalScriptOptions) {
    // The browser injects in the order of the ids: the isolated world listens before the page's realm hands anything over.
    const relay = { ...COMMON, id: `0 ${script}`, js: [`src/content/${script}.iife.js`] };
    const main = { ...COMMON, id: script, js: [`src/page/${script}.iife.js`], world: 'MAIN' as const };
    this.#scripts = hasRelay ? [relay, main] : [main];
    this.#ruleset = ruleset;
  }

  /** Resolves once the next documents get what the setting says, or what one that was applied later says. */
  apply(wanted: boolean): Promise<void> {
    return this.#changes.runNewest(() => this.#set(wanted));
  }

  /** Any of them may be left from a change that failed half-way. */
  async #set(wanted: boolean): Promise<void> {
    const ruleset = this.#ruleset;
    const [registered, rulesets] = await Promise.all([
      browser.scripting.getRegisteredContentScripts({ ids: this.#scripts.map(({ id }) => id) }),
      ruleset === undefined ? ([] as string[]) : chrome.declarativeNetRequest.getEnabledRulesets(),
    ]);
    if (ruleset !== undefined && wanted !== rulesets.includes(ruleset))
      await chrome.declarativeNetRequest.updateEnabledRulesets(wanted ? { enableRulesetIds: [ruleset] } : { disableRulesetIds: [ruleset] });
    if (registered.length === (wanted ? this.#scripts.length : 0)) return;
    if (registered.length > 0) await browser.scripting.unregisterContentScripts({ ids: registered.map(({ id }) => id) });
    if (wanted) await chrome.scripting.registerContentScripts([...this.#scripts]);
  }
}
