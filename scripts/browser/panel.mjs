// The panel in a tab of its own, for scripts.

/** @typedef {import('./launch.mjs').Browser} Browser */
/** @typedef {import('./launch.mjs').Session} Session */

/** `all(selector)` finds elements through every open shadow root, `first(selector)` the first of them. */
export const FIND = `globalThis.all = (selector, root = document) => [
  ...root.querySelectorAll(selector),
  ...[...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? all(selector, element.shadowRoot) : [])),
];
globalThis.first = (selector) => all(selector).at(0);`;

/**
 * @param {Browser} browser
 * @param {string} url of the page in the tab
 * @param {string} view
 * @returns {Promise<string>} the panel's address
 */
export async function panelAddress(browser, url, view) {
  const worker = await browser.serviceWorker();
  const tabId = await worker.evaluate(`chrome.tabs.query({}).then((tabs) => tabs.find((tab) => tab.url === ${JSON.stringify(url)})?.id)`);
  await worker.detach();
  if (tabId === undefined) throw new Error(`no tab shows ${url}`);
  return `chrome-extension://${browser.extensionId}/panel.html?tab=${tabId}&view=${view}`;
}

/**
 * Opens the panel for the page at the URL, with the functions above in it.
 *
 * @param {Browser} browser
 * @param {string} url
 * @param {string} view
 * @returns {Promise<Session>}
 */
export async function openPanel(browser, url, view) {
  const address = await panelAddress(browser, url, view);
  return browser.openPage(address, {
    prepare: async (page) => {
      await page.send('Page.addScriptToEvaluateOnNewDocument', { source: FIND });
      // As if its window were in front: others are opened beside it.
      await page.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    },
  });
}
