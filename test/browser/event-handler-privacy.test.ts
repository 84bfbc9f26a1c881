/** What a page could see of its handlers' calls: nothing. docs/possibilities.md */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { configureHandlers, linesOf, listen, openPage, outcome } from './event-handlers';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve(
    '/loops.js',
    `register('loop', class { run() { for (;;); } });
     register('nothing', class { run() {} });`,
  );
  await configureHandlers(lab);
});
afterAll(() => lab.close());

test('no promise of the page waits for a handler that occupies its worklet for ever', async () => {
  const page = await lab.page('occupied');
  const other = await openPage(lab, 'occupied');
  await page.evaluate(`sharedStorage.worklet.addModule('/loops.js')`);
  await listen(page, 'loop', { key: 'k' });
  await other.evaluate(`sharedStorage.set('k', '1')`);
  const events = () => lab.records<{ method: string; result: unknown }>('shared-storage-events', 'events');
  await until(async () => (await events()).some(({ method, result }) => method === 'event handler' && result === true));
  for (const call of [
    `run('nothing', { keepAlive: true })`,
    `set('k', '2')`,
    `addEventListener('key', 'nothing', { key: 'k' })`,
    `removeEventListener('key', 'nothing', { key: 'k' })`,
    `removeEventListener('key', 'loop', { key: 'k' })`,
    `createWorklet('/on-change.js').then(() => undefined)`,
  ])
    expect([call, await outcome(page, `sharedStorage.${call}`)]).toEqual([call, 'undefined']);
  await page.close();
  await other.close();
});

test('a page that patches everything sees nothing of a handler, neither when it is registered nor when it is called', async () => {
  const page = await lab.page('patched', '/patch-everything.html');
  const other = await openPage(lab, 'patched');
  const observe = async (call: string) => {
    const result = (await page.evaluate(`observe(() => ${call})`)) as string;
    return [
      result,
      ...((await page.evaluate('noted()')) as string).split('\n').filter((name) => !/SharedStorage|sharedStorage/.test(name)),
    ];
  };
  expect(await observe(`sharedStorage.worklet.addModule('/on-change.js')`)).toEqual(['undefined']);
  const options = `{ __proto__: null, key: 'k', actions: undefined, worklet: undefined }`;
  expect(await observe(`sharedStorage.addEventListener('key', 'count', ${options})`)).toEqual(['undefined']);
  // Whatever comes of the calls is seen while this is waited for.
  const called = observe(`sharedStorage.append('seen', 'x')`);
  await other.evaluate(`sharedStorage.set('k', '1'), sharedStorage.append('k', '2')`);
  await until(async () => (await lab.stored('patched'))['count of k'] === '||');
  expect(await called).toEqual(['undefined']);
  expect(await observe(`sharedStorage.removeEventListener('key', 'count', ${options})`)).toEqual(['undefined']);
  expect(linesOf(other)).toEqual([]);
  await page.close();
  await other.close();
});
