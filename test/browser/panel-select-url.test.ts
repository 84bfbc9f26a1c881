/** The view *Select URL*: calls of real pages, with what they came to, what they cost, and who shows them. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';
import { openPanel, press, rowsOf } from './panel';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  for (let index = 0; index < 8; index++) lab.serve(`/${index}.html`, `<p>${index}`);
});
afterAll(() => lab.close());
afterEach(() => lab.configure({}));

interface Call {
  readonly data?: object;
  readonly count?: number;
}

/** Resolves to the URN. */
const select = (page: Session, { data = {}, count = 4 }: Call): Promise<string> => {
  const urls = JSON.stringify(Array.from({ length: count }, (_, index) => ({ url: `/${index}.html` })));
  return page.evaluate(`sharedStorage.selectURL('select', ${urls}, { keepAlive: true, data: ${JSON.stringify(data)} })`);
};

async function openPage(site: string): Promise<{ page: Session; panel: Session }> {
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js')`);
  return { page, panel: await openPanel(lab, `${lab.origin(site)}/blank.html`, 'select-url') };
}

/** Operation, index, URL and why of each call, the newest first. */
const callsOf = async (panel: Session) =>
  (await rowsOf(panel)).map((row) => row.filter((_cell, index) => row.length < 6 || (index > 0 && index < 5)));
const whys = async (panel: Session) => (await callsOf(panel)).map((call) => call.at(3));
/** What is left of the page's and the site's budgets. */
const leftOf = (panel: Session): Promise<string[]> => panel.evaluate(`all('.budget b').map(({ textContent }) => textContent.trim())`);
const detailsOf = (panel: Session): Promise<string> => panel.evaluate(`first('.details')?.innerText ?? ''`);

/** Chooses the newest call by keyboard. */
async function chooseNewest(panel: Session): Promise<string> {
  await until(() => panel.evaluate(`Boolean(first('.body [role=row]'))`));
  await panel.evaluate(`first('.body [role=row]').focus()`);
  await press(panel, 'Enter');
  return until(() => detailsOf(panel));
}

test('says which URL won and why, as calls come, and what was left before and after', async () => {
  const { page, panel } = await openPage('calls');
  await select(page, { data: { returns: 2 } });
  await until(async () => (await callsOf(panel)).length === 1 && !(await whys(panel)).includes('not decided yet'));
  expect(await callsOf(panel)).toEqual([['select', '2 of 4', `${lab.origin('calls')}/2.html`, 'returned by the operation']]);
  await chooseNewest(panel);
  await until(async () => /2\.html \(won\)[\s\S]*6 bits before, 4 after/.test(await detailsOf(panel)));
  await select(page, { data: { returns: 9 }, count: 2 });
  await select(page, { data: { throws: true }, count: 2 });
  await select(page, { data: { returns: 1 }, count: 8 });
  await until(async () => (await whys(panel)).length === 4 && !(await whys(panel)).includes('not decided yet'));
  expect(await whys(panel)).toEqual([
    'no budget left, so it is the first URL: that of the site on this page',
    'failed operation, so it is the first URL: Error: as told',
    'index out of range, so it is the first URL',
    'returned by the operation',
  ]);
  await until(async () => String(await leftOf(panel)) === '8 of 12 bits left,2 of 6 bits left,12 of 12 bits left');
  await Promise.all([page.close(), panel.close()]);
});

test('frames that show a URL are named, of both kinds', async () => {
  const { page, panel } = await openPage('shown');
  const urn = await select(page, { data: { returns: 1 }, count: 2 });
  await page.evaluate(`document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(urn)} })), undefined`);
  const shownIn = (pattern: RegExp) => until(async () => pattern.test(await chooseNewest(panel)));
  await shownIn(/^Shown in\s+iframe \d+$/m);
  await page.evaluate(`sharedStorage.selectURL('select', [{ url: '/5.html' }], { keepAlive: true, resolveToConfig: true }).then((config) => {
    document.body.append(Object.assign(document.createElement('fencedframe'), { config }));
  })`);
  await until(async () => (await callsOf(panel)).length === 2);
  await shownIn(/^Shown in\s+fenced frame \d+$/m);
  await Promise.all([page.close(), panel.close()]);
});

test('an index that is forced is selected from the next call on; the operation decides again afterwards', async () => {
  const { page, panel } = await openPage('forced');
  await select(page, { data: { returns: 0 }, count: 2 });
  await until(async () => (await whys(panel)).includes('returned by the operation'));
  await chooseNewest(panel);
  const force = (value: string) =>
    panel.evaluate(
      `(() => { const select = first('lab-selection').shadowRoot.querySelector('select'); select.value = '${value}'; select.dispatchEvent(new Event('change')); })()`,
    );
  const isForced = (index: number | undefined) =>
    until(async () => {
      const { settings } = await lab.inExtension<{ settings: { selectUrl?: { forceIndex?: Record<string, Record<string, number>> } } }>(
        `chrome.storage.local.get('settings')`,
      );
      return settings.selectUrl?.forceIndex?.[lab.origin('forced')]?.select === index;
    });
  await force('1');
  await isForced(1);
  await select(page, { data: { returns: 0 }, count: 2 });
  await until(async () => (await callsOf(panel))[0]?.join().includes('1 of 2'));
  expect((await whys(panel))[0]).toBe('forced by the setting selectUrl.forceIndex');
  await force('');
  await isForced(undefined);
  await select(page, { data: { returns: 0 }, count: 2 });
  await until(async () => (await whys(panel)).length === 3 && (await whys(panel))[0] === 'returned by the operation');
  await Promise.all([page.close(), panel.close()]);
});

test('the budget of a page is given back by a press of Reset', async () => {
  const { page, panel } = await openPage('reset');
  await select(page, { data: { returns: 1 }, count: 8 });
  await select(page, { data: { returns: 1 }, count: 8 });
  await until(async () => String(await leftOf(panel)) === '6 of 12 bits left,0 of 6 bits left,12 of 12 bits left');
  await panel.evaluate(`first('lab-budgets').shadowRoot.querySelector('button').focus()`);
  await press(panel, 'Enter');
  await until(async () => String(await leftOf(panel)) === '12 of 12 bits left,6 of 6 bits left,12 of 12 bits left');
  await select(page, { data: { returns: 3 } });
  await until(async () => (await callsOf(panel))[0]?.[1] === '3 of 4');
  await Promise.all([page.close(), panel.close()]);
});
