/** A page that comes back from the back/forward cache, into which no extension port and no unanswered message goes. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

type Page = Awaited<ReturnType<Lab['page']>>;

const show = (page: Page, script: string, search: string) =>
  until(async () => {
    await page.evaluate(script).catch(() => undefined);
    return (await page.evaluate('location.search').catch(() => null)) === search;
  });

/** Leaves the page and comes back to the same document. */
async function leaveAndReturn(page: Page): Promise<void> {
  await page.evaluate(`addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; }), 0`);
  await show(page, `if (location.search === '') location.href = '?elsewhere'; 0`, '?elsewhere');
  await page.evaluate(`sharedStorage.set('elsewhere', 'yes')`);
  await show(page, `if (location.search !== '') history.back(); 0`, '');
  await until(() => page.evaluate('globalThis.cameBack'));
}

/** Long before the last of them the page's requests go through a port. */
const openPort = (page: Page) =>
  page.evaluate(`(async () => { for (let count = 1; count <= 50; count++) await sharedStorage.set('count', String(count)); })()`);

test('it stays there while the service worker is stopped and started', async () => {
  const page = await lab.page('stays');
  await page.evaluate(`addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; }), 0`);
  await show(page, `if (location.search === '') location.href = '?elsewhere'; 0`, '?elsewhere');
  await lab.stopServiceWorker();
  await page.evaluate(`sharedStorage.set('elsewhere', 'yes')`);
  expect((await lab.stored('stays')).elsewhere).toBe('yes');
  await show(page, `if (location.search !== '') history.back(); 0`, '');
  await until(() => page.evaluate('globalThis.cameBack'));
  await page.close();
});

test('its writes are stored, those of pagehide too, and each once', async () => {
  const page = await lab.page('cached');
  await openPort(page);
  await page.evaluate(`addEventListener('pagehide', () => { globalThis.left = sharedStorage.append('left', 'once'); }), 0`);
  await leaveAndReturn(page);
  await page.evaluate('left');
  for (const value of ['1', '2', '3']) await page.evaluate(`sharedStorage.append('back', '${value}')`);
  expect(await lab.stored('cached')).toEqual({ count: '50', left: 'once', back: '123', elsewhere: 'yes' });
  await page.close();
});

test('what it asked for without a port, when it left, is answered', async () => {
  const page = await lab.page('first-use');
  await page.evaluate(`addEventListener('pagehide', () => { globalThis.left = sharedStorage.append('left', 'once'); }), 0`);
  await leaveAndReturn(page);
  await page.evaluate('left');
  await page.evaluate(`sharedStorage.set('back', 'yes')`);
  expect(await lab.stored('first-use')).toEqual({ left: 'once', back: 'yes', elsewhere: 'yes' });
  await page.close();
});

test('what its worklet logs meanwhile is shown when it is back, and does not keep it from coming back', async () => {
  lab.serve(
    '/patient.js',
    `register('wait', class { async run() {
      console.log('waits');
      while ((await sharedStorage.get('elsewhere')) === undefined) await new Promise((resolve) => navigator.locks.request('turn', resolve));
      for (let line = 0; line < 100; line++) console.log('line', line);
      await sharedStorage.set('logged', 'yes');
    } });`,
  );
  const page = await lab.page('logs');
  const reader = await lab.page('logs');
  await page.evaluate(`sharedStorage.worklet.addModule('/patient.js').then(() => sharedStorage.run('wait', { keepAlive: true }))`);
  await until(() => page.console.some(({ args }) => args[1] === 'waits'));
  await page.evaluate(`addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; }), 0`);
  await show(page, `if (location.search === '') location.href = '?elsewhere'; 0`, '?elsewhere');
  await reader.evaluate(`sharedStorage.set('elsewhere', 'yes')`);
  await until(async () => (await lab.stored('logs')).logged === 'yes');
  await show(page, `if (location.search !== '') history.back(); 0`, '');
  await until(() => page.evaluate('globalThis.cameBack'));
  await until(() => page.console.some(({ args }) => args[2] === 99));
  const lines = page.console.filter(({ args }) => args[1] === 'line').map(({ args }) => args[2]);
  expect(lines).toEqual(Array.from({ length: 100 }, (_, index) => index));
  await page.close();
  await reader.close();
});

test('its worklets are still there, with what they know', async () => {
  lab.serve(
    '/count.js',
    `let count = 0; register('count', class { async run() { console.log('count:', ++count, await sharedStorage.get('round')); } });`,
  );
  const page = await lab.page('worklet');
  await openPort(page);
  await page.evaluate(`sharedStorage.worklet.addModule('/count.js').then(() => sharedStorage.run('count', { keepAlive: true }))`);
  await until(() => page.console.some(({ args }) => args[2] === 1));
  await leaveAndReturn(page);
  // Longer than a worklet outlives its document.
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 2500))');
  await page.evaluate(`sharedStorage.set('round', 'second').then(() => sharedStorage.run('count', { keepAlive: true }))`);
  const line = await until(() => page.console.find(({ args }) => args[2] === 2));
  expect(line.args[3]).toBe('second');
  await page.close();
});
