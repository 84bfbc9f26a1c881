/** What pages can do that were open when the extension was reloaded: nothing, and they are told so. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXTENSION, Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

test('every method rejects and says that the page has to be reloaded', async () => {
  const page = await lab.page('site');
  await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js')`);
  const outcomeOf = (call: string) =>
    page.evaluate(`sharedStorage.${call}.then(() => 'fulfilled', (error) => error.name + ': ' + error.message)`);
  const select = `selectURL('select', [{ url: '/0.html' }, { url: '/1.html' }], { data: { returns: 1 }, keepAlive: true })`;
  expect(await outcomeOf(select)).toBe('fulfilled');
  const untouched = await lab.page('untouched');
  await lab.browser.devtools.send('Extensions.loadUnpacked', { path: EXTENSION });
  const refusal = 'InvalidStateError: Shared Storage Lab was reloaded or removed. Reload this page to use it.';
  await until(async () => (await outcomeOf(`set('key', 'value')`)) === refusal);
  const calls = [
    select,
    `worklet.${select}`,
    `run('select', { keepAlive: true })`,
    `createWorklet('/select-url.js')`,
    `append('key', 'value', { withLock: 'lock' })`,
    `delete('key')`,
    'clear()',
    `batchUpdate([new SharedStorageClearMethod()])`,
  ];
  expect(await Promise.all(calls.map(outcomeOf))).toEqual(calls.map(() => refusal));
  // So does a page that had not used the API until then.
  expect(await untouched.evaluate(`sharedStorage.set('key', 'value').catch((error) => error.name + ': ' + error.message)`)).toBe(refusal);
  await untouched.close();
  await page.close();
});
