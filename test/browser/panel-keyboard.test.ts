/** Each view by the keyboard alone: all that can be done is reached, seen where one is, and the keyboard stays with what it was on, whatever goes. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, type Page, until } from './lab';
import { openPanel, press } from './panel';
import { receiveReports } from './reports';

let lab: Lab;
let page: Page;
let panel: Session;
const SITE = 'keys';

/** The element that has the keyboard, and what is around it. */
const KEYBOARD = `globalThis.focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element === document.body ? null : element;
};
globalThis.hostOf = (element) => element.getRootNode().host ?? null;
globalThis.isIn = (element, name) => element !== null && (element.localName === name || isIn(hostOf(element), name));
globalThis.nameOf = (element) => element && (element.ariaLabel || element.labels?.[0]?.textContent || element.textContent || element.id).trim().replaceAll(/\\s+/g, ' ');`;

beforeAll(async () => {
  lab = await Lab.open();
  await lab.configure({ privateAggregation: { delay: 'manual' } });
  receiveReports(lab);
  lab.serve(
    '/module.js',
    `register('o', class { async run() { console.log('said'); } });
    register('select', class { async run() { return 1; } });
    register('contribute', class { async run() { privateAggregation.contributeToHistogram({ bucket: 1n, value: 2 }); } });`,
  );
  lab.serve('/write', (_request, response) => response.writeHead(200, { 'Shared-Storage-Write': 'set;key=w;value=b, oops' }).end());
  page = await lab.page(SITE);
  await page.evaluate(`(async () => {
    for (const key of ['a', 'b', 'c']) await sharedStorage.set(key, '1');
    await sharedStorage.worklet.addModule('/module.js');
    await sharedStorage.run('o', { keepAlive: true });
    for (let time = 0; time < 2; time++) await sharedStorage.run('contribute', { keepAlive: true });
    await sharedStorage.selectURL('select', [{ url: '/0.html' }, { url: '/1.html' }], { keepAlive: true });
    await fetch('/write', { sharedStorageWritable: true });
    document.body.append(Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts', src: '/blank.html' }));
  })()`);
  panel = await openPanel(lab, `${lab.origin(SITE)}/blank.html`, 'storage');
  await panel.evaluate(`${KEYBOARD}; undefined`);
});
afterAll(() => lab.close());

/** What is true of the element that has the keyboard, `element`. */
const holds = (condition: string): Promise<boolean> =>
  panel.evaluate(`((element) => element !== null && Boolean(${condition}))(focused())`);
const untilHolds = (condition: string) =>
  until(() => holds(condition)).catch(async () => {
    throw new Error(`${condition} never came true of ${await panel.evaluate(`focused()?.outerHTML?.slice(0, 300)`)}`);
  });

/** Presses Tab until the keyboard is on such an element. */
async function tabTo(condition: string): Promise<void> {
  for (let count = 0; count < 60; count++) {
    if (await holds(condition)) return;
    await press(panel, 'Tab');
  }
  throw new Error(`Tab leads to no element of which ${condition} is true`);
}

const tabToButton = (label: string) => tabTo(`element.localName === 'button' && nameOf(element).startsWith(${JSON.stringify(label)})`);

/** As if the keyboard came into the page: from its end it leads into the browser's own window, where a test does not get. */
const begin = () => panel.evaluate(`(document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute('tabindex'))`);

/** Leads to a view by its tab: into the page, to the tabs, and along them. */
async function openView(id: string): Promise<void> {
  await begin();
  await tabTo(`element.role === 'tab'`);
  for (let count = 0; count < 10 && !(await holds(`element.id === 'tab-${id}'`)); count++) {
    const before = await panel.evaluate(`focused().id`);
    await press(panel, 'ArrowRight');
    await untilHolds(`element.role === 'tab' && element.id !== '${before}'`);
  }
  await untilHolds(`element.id === 'tab-${id}' && element.ariaSelected === 'true'`);
}

/** Leads to the rows of the table that the view is about. */
async function tabToRows(): Promise<void> {
  await until(() => panel.evaluate(`all('.halves > lab-table').some((table) => table.shadowRoot.querySelector('.body [role=row]'))`));
  await tabTo(`element.role === 'row' && hostOf(element).parentElement?.classList.contains('halves')`);
}

/** What in the view can be used, and is not reached by Tab, or does not show that the keyboard is on it. */
async function unreachable(): Promise<string[]> {
  await panel.evaluate(`globalThis.reached = new Set(); globalThis.unseen = []; undefined`);
  await begin();
  for (let count = 0; count < 120; count++) {
    await press(panel, 'Tab');
    const isNew = await panel.evaluate(`(() => {
      const element = focused();
      if (!element || reached.has(element)) return false;
      reached.add(element);
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      if (outlineStyle === 'none' || parseFloat(outlineWidth) < 1) unseen.push('no focus ring: ' + element.outerHTML.slice(0, 120));
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom < 0 || top > innerHeight) unseen.push('out of view: ' + element.outerHTML.slice(0, 120));
      return true;
    })()`);
    if (!isNew) break;
  }
  return panel.evaluate(`[...unseen, ...all('button, input, select, textarea, summary, a[href]', first('#panel'))
    .filter((control) => control.tabIndex >= 0 && !control.matches(':disabled') && control.checkVisibility() && !reached.has(control))
    .map((control) => 'not reached: ' + control.outerHTML.slice(0, 120))]`);
}

const VIEWS = ['storage', 'events', 'worklets', 'select-url', 'reports', 'header-writes', 'isolation', 'why-not'];

test.each(VIEWS)('in %s all that can be used is reached with Tab, and seen; with a row that is chosen, its details, too', async (id) => {
  await openView(id);
  expect(await unreachable()).toEqual([]);
  if (!(await panel.evaluate(`Boolean(first('.halves > lab-table'))`))) return;
  await openView(id);
  await tabToRows();
  await press(panel, 'ArrowDown');
  await press(panel, 'Home');
  await press(panel, 'Enter');
  await untilHolds(`element.role === 'row' && element.ariaSelected === 'true'`);
  await until(() => panel.evaluate(`Boolean(first('.details'))`));
  expect(await unreachable()).toEqual([]);
});

test('an entry is edited in its row, in its details, renamed and deleted: the keyboard is never lost', async () => {
  await openView('storage');
  await tabToRows();
  await press(panel, 'Home');
  await press(panel, 'F2');
  await untilHolds(`element.matches('input.cell')`);
  await panel.send('Input.insertText', { text: 'never' });
  await press(panel, 'Escape');
  await untilHolds(`element.role === 'row' && element.textContent.includes('a')`);
  await press(panel, 'F2');
  await untilHolds(`element.matches('input.cell')`);
  await panel.send('Input.insertText', { text: 'in the row' });
  await press(panel, 'Enter');
  await until(async () => (await lab.stored(SITE)).a === 'in the row');
  await untilHolds(`element.role === 'row' && element.textContent.includes('in the row')`);

  await press(panel, 'Enter');
  await tabTo(`element.id === 'value'`);
  await until(() => panel.evaluate(`first('#value').value === 'in the row'`));
  await press(panel, 'End');
  await panel.send('Input.insertText', { text: ', and here' });
  await tabToButton('Save');
  await press(panel, 'Enter');
  await until(async () => (await lab.stored(SITE)).a === 'in the row, and here');
  // The button has no use any more.
  await untilHolds(`isIn(element, 'lab-entry') && !element.matches(':disabled')`);

  await tabToButton('Delete entry');
  await press(panel, 'Enter');
  await until(async () => !('a' in (await lab.stored(SITE))));
  await untilHolds(`element.role === 'row' && element.textContent.includes('b')`);
  await press(panel, 'End');
  await press(panel, 'Enter');
  await tabToButton('Delete entry');
  await press(panel, 'Enter');
  // It was the last one.
  await until(async () => Object.keys(await lab.stored(SITE)).join() === 'b,c');
  await untilHolds(`element.role === 'row' && element.textContent.includes('c')`);

  await tabToButton('Clear…');
  await press(panel, 'Enter');
  await untilHolds(`nameOf(element).startsWith('Yes, clear')`);
  await press(panel, 'Escape');
  await untilHolds(`nameOf(element) === 'Clear…'`);
  await press(panel, 'Enter');
  await untilHolds(`nameOf(element).startsWith('Yes, clear')`);
  await press(panel, 'Enter');
  await until(async () => Object.keys(await lab.stored(SITE)).length === 0);
  // There is nothing to clear.
  await untilHolds(`isIn(element, 'lab-storage') && !element.matches(':disabled')`);
});

test('details that are closed, and rows that go, give the keyboard back to the table', async () => {
  await openView('events');
  await tabToRows();
  await press(panel, 'Enter');
  await tabToButton('Close');
  await press(panel, 'Enter');
  await untilHolds(`element.role === 'row'`);
  // Other events come.
  const count = () => panel.evaluate(`first('.halves > lab-table').rows.length`);
  const before = await count();
  await page.evaluate(`sharedStorage.set('more', '1').then(() => undefined)`);
  await until(async () => (await count()) > before);
  await untilHolds(`element.role === 'row'`);

  await openView('reports');
  await tabToRows();
  await press(panel, 'Enter');
  await tabToButton('Send now');
  await press(panel, 'Enter');
  await until(() => panel.evaluate(`first('.details').innerText.includes('\\nsent ')`));
  await untilHolds(`isIn(element, 'lab-report') && !element.matches(':disabled')`);
  for (let left = 1; left >= 0; left--) {
    await openView('reports');
    await tabToRows();
    await press(panel, 'Enter');
    await tabToButton('Delete');
    await press(panel, 'Enter');
    await until(() => panel.evaluate(`first('.halves > lab-table').rows.length === ${left}`));
    await untilHolds(left > 0 ? `element.role === 'row'` : `element.role === 'grid'`);
  }

  await openView('worklets');
  await tabToRows();
  await press(panel, 'Enter');
  await tabToButton('Terminate');
  await press(panel, 'Enter');
  await untilHolds(`isIn(element, 'lab-confirm')`);
  await press(panel, 'Enter');
  await until(() => panel.evaluate(`Boolean(first('lab-confirm').disabled)`));
  await untilHolds(`isIn(element, 'lab-worklet') && !element.matches(':disabled')`);
});

test('an index is forced, a header tried, and what is refused asked for again, without another key than these', async () => {
  await openView('select-url');
  await tabToRows();
  await press(panel, 'Enter');
  await tabTo(`element.localName === 'select' && isIn(element, 'lab-selection')`);
  await press(panel, 'ArrowDown');
  const forced = () =>
    lab.inExtension(`chrome.storage.local.get('settings').then(({ settings }) => JSON.stringify(settings.selectUrl?.forceIndex ?? null))`);
  await until(async () => (await forced()) === JSON.stringify({ [lab.origin(SITE)]: { select: 0 } }));
  await untilHolds(`element.localName === 'select' && element.value === '0'`);

  await openView('header-writes');
  await tabTo(`element.localName === 'summary'`);
  await press(panel, 'Enter');
  await until(() => panel.evaluate(`first('details').open`));
  await tabTo(`element.localName === 'textarea' || element.localName === 'input'`);
  expect(await holds(`isIn(element, 'lab-try-header')`)).toBe(true);

  await openView('why-not');
  await tabToButton('Check again');
  await press(panel, 'Enter');
  await untilHolds(`nameOf(element) === 'Check again'`);
});
