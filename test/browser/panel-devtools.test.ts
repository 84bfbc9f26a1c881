/** The panel in the real developer tools: they are opened on a page, the panel is found in them, and it is used. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { FIND } from '../../scripts/browser/panel.mjs';
import { EXTENSION, Lab, until } from './lab';
import { clickButton, openPanel, rowsOf, type as typeText } from './panel';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** Shows the panel: nothing of it is loaded before. The developer tools name it by its extension's origin and its title, without spaces. */
const showPanel = (frontend: Session) =>
  until(() =>
    frontend
      .evaluate(`import('./ui/legacy/legacy.js').then(async ({ InspectorView }) => {
        const inspector = InspectorView.InspectorView.instance();
        const id = 'chrome-extension://${lab.browser.extensionId}SharedStorage';
        if (!inspector.hasPanel(id)) return false;
        await inspector.showPanel(id);
        return true;
      })`)
      .catch(() => false),
  );

const isPanel = ({ url }: { readonly url?: unknown }) => /^chrome-extension:\/\/[a-z]+\/panel\.html\?tab=\d+$/.test(String(url));

/** Opens the developer tools on the page, and the panel in them. */
async function openTools({ targetId }: Session): Promise<Session> {
  await lab.browser.devtools.send('Target.openDevTools', { targetId });
  await showPanel(await lab.browser.attach(({ url }) => String(url).startsWith('devtools://')));
  const panel = await lab.browser.attach(isPanel);
  await panel.evaluate(`${FIND}; 0`);
  return panel;
}

test('is there, about the page that is inspected; what is changed in it is changed for the page', async () => {
  const page = await lab.page('tools');
  await page.evaluate(`sharedStorage.set('seen', 'in the tools').then(() => undefined)`);
  const panel = await openTools(page);
  await until(async () => (await rowsOf(panel)).some((row) => row.includes('seen') && row.includes('in the tools')));
  await clickButton(panel, 'Add entry');
  await until(() => panel.evaluate(`Boolean(first('#key'))`));
  await panel.evaluate(`first('#key').focus()`);
  await typeText(panel, 'added');
  await panel.evaluate(`first('#value').focus()`);
  await typeText(panel, 'in the tools');
  await clickButton(panel, 'Save');
  await until(async () => (await lab.stored('tools')).added === 'in the tools');
  await clickButton(panel, 'Events');
  await until(async () => (await rowsOf(panel)).some((row) => row.includes('set by hand')));
  // A reload of the page is a navigation in the tools too: the list starts anew.
  await page.navigate(`${lab.origin('tools')}/blank.html?again`);
  await until(async () => (await rowsOf(panel)).length === 0);
  await page.evaluate(`sharedStorage.delete('added').then(() => undefined)`);
  await until(async () => (await rowsOf(panel)).some((row) => row.includes('delete')));
  expect(await panel.evaluate(`typeof chrome.devtools.inspectedWindow.tabId`)).toBe('number');
  await page.close();
});

test('beside the panel in a tab: each shows what is changed in the other', async () => {
  const page = await lab.page('both');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  const inTools = await openTools(page);
  const inTab = await openPanel(lab, `${lab.origin('both')}/blank.html`, 'storage');
  for (const panel of [inTools, inTab])
    await until(async () => (await rowsOf(panel)).some((row) => row.includes('k') && row.includes('v')));
  await clickButton(inTab, 'Clear…');
  await clickButton(inTab, 'Yes, clear the one entry of this origin');
  await until(async () => !(await rowsOf(inTools)).some((row) => row.includes('k') && row.includes('v')));
  await Promise.all([page, inTab].map((session) => session.close()));
});

test('the extension is reloaded: the browser closes the tools that show the panel, and in new ones it is there, with all that is stored', async () => {
  const page = await lab.page('reloaded');
  await page.evaluate(`sharedStorage.set('kept', 'by the store').then(() => undefined)`);
  await openTools(page);
  await lab.browser.devtools.send('Extensions.loadUnpacked', { path: EXTENSION });
  await until(() => ![...lab.browser.targets.values()].some(({ url }) => String(url).startsWith('devtools://') || isPanel({ url })));
  const panel = await openTools(page);
  // Of a page that was open before, the panel says what is stored for its origin; the page itself has to be loaded anew.
  await until(async () => (await rowsOf(panel)).some((row) => row.includes('kept') && row.includes('by the store')));
  await page.close();
});
