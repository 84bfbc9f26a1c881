/** What the toolbar button opens, about a page in another tab. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';
import { button, click, faultsOf, openOwn, tabOf } from './own-pages';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

const openPopup = async (site: string) => openOwn(lab, `popup/popup.html?tab=${await tabOf(lab, `${lab.origin(site)}/blank.html`)}`);
type Popup = Awaited<ReturnType<typeof openPopup>>;

const says = (popup: Popup): Promise<string> =>
  popup.evaluate(`all('section, dl, p, li, table').map((element) => element.textContent.replaceAll(/\\s+/g, ' ').trim()).join('\\n')`);
const stored = () => lab.inExtension(`chrome.storage.local.get('settings').then(({ settings }) => settings)`);

test('counts what the page used, says what was refused and why, and what is left of its budgets', async () => {
  await lab.configure({});
  const page = await lab.page('used');
  const other = await lab.page('unrelated');
  await other.evaluate(`sharedStorage.set('elsewhere', 'x'.repeat(2_621_440)).then(() => undefined)`);
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  const popup = await openPopup('used');
  await until(async () => (await says(popup)).includes('Calls of windows1'));
  // Live, as things happen.
  await page.evaluate(`sharedStorage.set('large', 'x'.repeat(2_621_440)).then(() => undefined)`);
  await until(async () => (await says(popup)).includes('would have more than its quota of 5242880 bytes'));
  await until(async () => (await says(popup)).includes('Calls of windows2'));
  expect(await says(popup)).not.toContain('unrelated');
  await until(async () => (await says(popup)).includes(`${lab.origin('used').replace(/:\d+$/, '')}12612`));
  await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js')`);
  const urls = JSON.stringify([0, 1, 2, 3].map((index) => ({ url: `${lab.origin('used')}/blank.html?${index}` })));
  await page.evaluate(`sharedStorage.selectURL('select', ${urls}, { data: { returns: 2 }, keepAlive: true }).then(String)`);
  await until(async () => (await says(popup)).includes(`${lab.origin('used').replace(/:\d+$/, '')}10412`));
  expect(await faultsOf(popup, 'popup')).toEqual([]);
  await Promise.all([page.close(), other.close(), popup.close()]);
});

test('switches the API off and on for the site', async () => {
  await lab.configure({ blockedSites: ['https://elsewhere.example'] });
  const page = await lab.page('switched');
  const outcome = (): Promise<string> => page.evaluate(`sharedStorage.set('k', 'v').then(() => 'fulfilled', ({ message }) => message)`);
  expect(await outcome()).toBe('fulfilled');
  const popup = await openPopup('switched');
  const toggle = `first('[role=switch]')`;
  await until(() => popup.evaluate(`${toggle}?.checked === true`));
  await click(popup, toggle);
  await until(async () => (await outcome()) === 'sharedStorage is disabled');
  expect(await stored()).toEqual({ blockedSites: ['https://elsewhere.example', 'http://switched.localhost'] });
  await until(async () => (await says(popup)).includes('The site is in settings.blockedSites'));
  await click(popup, toggle);
  await until(async () => (await outcome()) === 'fulfilled');
  expect(await stored()).toEqual({ blockedSites: ['https://elsewhere.example'] });
  await Promise.all([page.close(), popup.close()]);
});

test('opens the panel for the page', async () => {
  const page = await lab.page('inspected');
  const popup = await openPopup('inspected');
  await click(popup, button('Open panel'));
  const tabId = await tabOf(lab, `${lab.origin('inspected')}/blank.html`);
  await until(() => [...lab.browser.targets.values()].some(({ url }) => String(url).includes(`/panel.html?tab=${tabId}`)));
  await page.close();
});

test('forgets all entries, budgets and reports, when it was asked twice', async () => {
  await lab.configure({});
  const page = await lab.page('forgotten');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  const popup = await openPopup('forgotten');
  await click(popup, button('Reset all…'));
  expect(await lab.stored('forgotten')).toEqual({ k: 'v' });
  await click(popup, button('Yes, forget'));
  await until(() => popup.evaluate(`first('[role=status]').textContent.includes('forgotten')`));
  expect(await lab.stored('forgotten')).toEqual({});
  await Promise.all([page.close(), popup.close()]);
});
