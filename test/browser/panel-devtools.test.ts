/** The panel in the real developer tools: they are opened on a page, the panel is found in them, and it is used. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { FIND } from '../../scripts/browser/panel.mjs';
import { Lab, until } from './lab';
import { clickButton, rowsOf, type as typeText } from './panel';

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

test('is there, about the page that is inspected; what is changed in it is changed for the page', async () => {
  const page = await lab.page('tools');
  await page.evaluate(`sharedStorage.set('seen', 'in the tools').then(() => undefined)`);
  await lab.browser.devtools.send('Target.openDevTools', { targetId: page.targetId });
  const frontend = await lab.browser.attach(({ url }) => String(url).startsWith('devtools://'));
  await showPanel(frontend);
  const panel = await lab.browser.attach(({ url }) => /^chrome-extension:\/\/[a-z]+\/panel\.html\?tab=\d+$/.test(String(url)));
  await panel.evaluate(`${FIND}; 0`);
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
