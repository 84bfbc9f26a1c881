/** Batches and locks: what withLock and navigator.locks promise each other. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleLine, Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

type Page = Awaited<ReturnType<Lab['page']>>;

async function pageWithWorklet(site: string): Promise<Page> {
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule('/locks.js')`);
  return page;
}

const run = (page: Page, name: string, data: object) =>
  page.evaluate(`sharedStorage.run(${JSON.stringify(name)}, { data: ${JSON.stringify(data)}, keepAlive: true })`);

const logged = (page: Page, label: string): Promise<ConsoleLine> => until(() => page.console.find(({ args }) => args[1] === label));

let lastLabel = 0;

/** The value or the error of an expression in the worklet. */
async function inWorklet(page: Page, expression: string): Promise<{ value?: unknown; error?: string }> {
  const label = `evaluated ${++lastLabel}`;
  await run(page, 'evaluate', { label, expression });
  return JSON.parse(String((await logged(page, label)).args[2]));
}

test('a batch is applied as a whole, in order', async () => {
  const page = await pageWithWorklet('batch');
  await page.evaluate(`sharedStorage.batchUpdate([
    new SharedStorageClearMethod(),
    new SharedStorageSetMethod('a', '1'),
    new SharedStorageAppendMethod('a', '2'),
    new SharedStorageSetMethod('a', '3', { ignoreIfPresent: true }),
    new SharedStorageSetMethod('b', '4'),
    new SharedStorageDeleteMethod('b'),
  ])`);
  expect(await lab.stored('batch')).toEqual({ a: '12' });
  const inside = `sharedStorage.batchUpdate(new Set([new SharedStorageSetMethod('c', '5'), new SharedStorageAppendMethod('c', '6')]))`;
  expect(await inWorklet(page, inside)).toEqual({});
  expect(await lab.stored('batch')).toEqual({ a: '12', c: '56' });
});

test('a batch of 100,001 methods is applied as a whole; one that is too large is refused in words, and nothing is lost by it', async () => {
  const page = await pageWithWorklet('large-batch');
  const many = (key: string) =>
    `sharedStorage.batchUpdate(Array.from({ length: 100_001 }, (_, index) => new SharedStorageSetMethod('${key}' + (index % 10), String(index))))`;
  await page.evaluate(`${many('w')}.then(() => undefined)`);
  expect(await inWorklet(page, many('r'))).toEqual({});
  const stored = await lab.stored('large-batch');
  expect(Object.keys(stored)).toHaveLength(20);
  expect([stored.w0, stored.w9, stored.r0]).toEqual(['100000', '99999', '100000']);
  // Two bytes a character: 70 MB.
  const huge = `sharedStorage.batchUpdate(Array.from({ length: 14 }, () => new SharedStorageSetMethod('huge', '\u0100'.repeat(2_600_000))))`;
  expect(await page.evaluate(`${huge}.then(() => 'stored', String)`)).toMatch(/^DataCloneError: .*64 MiB/);
  expect((await inWorklet(page, huge)).error).toMatch(/^OperationError: .*60 MiB/);
  await page.evaluate(`sharedStorage.set('w0', 'after')`);
  expect(await lab.stored('large-batch')).toEqual({ ...stored, w0: 'after' });
});

test('a batch of which one method fails leaves nothing behind: an error in a worklet, silence in a window', async () => {
  const page = await pageWithWorklet('atomic');
  await page.evaluate(`sharedStorage.set('long', 'x'.repeat(2_000_000)).then(() => undefined)`);
  const batch = `sharedStorage.batchUpdate([new SharedStorageSetMethod('half', 'done'), new SharedStorageAppendMethod('long', 'x'.repeat(700_000))])`;
  await page.evaluate(`${batch}.then(() => undefined)`);
  expect((await inWorklet(page, batch)).error).toMatch(/^OperationError/);
  expect(await inWorklet(page, `sharedStorage.get('half')`)).toEqual({});
});

test.each([
  ['a method with a lock of its own', `sharedStorage.batchUpdate([new SharedStorageClearMethod({ withLock: 'x' })])`, 'DataError'],
  ['a reserved lock name', `sharedStorage.batchUpdate([], { withLock: '-x' })`, 'DataError'],
  ['a reserved lock name of a method', `sharedStorage.set('k', 'v', { withLock: '-x' })`, 'DataError'],
  ['a reserved lock name of a class', `Promise.try(() => new SharedStorageDeleteMethod('k', { withLock: '-x' }))`, 'DataError'],
  ['an empty key of a class', `Promise.try(() => new SharedStorageSetMethod('', 'v'))`, 'DataError'],
  ['something that is not iterable', `sharedStorage.batchUpdate(5)`, 'TypeError'],
  ['something that is no method', `sharedStorage.batchUpdate([{}])`, 'TypeError'],
  ['the base class', `Promise.try(() => new SharedStorageModifierMethod())`, 'TypeError'],
  ['a class without new', `Promise.try(() => SharedStorageClearMethod())`, 'TypeError'],
])('%s is refused', async (_what, expression, name) => {
  const page = await lab.page('refused');
  expect(await page.evaluate(`${expression}.catch(({ name }) => name)`)).toBe(name);
});

test('a locked write of a window waits for the lock, its promise does not, and a stop of the service worker loses nothing', async () => {
  const page = await pageWithWorklet('waiting');
  await run(page, 'hold', { name: 'lock' });
  await logged(page, 'held');
  await page.evaluate(`Promise.all([
    sharedStorage.append('k', '1', { withLock: 'lock' }),
    sharedStorage.append('k', '2', { withLock: 'lock' }),
  ]).then(() => undefined)`);
  await page.evaluate(`sharedStorage.append('k', '0')`);
  expect(await lab.stored('waiting')).toEqual({ k: '0' });
  await lab.stopServiceWorker();
  // Whatever wakes it: the writes are asked for again.
  await page.evaluate(`sharedStorage.append('k', '0')`);
  await run(page, 'let go', { name: 'lock' });
  await until(async () => (await lab.stored('waiting')).k === '0012');
});

/** What an operation waits for is found out by it. */
test('the browser names those who wait for a lock in the order in which they asked for it', async () => {
  const modes = ['shared', 'exclusive', 'exclusive', 'shared', 'exclusive', 'shared', 'shared'];
  const pending = await lab.inExtension(`(async () => {
    let letGo;
    await new Promise((resolve) => {
      navigator.locks.request('order', () => {
        resolve();
        return new Promise((resolve) => { letGo = resolve; });
      });
    });
    const requests = ${JSON.stringify(modes)}.map((mode) => navigator.locks.request('order', { mode }, () => undefined));
    const { pending } = await navigator.locks.query();
    letGo();
    await Promise.all(requests);
    return pending.filter(({ name }) => name === 'order').map(({ mode }) => mode);
  })()`);
  expect(pending).toEqual(modes);
});

test('an operation sees locked writes that came before it, when their lock is free', async () => {
  const page = await pageWithWorklet('free');
  await page.evaluate(`sharedStorage.set('k', 'v', { withLock: 'lock' })`);
  expect(await inWorklet(page, `sharedStorage.get('k')`)).toEqual({ value: 'v' });
});

test('a lock is the same for withLock and navigator.locks, in all worklets of an origin, and for no other origin', async () => {
  const page = await pageWithWorklet('scope');
  const same = await pageWithWorklet('scope');
  const other = await pageWithWorklet('other-scope');
  await run(page, 'hold', { name: 'lock' });
  await logged(page, 'held');
  const tryIt = `navigator.locks.request('lock', { ifAvailable: true }, (lock) => lock && lock.name)`;
  expect(await inWorklet(same, tryIt)).toEqual({ value: null });
  expect(await inWorklet(other, tryIt)).toEqual({ value: 'lock' });
  // As natively: a worklet's own origin is opaque.
  expect((await inWorklet(same, 'navigator.locks.query()')).error).toMatch(/^SecurityError/);
  await run(page, 'let go', { name: 'lock' });
  await until(async () => (await inWorklet(same, tryIt)).value === 'lock');
});

test('locks are shared, stolen, and given back when their worklet ends', async () => {
  const page = await pageWithWorklet('options');
  await run(page, 'hold', { name: 'shared', options: { mode: 'shared' } });
  await logged(page, 'held');
  const other = await pageWithWorklet('options');
  expect(await inWorklet(other, `navigator.locks.request('shared', { mode: 'shared' }, ({ mode }) => mode)`)).toEqual({ value: 'shared' });
  expect(await inWorklet(other, `navigator.locks.request('shared', { ifAvailable: true }, (lock) => lock)`)).toEqual({ value: null });
  const stolen = `(() => {
    const first = navigator.locks.request('mine', () => new Promise(() => {}));
    const second = navigator.locks.request('mine', { steal: true }, () => 'stolen');
    return Promise.all([first.catch(({ name }) => name), second]);
  })()`;
  expect(await inWorklet(other, stolen)).toEqual({ value: ['AbortError', 'stolen'] });
  await page.close();
  await until(
    async () => (await inWorklet(other, `navigator.locks.request('shared', { ifAvailable: true }, (lock) => lock && lock.mode)`)).value,
  );
});

test.each([
  `navigator.locks.request('-x', () => {})`,
  `navigator.locks.request('x', { steal: true, ifAvailable: true }, () => {})`,
  `navigator.locks.request('x', { steal: true, mode: 'shared' }, () => {})`,
  `navigator.locks.request('x', { mode: 'other' }, () => {})`,
  `navigator.locks.request('x', { signal: 5 }, () => {})`,
  `navigator.locks.request('x')`,
  `navigator.locks.request('x', () => { throw new RangeError('from the callback'); })`,
  `navigator.locks.request('x', async () => 'the value')`,
])('%s ends in a worklet as it does in a window', async (expression) => {
  const page = await pageWithWorklet('errors');
  const native = await page.evaluate(
    `(async () => (${expression}))().then((value) => ({ value }), ({ name, message }) => ({ error: name + ': ' + message }))`,
  );
  expect(await inWorklet(page, expression)).toEqual(native);
});
