/**
 * While the setting `preferPolyfill` is true, further scripts replace the API of browsers that still have their own, and a rule takes
 * the header off the requests that the browser marks by itself.
 */

import { browser } from '../../extension/browser';
import type { Settings } from '../../extension/settings';

const ID = 'install-over-native';
const RULES = 'over-native';

let last: Promise<unknown> = Promise.resolve();

async function apply(wanted: boolean): Promise<void> {
  const [registered] = await browser.scripting.getRegisteredContentScripts({ ids: [ID] });
  if (wanted === Boolean(registered)) return;
  await chrome.declarativeNetRequest.updateEnabledRulesets(wanted ? { enableRulesetIds: [RULES] } : { disableRulesetIds: [RULES] });
  if (!wanted) {
    await browser.scripting.unregisterContentScripts({ ids: [ID] });
    return;
  }
  await chrome.scripting.registerContentScripts([
    {
      id: ID,
      js: ['src/page/header-writes-over-native.iife.js', 'src/page/install-over-native.iife.js'],
      matches: ['<all_urls>'],
      matchOriginAsFallback: true,
      allFrames: true,
      runAt: 'document_start',
      world: 'MAIN',
      persistAcrossSessions: true,
    },
  ]);
}

/** One change at a time, so that two quick changes of the setting end as the last one says. */
export function applyPreferPolyfill({ preferPolyfill }: Settings): Promise<unknown> {
  last = last.then(() => apply(preferPolyfill));
  return last;
}
