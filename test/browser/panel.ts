/** The panel in a tab of its own, and what a test asks of it. */

import type { Session } from '../../scripts/browser/launch.mjs';
import { type Lab, until } from './lab';

/** The number that the browser's extensions know the tab by. */
export const tabOf = (lab: Lab, url: string): Promise<number> =>
  until(() =>
    lab.inExtension<number | undefined>(`chrome.tabs.query({}).then((tabs) => tabs.find((tab) => tab.url === ${JSON.stringify(url)})?.id)`),
  );

export const panelAddress = (lab: Lab, tabId: number, view: string): string =>
  `chrome-extension://${lab.browser.extensionId}/src/panel/index.html?tab=${tabId}&view=${view}`;

/** What tests evaluate in the panel: `all(selector)` finds elements through every open shadow root. */
const FIND = `globalThis.all = (selector, root = document) => [
  ...root.querySelectorAll(selector),
  ...[...root.querySelectorAll('*')].flatMap((element) => (element.shadowRoot ? all(selector, element.shadowRoot) : [])),
];
globalThis.first = (selector) => all(selector).at(0);`;

/** Gives a page of ours the functions above. */
export const prepareToFind = (session: Session) => session.send('Page.addScriptToEvaluateOnNewDocument', { source: FIND });

/** Opens the panel for the page at the URL, in a tab. */
export async function openPanel(lab: Lab, url: string, view: string): Promise<Session> {
  const address = panelAddress(lab, await tabOf(lab, url), view);
  return lab.browser.openPage(address, { prepare: prepareToFind });
}

/** What each cell of the table's rows in view says. */
export const rowsOf = (panel: Session): Promise<string[][]> =>
  panel.evaluate(`all('.body [role=row]').map((row) => [...row.children].map((cell) => cell.textContent.trim()))`);

const KEYS: Readonly<Record<string, number>> = {
  Enter: 13,
  Tab: 9,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  Home: 36,
  End: 35,
};

/** Presses a key where the keyboard is. */
export async function press(session: Session, key: string): Promise<void> {
  const described = { key, code: key, windowsVirtualKeyCode: KEYS[key] ?? 0, ...(key === 'Enter' ? { text: '\r' } : {}) };
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...described });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...described });
}
