// Reloads the extension and every page that is open.

import { dist } from '../extension.mjs';

/** @param {import('./launch.mjs').Browser} browser */
export async function reloadExtension(browser) {
  // Not chrome.runtime.reload(): after it an unpacked extension stays disabled, unless the profile has developer mode on.
  await browser.devtools.send('Extensions.loadUnpacked', { path: dist });
  for (const { targetId, type, url } of [...browser.targets.values()]) {
    if (type !== 'page' || !/^https?:/.test(url)) continue;
    const page = await browser.attach((target) => target.targetId === targetId);
    await page.send('Page.reload');
    await browser.devtools.send('Target.detachFromTarget', { sessionId: page.sessionId });
  }
}
