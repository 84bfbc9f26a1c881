/** The panel in a tab of its own, and what a test asks of it. */

import type { Session } from '../../scripts/browser/launch.mjs';
import { openPanel as openInTab } from '../../scripts/browser/panel.mjs';
import { type Lab, until } from './lab';

/**
 * Opens the panel for the page at the URL, in a tab with room for all columns. In it, `all(selector)` finds elements through every open shadow root.
 */
export async function openPanel(lab: Lab, url: string, view: string): Promise<Session> {
  const panel = await openInTab(lab.browser, url, view);
  await panel.send('Emulation.setDeviceMetricsOverride', { width: 1600, height: 900, deviceScaleFactor: 1, mobile: false });
  return panel;
}

/** What each cell of the table's rows in view says. */
export const rowsOf = (panel: Session): Promise<string[][]> =>
  panel.evaluate(`all('.body [role=row]').map((row) => [...row.children].map((cell) => cell.textContent.trim()))`);

const KEYS: Readonly<Record<string, number>> = {
  Enter: 13,
  Tab: 9,
  ' ': 32,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  Home: 36,
  End: 35,
  F2: 113,
  Escape: 27,
};

/** Presses a key where the keyboard is. */
export async function press(session: Session, key: string): Promise<void> {
  const described = {
    key,
    code: key,
    windowsVirtualKeyCode: KEYS[key] ?? 0,
    ...(key === 'Enter' ? { text: '\r' } : key === ' ' ? { text: ' ' } : {}),
  };
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...described });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...described });
}

/** Types where the keyboard is, as a person would who chose all of the field first. */
export async function type(session: Session, text: string): Promise<void> {
  await session.evaluate(`document.execCommand('selectAll')`);
  await session.send('Input.insertText', { text });
}

/** Clicks the button that says so, once it is there and enabled. */
export const clickButton = (session: Session, label: string): Promise<true> =>
  until(() =>
    session.evaluate(`(() => {
      const button = all('button:enabled').find(({ textContent }) => textContent.trim() === ${JSON.stringify(label)});
      button?.click();
      return button !== undefined;
    })()`),
  ) as Promise<true>;
