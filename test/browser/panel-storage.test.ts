/** The panel's view of what is stored: read, searched, sorted and changed by hand. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';
import { clickButton, openPanel, press, rowsOf, type as typeText } from './panel';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** Keys and values of the entries in view. */
const entriesIn = async (panel: Session): Promise<string[][]> =>
  panel.evaluate(`all('.body [role=row]', first('#entries')?.shadowRoot ?? document.createElement('p')).map((row) =>
    [...row.children].slice(0, 2).map((cell) => cell.textContent.trim()))`);

const focusRow = (panel: Session, key: string) =>
  until(() =>
    panel.evaluate(`(() => {
      const row = all('.body [role=row]', first('#entries')?.shadowRoot ?? document.createElement('p')).find((one) => one.firstElementChild.textContent.trim() === ${JSON.stringify(key)});
      row?.click();
      row?.focus();
      return row !== undefined;
    })()`),
  );

const openFor = (site: string) => openPanel(lab, `${lab.origin(site)}/blank.html`, 'storage');

test('shows the entries of the page’s origins, as they come; others on request', async () => {
  const page = await lab.page('shown');
  const other = await lab.page('elsewhere');
  await page.evaluate(`Promise.all([sharedStorage.set('b', '<i>2</i>'), sharedStorage.set('a', '1')]).then(() => undefined)`);
  await other.evaluate(`sharedStorage.set('c', '3').then(() => undefined)`);
  const panel = await openFor('shown');
  await until(async () => String(await entriesIn(panel)) === 'a,1,b,<i>2</i>');
  expect(await panel.evaluate(`first('.origins').shadowRoot.querySelector('.body').innerText`)).not.toContain('elsewhere');
  await page.evaluate(`sharedStorage.set('aa', 'new').then(() => undefined)`);
  await until(async () => String(await entriesIn(panel)) === 'a,1,aa,new,b,<i>2</i>');
  await panel.evaluate(`first('input[type=checkbox]').click()`);
  await until(() => panel.evaluate(`first('.origins').shadowRoot.querySelector('.body').innerText.includes('elsewhere')`));
  await Promise.all([page.close(), other.close(), panel.close()]);
});

test('what is edited in place is what a worklet reads; a key can be changed, and an entry added and deleted', async () => {
  const page = await lab.page('edited');
  await page.evaluate(`Promise.all([sharedStorage.set('name', 'before'), sharedStorage.set('gone', 'x')]).then(() => undefined)`);
  const panel = await openFor('edited');
  await focusRow(panel, 'name');
  await press(panel, 'F2');
  await until(() => panel.evaluate(`first('input.cell')?.matches(':focus')`));
  await typeText(panel, 'after');
  await press(panel, 'Enter');
  await until(async () => (await lab.stored('edited')).name === 'after');
  // The keyboard is on the row again.
  await until(() => panel.evaluate(`first('[role=row]:focus')?.firstElementChild.textContent.trim() === 'name'`));

  await focusRow(panel, 'gone');
  await clickButton(panel, 'Delete entry');
  await until(async () => !('gone' in (await lab.stored('edited'))));

  await clickButton(panel, 'Add entry');
  await until(() => panel.evaluate(`first('#key')?.matches(':focus')`));
  await typeText(panel, 'added');
  await panel.evaluate(`first('#value').focus()`);
  await typeText(panel, '{"list": [1]}');
  await until(() => panel.evaluate(`first('lab-json')?.shadowRoot.textContent.includes('list')`));
  await clickButton(panel, 'Save');
  await until(async () => (await lab.stored('edited')).added === '{"list": [1]}');

  await focusRow(panel, 'name');
  await until(() => panel.evaluate(`first('#key')?.value === 'name'`));
  await panel.evaluate(`first('#key').select(), first('#key').focus()`);
  await typeText(panel, 'added');
  await clickButton(panel, 'Save');
  await until(() => panel.evaluate(`first('lab-entry').shadowRoot.textContent.includes('There is an entry with this key already.')`));
  await panel.evaluate(`first('#key').select(), first('#key').focus()`);
  await typeText(panel, 'renamed');
  // With what was said there the button has moved.
  await until(() => panel.evaluate(`first('#key').value === 'renamed' && !first('lab-entry').shadowRoot.querySelector('[role=alert]')`));
  await clickButton(panel, 'Save');
  await until(async () => JSON.stringify(await lab.stored('edited')) === JSON.stringify({ added: '{"list": [1]}', renamed: 'after' }));
  await Promise.all([page.close(), panel.close()]);
});

test('all of a long value and its line breaks stay when something else is changed', async () => {
  const page = await lab.page('long');
  const value = `first\r\n${'x'.repeat(3000)}`;
  await page.evaluate(`sharedStorage.set('long', ${JSON.stringify(value)}).then(() => undefined)`);
  const panel = await openFor('long');
  await focusRow(panel, 'long');
  await until(() => panel.evaluate(`first('#value')?.value.length === 3006`));
  await panel.evaluate(`first('#key').select(), first('#key').focus()`);
  await typeText(panel, 'kept');
  await clickButton(panel, 'Save');
  await until(async () => JSON.stringify(await lab.stored('long')) === JSON.stringify({ kept: value }));
  await Promise.all([page.close(), panel.close()]);
});

test('a value that the quota does not allow is refused with the reason; clearing asks first', async () => {
  const page = await lab.page('full');
  await page.evaluate(`Promise.all([sharedStorage.set('a', '1'), sharedStorage.set('b', '2')]).then(() => undefined)`);
  await lab.configure({ quotaBytes: 100 });
  const panel = await openFor('full');
  await focusRow(panel, 'a');
  await until(() => panel.evaluate(`first('#value')?.value === '1'`));
  await panel.evaluate(`first('#value').focus()`);
  await typeText(panel, 'x'.repeat(100));
  await clickButton(panel, 'Save');
  await until(() => panel.evaluate(`first('lab-entry').shadowRoot.textContent.includes('more than its quota of 100 bytes')`));
  await clickButton(panel, 'Clear…');
  expect(Object.keys(await lab.stored('full'))).toEqual(['a', 'b']);
  await clickButton(panel, 'Yes, clear the 2 entries of this origin');
  await until(async () => Object.keys(await lab.stored('full')).length === 0);
  await until(() => panel.evaluate(`all('[role=status]').some(({ textContent }) => textContent.includes('2 entries were cleared.'))`));
  await lab.configure({});
  await Promise.all([page.close(), panel.close()]);
});

test('two panels of one tab: each shows what is changed in the other, and neither writes over it unseen', async () => {
  const page = await lab.page('together');
  await page.evaluate(`Promise.all([sharedStorage.set('b', '1'), sharedStorage.set('c', '1')]).then(() => undefined)`);
  const [one, other] = [await openFor('together'), await openFor('together')];
  const change = async (panel: Session, value: string) => {
    await focusRow(panel, 'b');
    await until(() => panel.evaluate(`Boolean(first('#value')?.value)`));
    await panel.evaluate(`first('#value').focus()`);
    await typeText(panel, value);
    await until(() => panel.evaluate(`first('#value').value === ${JSON.stringify(value)}`));
  };
  await focusRow(one, 'b');
  await press(one, 'F2');
  await until(() => one.evaluate(`first('input.cell')?.matches(':focus')`));
  await typeText(one, 'typed');
  // Another row comes before it, and its value is changed: what is typed stays where it is typed.
  await page.evaluate(`sharedStorage.set('a', '1').then(() => undefined)`);
  await until(async () => String(await entriesIn(other)).startsWith('a,1,b,1'));
  await change(other, '2');
  await clickButton(other, 'Save');
  await until(async () => (await lab.stored('together')).b === '2');
  expect(await one.evaluate(`first('input.cell')?.value`)).toBe('typed');
  await one.evaluate(`first('input.cell').focus()`);
  await press(one, 'Enter');
  await until(() => one.evaluate(`all('[role=status]').some(({ textContent }) => textContent.includes('changed meanwhile'))`));
  await until(async () => String(await entriesIn(one)).startsWith('a,1,b,2'));
  expect((await lab.stored('together')).b).toBe('2');

  await change(one, '3 of one');
  await change(other, '3 of the other');
  await clickButton(other, 'Save');
  await until(async () => (await lab.stored('together')).b === '3 of the other');
  await clickButton(one, 'Save');
  await until(() => one.evaluate(`first('lab-entry').shadowRoot.querySelector('[role=alert]')?.textContent.includes('changed meanwhile')`));
  await until(() => one.evaluate(`first('lab-entry').shadowRoot.textContent.includes('3 of the other')`));
  expect((await lab.stored('together')).b).toBe('3 of the other');
  await clickButton(one, 'Save');
  await until(async () => (await lab.stored('together')).b === '3 of one');
  await until(() => other.evaluate(`first('#value').value === '3 of one'`));
  await Promise.all([page, one, other].map((session) => session.close()));
});

test('what was being read when somebody began to type changes nothing of what is typed: no row comes before it, and nothing is chosen again', async () => {
  const page = await lab.page('typed');
  await page.evaluate(`Promise.all([sharedStorage.set('b', '1'), sharedStorage.set('c', '1')]).then(() => undefined)`);
  const panel = await openFor('typed');
  await focusRow(panel, 'b');
  // From here on the answers with entries wait until they are let through.
  await panel.evaluate(`(() => {
    const send = chrome.runtime.sendMessage;
    globalThis.held = [];
    chrome.runtime.sendMessage = (message) =>
      message.method === 'entries.read' ? send(message).then((answer) => new Promise((resolve) => held.push(() => resolve(answer)))) : send(message);
  })()`);
  await page.evaluate(`sharedStorage.set('a', '1').then(() => undefined)`);
  await until(() => panel.evaluate('held.length > 0'));
  await press(panel, 'F2');
  await until(() => panel.evaluate(`first('input.cell')?.matches(':focus')`));
  await typeText(panel, 'typ');
  await panel.evaluate(`Promise.all(held.splice(0).map((letThrough) => letThrough())).then(() => first('lab-storage').reload())`);
  await panel.send('Input.insertText', { text: 'ed' });
  expect(await panel.evaluate(`first('input.cell')?.value`)).toBe('typed');
  expect((await lab.stored('typed')).b).toBe('1');
  await press(panel, 'Enter');
  await until(async () => (await lab.stored('typed')).b === 'typed');
  await Promise.all([page.close(), panel.close()]);
});

test('very many entries: only those in view are read, sorted and searched as asked', async () => {
  const page = await lab.page('many');
  await page.evaluate(`sharedStorage.batchUpdate(Array.from({ length: 5000 }, (_, index) =>
    new SharedStorageSetMethod('key ' + String(index).padStart(5, '0'), 'value ' + (5000 - index)))).then(() => undefined)`);
  const panel = await openFor('many');
  await until(async () => String((await entriesIn(panel))[0]) === 'key 00000,value 5000');
  expect((await rowsOf(panel)).length).toBeLessThan(100);
  await panel.evaluate(`first('#entries').focusRow(4321)`);
  await until(async () => String(await entriesIn(panel)).includes('key 04321,value 679'));
  await panel.evaluate(`all('#entries, .sort', first('#entries').shadowRoot).find((one) => one.textContent.includes('Value')).click()`);
  await panel.evaluate(`first('#entries').focusRow(0)`);
  await until(async () => String((await entriesIn(panel))[0]) === 'key 04999,value 1');
  await panel.evaluate(`first('input[type=search]').focus()`);
  await typeText(panel, 'KEY 0000');
  await until(async () => (await entriesIn(panel)).length === 10);
  await Promise.all([page.close(), panel.close()]);
});
