// The settings that the demo's pages need: the message guard watches the origin isolation page, whose documents the demo's server keys, and the page of event handlers may
// register some.

import { isolationHosts } from './isolation-sites.mjs';

/**
 * Resolves once the next page is watched.
 * @param {import('../browser/launch.mjs').Browser} browser
 * @param {{ origin: (site: string) => string }} demo
 */
export async function watchIsolation(browser, demo) {
  const isolation = Object.fromEntries(isolationHosts.map((host) => [demo.origin(host), 'respect']));
  const worker = await browser.serviceWorker();
  await worker.evaluate(`(async () => {
    await chrome.storage.local.set({ settings: ${JSON.stringify({ isolation, possibilities: { eventHandlers: true } })} });
    const isReady = (ids) => ['message-guard', 'event-handlers'].every((name) => ids.some((id) => id.startsWith(name)));
    while (!isReady((await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id)))
      await new Promise((resolve) => setTimeout(resolve, 20));
  })()`);
  await worker.detach();
}

/**
 * The toolbar badge of the tab that shows an address.
 * @param {import('../browser/launch.mjs').Browser} browser
 * @param {string} url
 * @returns {Promise<string>}
 */
export async function badgeOf(browser, url) {
  const worker = await browser.serviceWorker();
  const text = await worker.evaluate(`(async () => {
    const tabs = await chrome.tabs.query({});
    const tab = tabs.find((one) => one.url === ${JSON.stringify(url)});
    for (let tries = 0; tab && tries < 100; tries++) {
      const text = await chrome.action.getBadgeText({ tabId: tab.id });
      if (text !== '') return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return 'none';
  })()`);
  await worker.detach();
  return text;
}
