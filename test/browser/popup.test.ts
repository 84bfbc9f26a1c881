/** What the toolbar button opens, here in a tab of its own. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

const openPopup = () => lab.browser.openPage(`chrome-extension://${lab.browser.extensionId}/src/popup/index.html`);

test('lists what each origin has stored, shows the entries as text, and clears one origin only', async () => {
  for (const site of ['first', 'second']) {
    const page = await lab.page(site);
    await page.evaluate(
      `Promise.all([sharedStorage.set('<b>key</b>', 'value'), sharedStorage.set('other', 'x'.repeat(2000))]).then(() => undefined)`,
    );
    await page.close();
  }
  const popup = await openPopup();
  const rows = () =>
    popup.evaluate(`[...document.querySelectorAll('#origins tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText))`);
  const press = (label: string) =>
    popup.evaluate(
      `[...document.querySelectorAll('#origins tbody tr')].find((row) => row.innerText.startsWith('${lab.origin('first')}')).querySelectorAll('button').forEach((button) => button.textContent === '${label}' && button.click())`,
    );
  const listed = await until(async () => {
    const now = (await rows()) as string[][];
    return now.length === 2 && now;
  });
  expect(listed.map((row) => row.slice(0, 3))).toEqual([
    [lab.origin('first'), '2', '3.9 kB'],
    [lab.origin('second'), '2', '3.9 kB'],
  ]);
  await press('Show');
  await until(async () => String(await rows()).includes('<b>key</b>\nvalue'));
  await press('Clear');
  await until(async () => ((await rows()) as string[][]).map(([origin]) => origin).join() === lab.origin('second'));
  expect(await lab.stored('first')).toEqual({});
  expect(Object.keys(await lab.stored('second'))).toEqual(['<b>key</b>', 'other']);
  await popup.close();
});

test('says what happened and why not, newest first, and shows only the refusals when asked', async () => {
  const page = await lab.page('events');
  await page.evaluate(
    `sharedStorage.set('small', 'x').then(() => sharedStorage.set('large', 'x'.repeat(2_621_440))).then(() => undefined)`,
  );
  const popup = await openPopup();
  const events = () => popup.evaluate(`document.querySelector('#events tbody').innerText`);
  await until(async () => /would have more than its quota of 5242880 bytes/.test(String(await events())));
  const all = String(await events());
  expect(all.indexOf('"large"')).toBeLessThan(all.indexOf('"small"'));
  await popup.evaluate(`document.querySelector('#only-refusals').click()`);
  await until(async () => !String(await events()).includes('"small"'));
  expect(String(await events())).toContain('"large"');
  await popup.close();
  await page.close();
});

test('everything is cleared after a second click, not after the first', async () => {
  const page = await lab.page('all');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  const popup = await openPopup();
  const isEmpty = () => popup.evaluate(`!document.querySelector('#no-origins').hidden`);
  await until(() =>
    popup.evaluate(`!document.querySelector('#clear-all').disabled && document.querySelectorAll('#origins tbody tr').length > 0`),
  );
  await popup.evaluate(`document.querySelector('#clear-all').click()`);
  expect(await lab.stored('all')).toEqual({ k: 'v' });
  await popup.evaluate(`document.querySelector('#clear-all').click()`);
  await until(isEmpty);
  expect(await lab.stored('all')).toEqual({});
  await popup.close();
});
