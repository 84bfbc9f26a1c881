/**
 * While the setting `preferPolyfill` is true, a further script replaces the API of browsers that still have their own, and a rule takes
 * the header off the requests that the browser marks by itself.
 */

import { browser } from '../../extension/browser';
import type { Settings } from '../../extension/settings';
import { Serial } from '../../store/serial';

const ID = 'install-over-native';
const RULES = 'over-native';

/** Either of the two may be left from a change that failed half-way. */
async function apply(wanted: boolean): Promise<void> {
  const [scripts, rulesets] = await Promise.all([
    browser.scripting.getRegisteredContentScripts({ ids: [ID] }),
    chrome.declarativeNetRequest.getEnabledRulesets(),
  ]);
  if (wanted !== rulesets.includes(RULES))
    await chrome.declarativeNetRequest.updateEnabledRulesets(wanted ? { enableRulesetIds: [RULES] } : { disableRulesetIds: [RULES] });
  if (wanted === scripts.length > 0) return;
  if (!wanted) {
    await browser.scripting.unregisterContentScripts({ ids: [ID] });
    return;
  }
  await chrome.scripting.registerContentScripts([
    {
      id: ID,
      js: ['src/page/install-over-native.iife.js'],
      matches: ['<all_urls>'],
      matchOriginAsFallback: true,
      allFrames: true,
      runAt: 'document_start',
      world: 'MAIN',
      persistAcrossSessions: true,
    },
  ]);
}

export class PreferPolyfill {
  readonly #changes = new Serial();

  /** Resolves once the next documents get what the setting says, or what one that was applied later says. */
  apply({ preferPolyfill }: Pick<Settings, 'preferPolyfill'>): Promise<void> {
    return this.#changes.runNewest(() => apply(preferPolyfill));
  }
}
