/** Worklets that read so much that they are given a copy of all entries: what they read is what they would have read without. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, type Page, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** So many reads, one after the other, that the last of them were answered in the worklet itself. */
const READ_MANY = `const readMany = async (key) => {
  let value;
  for (let index = 0; index < 50; index++) value = await sharedStorage.get(key);
  return value;
};`;

async function pageWith(site: string, path: string, operations: string): Promise<Page> {
  lab.serve(path, READ_MANY + operations);
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule('${path}')`);
  return page;
}

const logged = async (page: Page, name: string): Promise<unknown[]> =>
  (await until(() => page.console.find(({ args }) => args[1] === name))).args.slice(2);

test('what a worklet has written itself is there in the next read, waited for or not', async () => {
  const page = await pageWith(
    'own-writes',
    '/own-writes.js',
    `register('write', class { async run() {
      await sharedStorage.set('k', '0');
      const wrong = [];
      for (let index = 1; index <= 40; index++) {
        await readMany('k');
        const written = sharedStorage.append('k', ',' + index);
        const [value, length] = await Promise.all([sharedStorage.get('k'), sharedStorage.length()]);
        if (!value.endsWith(',' + index) || length !== 1) wrong.push(value + ' ' + length);
        await written;
        if ((await readMany('k')) !== value) wrong.push('after ' + index);
      }
      console.log('written', wrong.join(';'));
    } });`,
  );
  await page.evaluate(`sharedStorage.run('write')`);
  expect(await logged(page, 'written')).toEqual(['']);
});

test('answers come in the order of the calls, each in a task of its own', async () => {
  const page = await pageWith(
    'order',
    '/order.js',
    `register('order', class { async run() {
      await sharedStorage.set('k', 'v');
      await readMany('k');
      const order = [];
      const note = (name) => () => { order.push(name); };
      const calls = [
        sharedStorage.get('k').then(note('get')),
        sharedStorage.length().then(note('length')),
        sharedStorage.entries().next().then(note('entries')),
        sharedStorage.set('k', 'w').then(note('set')),
        sharedStorage.get('k').then(note('get again')),
      ];
      for (let index = 0; index < 1000; index++) await null;
      const early = order.length;
      await Promise.all(calls);
      console.log('ordered', early, order.join(', '));
    } });`,
  );
  await page.evaluate(`sharedStorage.run('order')`);
  expect(await logged(page, 'ordered')).toEqual([0, 'get, length, entries, set, get again']);
});

test('who is granted a lock sees what those have written who had the lock before, in whatever worklet', async () => {
  const count = `register('count', class { async run({ times }) {
    for (let index = 0; index < times; index++) {
      await readMany('count');
      await navigator.locks.request('lock', async () => {
        const count = Number(await sharedStorage.get('count'));
        await readMany('count');
        await sharedStorage.set('count', String(count + 1));
      });
    }
    console.log('counted', await sharedStorage.get('count'));
  } });`;
  const pages = [await pageWith('counted', '/count.js', count), await pageWith('counted', '/count.js', count)];
  await pages[0]?.evaluate(`sharedStorage.set('count', '0')`);
  for (const page of pages) await page.evaluate(`sharedStorage.run('count', { data: { times: 60 } })`);
  const counted = await Promise.all(pages.map((page) => logged(page, 'counted')));
  expect(counted.map(([value]) => Number(value)).sort((a, b) => a - b)[1]).toBe(120);
});

test('a later operation sees what was written before it, and one that is running sees it soon', async () => {
  const page = await pageWith(
    'later',
    '/later.js',
    `register('wait', class { async run() {
      while ((await sharedStorage.get('k')) !== '50');
      console.log('waited');
    } });
    register('compare', class { async run({ least }) {
      const value = await sharedStorage.get('k');
      // Of what the page has written meanwhile, it may see any.
      if (Number(value) < least) console.log('wrong:', value, least);
      const again = await readMany('k');
      if (Number(again) < Number(value)) console.log('wrong:', again, value);
      const locked = Number(await readMany('locked'));
      if (locked < least - (least % 5)) console.log('wrong:', locked, least);
    } });`,
  );
  await page.evaluate(`(async () => {
    await sharedStorage.run('wait', { keepAlive: true });
    for (let index = 0; index <= 50; index++) {
      sharedStorage.set('k', String(index));
      // One with a lock may come after those without that were asked for later; only the others of its lock are before it.
      if (index % 5 === 0) sharedStorage.set('locked', String(index), { withLock: 'lock' });
      await sharedStorage.run('compare', { data: { least: index }, keepAlive: index < 50 });
    }
  })()`);
  await logged(page, 'waited');
  expect(page.console.filter(({ args }) => args[1] === 'wrong:')).toEqual([]);
});

test('the event log has every read, and those of the same together', async () => {
  const page = await pageWith(
    'logged',
    '/logged.js',
    `register('read', class { async run() {
      await sharedStorage.batchUpdate(['a', 'b'].map((key) => new SharedStorageSetMethod(key, 'value of ' + key)));
      for (let index = 0; index < 300; index++) await sharedStorage.get('ab'[index % 2]);
      for (let index = 0; index < 20; index++) await sharedStorage.length();
      await sharedStorage.get('none');
      console.log('read');
    } });`,
  );
  await page.evaluate(`sharedStorage.run('read')`);
  await logged(page, 'read');
  interface Read {
    readonly method: string;
    readonly dataOrigin: string;
    readonly parameters: { key: string } | null;
    readonly result: unknown;
    readonly times?: number;
  }
  const counts = async () => {
    const counted: Record<string, number> = {};
    for (const { method, dataOrigin, parameters, result, times = 1 } of await lab.records<Read>('shared-storage-events', 'events')) {
      if (dataOrigin !== lab.origin('logged') || !['get', 'length'].includes(method)) continue;
      const name = `${method} ${parameters?.key ?? ''}: ${result}`;
      counted[name] = (counted[name] ?? 0) + times;
    }
    return counted;
  };
  await until(async () => (await counts())['get none: undefined']);
  expect(await counts()).toEqual({ 'get a: value of a': 150, 'get b: value of b': 150, 'length : 2': 20, 'get none: undefined': 1 });
  const events = await lab.records<Read>('shared-storage-events', 'events');
  expect(events.some(({ times = 1 }) => times > 1)).toBe(true);
});
