/** The panel's views of events and of worklets: what a page has done, told to the end. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { configureHandlers } from './event-handlers';
import { Lab, until } from './lab';
import { clickButton, openPanel, rowsOf, type as typeText } from './panel';

const MODULE = `
console.log('evaluated', { at: 'start' });
register('greets', class {
  async run({ name }) {
    console.warn('hello ' + name);
    await sharedStorage.set('greeted', name);
    await sharedStorage.get('greeted');
  }
});
register('fails', class { async run() { throw new Error('as it should'); } });
register('never ends', class { async run() { console.log('looping'); await 0; for (;;); } });
`;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/greets.js', MODULE);
});
afterAll(() => lab.close());

const openFor = (site: string, view: string) => openPanel(lab, `${lab.origin(site)}/blank.html`, view);

/** Clicks the first row that has a cell saying so, once it is there. */
const chooseRow = (panel: Session, said: string) =>
  until(() =>
    panel.evaluate(`(() => {
      const row = all('.body [role=row]').find((one) => [...one.children].some((cell) => cell.textContent.trim() === ${JSON.stringify(said)}));
      row?.click();
      return row !== undefined;
    })()`),
  );

const said = (panel: Session, selector: string): Promise<string> =>
  panel.evaluate(`first('${selector}')?.shadowRoot.querySelector('section')?.innerText.replaceAll(/\\s+/g, ' ') ?? ''`);

/** Waits until what is said there matches. */
const untilSaid = (panel: Session, selector: string) => (pattern: RegExp) => until(async () => pattern.test(await said(panel, selector)));

test('the steps to the source of a worklet lead there: to a page of the extension, and in a worker of its frame to where the operation stops', async () => {
  const page = await lab.page('debugged');
  const panel = await openFor('debugged', 'worklets');
  lab.serve('/stops.js', `register('stops', class { async run() { debugger; await sharedStorage.set('went', 'on'); } });`);
  await page.evaluate(`sharedStorage.worklet.addModule('/stops.js')`);
  const file = `${lab.origin('debugged')}/stops.js`;
  await chooseRow(panel, file);
  await untilSaid(
    panel,
    'lab-worklet',
  )(new RegExp(`“Extensions”, .* “Shared Storage Lab worklets”.*“debugger;” into ${file.replaceAll('.', '\\.')}`));
  // The browser's list has under "Extensions" what is of this type.
  const host = await lab.browser.attach(({ type, url }) => type === 'background_page' && String(url).endsWith('/src/offscreen/index.html'));
  const { devtools } = lab.browser;
  const scripts = new Map<string, string>();
  const stops: string[] = [];
  const follow = async (sessionId: string): Promise<void> => {
    devtools.on(`${sessionId}:Debugger.scriptParsed`, ({ scriptId, url }) => scripts.set(`${sessionId} ${scriptId}`, url));
    devtools.on(`${sessionId}:Debugger.paused`, ({ callFrames: [{ functionName, location }] }) => {
      stops.push(`${functionName} of ${scripts.get(`${sessionId} ${location.scriptId}`)}`);
      void devtools.send('Debugger.resume', {}, sessionId);
    });
    // A worker that comes when all has been seen ends with the browser.
    devtools.on(`${sessionId}:Target.attachedToTarget`, (attached) => void follow(attached.sessionId).catch(() => undefined));
    await devtools.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }, sessionId);
    await devtools.send('Debugger.enable', {}, sessionId);
  };
  await follow(host.sessionId);
  await page.evaluate(`sharedStorage.run('stops')`);
  await until(() => stops.length > 0);
  expect(stops).toEqual([`run of ${file}`]);
  await until(async () => (await lab.stored('debugged')).went === 'on');
  await host.detach();
  await Promise.all([page.close(), panel.close()]);
});

test('a worklet is shown with its operations, its runs and their outcomes, and its console; and when it has ended', async () => {
  const page = await lab.page('worklets');
  const panel = await openFor('worklets', 'worklets');
  await page.evaluate(`sharedStorage.worklet.addModule('/greets.js')
    .then(() => sharedStorage.run('greets', { data: { name: 'you' }, keepAlive: true }))
    .then(() => sharedStorage.run('fails', { keepAlive: true }))`);
  await chooseRow(panel, `${lab.origin('worklets')}/greets.js`);
  const details = untilSaid(panel, 'lab-worklet');
  // They come one by one.
  await details(/fails .*as it should/);
  await details(/State idle Data origin http:\/\/worklets/);
  await details(/Registered operations greets fails never ends/);
  await details(/greets [\d.]+ ms done/);
  await details(/evaluated \{"at":"start"\}.*greets hello you/);
  await page.close();
  await details(/State ended/);
  await panel.close();
});

test('a worklet is shown with its event handlers, and each of their runs with what has caused it; so is each call in the event log', async () => {
  await configureHandlers(lab);
  const page = await lab.page('handlers');
  const panel = await openFor('handlers', 'worklets');
  await page.evaluate(`sharedStorage.worklet.addModule('/greets.js')
    .then(() => sharedStorage.addEventListener('key', 'greets', { key: 'door', actions: ['append', 'set'] }))
    .then(() => sharedStorage.addEventListener('key', 'fails', { key: 'greeted' }))
    .then(() => sharedStorage.set('door', 'open'))`);
  await chooseRow(panel, `${lab.origin('handlers')}/greets.js`);
  const details = () => said(panel, 'lab-worklet');
  await until(async () => /fails .*as it should/.test(await details()));
  expect(await details()).toMatch(/Event handlers on keys greets for “door”: set, append fails for “greeted”: set, append, delete, clear/);
  expect(await details()).toMatch(/greets set of “door”, by set of a window, step 1/);
  expect(await details()).toMatch(/fails set of “greeted”, by set of a worklet, step 2/);
  await page.evaluate(`sharedStorage.removeEventListener('key', 'greets', { key: 'door', actions: ['append', 'set'] })`);
  await page.evaluate(`sharedStorage.removeEventListener('key', 'fails', { key: 'greeted' })`);
  await until(async () => (await details()).includes('Event handlers on keys None is registered any more.'));
  await panel.close();
  const events = await openFor('handlers', 'events');
  await chooseRow(events, 'event handler');
  const story = () => said(events, 'lab-event');
  await until(async () => /Cause set of “greeted”, by set of a worklet, step 2/.test(await story()));
  expect(await story()).toMatch(/Worklet The event handler “fails” was to be called for “set” of “greeted”, in http:\/\/handlers/);
  await lab.configure({});
  await Promise.all([page.close(), events.close()]);
});

test('a worklet can be terminated in the middle of an operation that never ends', async () => {
  const page = await lab.page('endless');
  const panel = await openFor('endless', 'worklets');
  await page.evaluate(`sharedStorage.worklet.addModule('/greets.js').then(() => sharedStorage.run('never ends', { keepAlive: true }))`);
  await until(async () => (await rowsOf(panel)).some(([state]) => state === 'running'));
  await chooseRow(panel, `${lab.origin('endless')}/greets.js`);
  await clickButton(panel, 'Terminate…');
  await clickButton(panel, 'Yes, end it, whatever it is doing');
  await until(async () => (await rowsOf(panel)).some(([state]) => state === 'ended'));
  await untilSaid(panel, 'lab-worklet')(/never ends .*The worklet ended before the operation had finished/);
  await Promise.all([page.close(), panel.close()]);
});

test('an event tells the whole story of a call: from the page to what the worklet did', async () => {
  const page = await lab.page('story');
  const panel = await openFor('story', 'events');
  await page.evaluate(
    `sharedStorage.worklet.addModule('/greets.js').then(() => sharedStorage.run('greets', { data: { name: 'you' }, keepAlive: true }))`,
  );
  await chooseRow(panel, 'run');
  const story = untilSaid(panel, 'lab-event');
  await story(/It ended well after/);
  await story(/Page run was called in http:\/\/story\S+\/blank\.html/);
  await story(/Worklet The operation “greets” of \S+\/greets\.js began/);
  await story(/2 calls of worklets of this document for this data origin meanwhile: get, set/);
  await page.evaluate(`sharedStorage.set('k', 'v', { withLock: 'slow' }).then(() => undefined)`);
  await chooseRow(panel, '{"method":"set","key":"k","value":"v","ignoreIfPresent":false,"withLock":"slow"}');
  await story(/Journal The update was kept.*It waited for the lock “slow”.*it was stored/);
  await page.evaluate(
    `sharedStorage.set('large', 'x'.repeat(2_621_440)).then(() => sharedStorage.set('more', 'x'.repeat(1000))).then(() => undefined)`,
  );
  await until(async () => (await rowsOf(panel)).some((row) => String(row).includes('quota')));
  await Promise.all([page.close(), panel.close()]);
});

test('events are filtered, paused, cleared, kept over navigations on request, and exported', async () => {
  const page = await lab.page('filtered');
  await page.evaluate(`sharedStorage.set('one', '1').then(() => sharedStorage.delete('two')).then(() => undefined)`);
  await lab.configure({ quotaBytes: 10 });
  await page.evaluate(`sharedStorage.set('refused', 'too long').then(() => undefined)`);
  const panel = await openFor('filtered', 'events');
  const methods = async () => (await rowsOf(panel)).map((row) => row[2]);
  await until(async () => String(await methods()) === 'set,delete,set');
  const choose = (label: string, value: string) =>
    panel.evaluate(`(() => {
      const select = all('select').find((one) => one.ariaLabel === '${label}');
      select.value = '${value}';
      select.dispatchEvent(new Event('change'));
    })()`);
  await choose('All methods', 'delete');
  await until(async () => String(await methods()) === 'delete');
  await choose('All methods', '');
  const check = (label: string) =>
    panel.evaluate(`all('label').find((one) => one.textContent.includes('${label}')).querySelector('input').click()`);
  await check('Only failures');
  await until(async () => String(await methods()) === 'set');
  await check('Only failures');
  await panel.evaluate(`first('input[type=search]').focus()`);
  await typeText(panel, 'TWO');
  await until(async () => String(await methods()) === 'delete');
  await typeText(panel, '');
  await panel.evaluate(`URL.createObjectURL = (file) => ((globalThis.exported = file.text()), 'data:,')`);
  await clickButton(panel, 'Export as JSON');
  expect(JSON.parse(await panel.evaluate('exported')).map(({ method }: { method: string }) => method)).toEqual(['set', 'delete', 'set']);

  await clickButton(panel, 'Pause');
  await page.evaluate(`sharedStorage.clear().then(() => undefined)`);
  await until(() =>
    lab.records<{ method: string }>('shared-storage-events', 'events').then((events) => events.some(({ method }) => method === 'clear')),
  );
  expect(await methods()).not.toContain('clear');
  await clickButton(panel, 'Pause');
  await until(async () => (await methods())[0] === 'clear');

  await check('Preserve log');
  await page.navigate(`${lab.origin('filtered')}/blank.html?again`);
  await page.evaluate(`sharedStorage.delete('preserved').then(() => undefined)`);
  await until(async () => (await methods()).length === 5);
  await check('Preserve log');
  await page.navigate(`${lab.origin('filtered')}/blank.html?once more`);
  await until(async () => (await methods()).length === 0);
  await page.evaluate(`sharedStorage.delete('last').then(() => undefined)`);
  await until(async () => (await methods()).length === 1);
  await clickButton(panel, 'Clear list');
  await until(async () => (await methods()).length === 0);
  await lab.configure({});
  await Promise.all([page.close(), panel.close()]);
});
