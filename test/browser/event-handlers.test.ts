/** The methods that pages have where the setting says so, and what registers a handler, removes it, and ends with it. docs/possibilities.md */

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { called, configureHandlers, linesOf, listen, openPage, outcome } from './event-handlers';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(() => configureHandlers(lab));
afterAll(() => lab.close());

const FAILED = "Failed to execute 'addEventListener' on 'SharedStorage'";

test('pages have two methods more while the setting says so, and nothing else is different', async () => {
  const read = (name: string): string => fs.readFileSync(path.resolve(import.meta.dirname, '../pages', name), 'utf8');
  const describeWindow = async () => {
    const page = await lab.page('surface');
    await page.evaluate(read('describe.js'));
    await page.evaluate(read('describe-interfaces.js'));
    const described = (await page.evaluate('describeWindow()')) as { interfaces: Record<string, { prototype: string[] }> };
    const names = await page.evaluate(`[Object.getOwnPropertyNames(window), Object.getOwnPropertyNames(SharedStorage.prototype)]`);
    await page.close();
    return { described, names: names as [string[], string[]] };
  };
  const withIt = await describeWindow();
  await configureHandlers(lab, {});
  const withoutIt = await describeWindow();
  const added = ['addEventListener', 'removeEventListener'];
  expect(withIt.names[0]).toEqual(withoutIt.names[0]);
  expect(withIt.names[1].filter((name) => !withoutIt.names[1].includes(name))).toEqual(added);
  const { SharedStorage: own, ...others } = withIt.described.interfaces;
  const { SharedStorage: plain, ...plainOthers } = withoutIt.described.interfaces;
  expect(others).toEqual(plainOthers);
  const isAdded = (property: string) => added.some((name) => property.startsWith(`${name}: `));
  expect(own?.prototype.filter((property) => !isAdded(property))).toEqual(plain?.prototype);
  expect(own?.prototype.filter(isAdded)).toHaveLength(2);
  // As any other operation of the interface is described.
  const shapeOf = (name: string) => own?.prototype.find((property) => property.startsWith(`${name}: `))?.slice(name.length);
  expect(shapeOf('addEventListener')).toBe(shapeOf('set')?.replace('"set"/2', '"addEventListener"/3'));
});

test('a SharedStorage is no EventTarget, and its methods are those of the interface', async () => {
  const page = await lab.page('target');
  expect(
    await page.evaluate(`[
      sharedStorage instanceof EventTarget,
      Object.getPrototypeOf(SharedStorage.prototype) === Object.prototype,
      SharedStorage.prototype.addEventListener.length,
      SharedStorage.prototype.removeEventListener.name,
      String(SharedStorage.prototype.addEventListener),
      'dispatchEvent' in sharedStorage,
    ]`),
  ).toEqual([false, true, 3, 'removeEventListener', 'function () { [native code] }', false]);
});

describe('arguments are converted as Web IDL does:', () => {
  const member = (name: string) => `${FAILED}: Failed to read the '${name}' property from 'SharedStorageKeyHandlerOptions'`;
  test.each([
    ['', `TypeError: ${FAILED}: 3 arguments required, but only 0 present.`],
    [`'key', 'note'`, `TypeError: ${FAILED}: 3 arguments required, but only 2 present.`],
    [
      `'change', 'note', { key: 'k' }`,
      `TypeError: ${FAILED}: The provided value 'change' is not a valid enum value of type SharedStorageEventType.`,
    ],
    [`'key', Symbol(), { key: 'k' }`, `TypeError: ${FAILED}: Cannot convert a Symbol value to a string`],
    [`'key', 'note', null`, `TypeError: ${FAILED}: The provided value is not of type 'SharedStorageKeyHandlerOptions'.`],
    [`'key', 'note', {}`, `TypeError: ${member('key')}: Required member is undefined.`],
    [`'key', 'note', { key: '' }`, `DataError: ${FAILED}: Length of the "key" parameter is not valid`],
    [
      `'key', 'note', { key: 'k', actions: 'set' }`,
      `TypeError: ${member('actions')}: The provided value cannot be converted to a sequence.`,
    ],
    [`'key', 'note', { key: 'k', actions: [] }`, `TypeError: ${member('actions')}: At least one action is required.`],
    [
      `'key', 'note', { key: 'k', actions: ['set', 'get'] }`,
      `TypeError: ${member('actions')}: The provided value 'get' is not a valid enum value of type SharedStorageKeyAction.`,
    ],
    [`'key', 'note', { key: 'k', worklet: {} }`, `TypeError: ${member('worklet')}: Failed to convert value to 'SharedStorageWorklet'.`],
    [`'key', 'note', { key: 'k' }`, `OperationError: sharedStorage.worklet.addModule() has to be called before addEventListener().`],
  ])('(%s)', async (args, expected) => {
    const page = await lab.page('conversions');
    expect(await outcome(page, `sharedStorage.addEventListener(${args})`)).toBe(expected);
    await page.close();
  });

  test('members are read in the order of their names, and removeEventListener() takes the same', async () => {
    const page = await openPage(lab, 'order');
    const read = (method: string) =>
      page.evaluate(`(async () => {
        const read = [];
        const options = { get worklet() { read.push('worklet'); }, get key() { read.push('key'); return { toString() { read.push('string'); return 'k'; } }; },
          get actions() { read.push('actions'); return ['clear', 'set', 'set']; } };
        return [String(await sharedStorage.${method}({ toString: () => 'key' }, { toString: () => 'note' }, options)), ...read];
      })()`);
    const expected = ['undefined', 'actions', 'key', 'string', 'worklet'];
    expect(await read('addEventListener')).toEqual(expected);
    expect(await read('removeEventListener')).toEqual(expected);
    expect(await outcome(page, `sharedStorage.addEventListener.call({}, 'key', 'note', { key: 'k' })`)).toBe(
      `TypeError: ${FAILED}: Illegal invocation`,
    );
    await page.close();
  });

  test('what is thrown shows no frame of ours', async () => {
    const page = await lab.page('stack');
    const stack = `sharedStorage.addEventListener('key').catch(({ stack }) => stack)`;
    expect(await page.evaluate(stack)).not.toMatch(/shared-storage-lab|chrome-extension/);
    await page.close();
  });
});

describe('a worklet that nothing can run in takes no handler:', () => {
  test('before its module is loaded', async () => {
    const page = await lab.page('loading');
    expect(
      await outcome(
        page,
        `(sharedStorage.worklet.addModule('/on-change.js'), sharedStorage.addEventListener('key', 'note', { key: 'k' }))`,
      ),
    ).toBe("OperationError: The module script hasn't been loaded.");
    await page.close();
  });

  test('after an operation that has used it up', async () => {
    const page = await openPage(lab, 'used-up');
    await page.evaluate(`sharedStorage.run('write', { data: [] })`);
    expect(await outcome(page, `sharedStorage.addEventListener('key', 'note', { key: 'k' })`)).toMatch(
      /^OperationError: The sharedStorage worklet cannot execute/,
    );
    await page.close();
  });
});

test('a handler keeps its worklet, which others have used up, until it is removed', async () => {
  const page = await openPage(lab, 'kept');
  await listen(page, 'note', { key: 'k' });
  await page.evaluate(`sharedStorage.run('write', { data: [] })`);
  await until(() => linesOf(page).includes('written'));
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(() => linesOf(page).includes(called('k', 'set', '1')));
  await page.evaluate(`sharedStorage.removeEventListener('key', 'note', { key: 'k' })`);
  const alive = () =>
    lab.inExtension<number>(
      `chrome.runtime.sendMessage({ to: 'offscreen', method: 'host.alive', params: {} }).then((answer) => answer?.value.length ?? 0)`,
    );
  await until(async () => (await alive()) === 0);
  await page.close();
});

test('a handler that is removed is not called; one with other actions is another one', async () => {
  const page = await openPage(lab, 'removed');
  await listen(page, 'note', { key: 'k', actions: ['set'] });
  await listen(page, 'note', { key: 'k', actions: ['set', 'delete'] });
  await listen(page, 'count', { key: 'k' });
  const removed = `sharedStorage.removeEventListener('key', 'note', { key: 'k', actions: ['delete', 'set', 'set'] })`;
  expect(await outcome(page, removed)).toBe('undefined');
  // There is none any more, which is as good.
  expect(await outcome(page, removed)).toBe('undefined');
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(() => linesOf(page).length > 0);
  await page.evaluate(`sharedStorage.delete('k')`);
  await page.evaluate(`sharedStorage.set('k', '2')`);
  await until(() => linesOf(page).length > 1);
  expect(linesOf(page)).toEqual([called('k', 'set', '1'), called('k', 'set', '2')]);
  await page.close();
});

test('the same handler twice is one', async () => {
  const page = await openPage(lab, 'twice');
  await listen(page, 'note', { key: 'k', actions: ['set', 'append'] });
  await listen(page, 'note', { key: 'k', actions: ['append', 'set', 'append'] });
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await page.evaluate(`sharedStorage.append('k', '2')`);
  await until(() => linesOf(page).includes(called('k', 'append', '12')));
  expect(linesOf(page)).toHaveLength(2);
  await page.close();
});
