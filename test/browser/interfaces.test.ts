/** Our interface objects against what native Chromium 120 was recorded to say (scripts/record-native-facts.mjs). */

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';
import native from './native-facts.json' with { type: 'json' };

type Facts = typeof native;

let lab: Lab;
let ours: Omit<Facts, 'product'>;

beforeAll(async () => {
  lab = await Lab.open();
  const page = await lab.page('facts');
  await page.evaluate(fs.readFileSync(path.resolve(import.meta.dirname, '../pages/describe-interfaces.js'), 'utf8'));
  const window = (await page.evaluate('describeWindow()')) as Facts['window'];
  await page.navigate(`${lab.origin('facts')}/blank.html`);
  await page.evaluate(`sharedStorage.clear().then(() => sharedStorage.worklet.addModule('/describe-worklet.js'))`);
  await page.evaluate(`sharedStorage.run('describe')`);
  const line = await until(() => page.console.find(({ args }) => args[1] === 'described'));
  ours = { window, worklet: JSON.parse(String(line.args[2])) as Facts['worklet'] };
});
afterAll(() => lab.close());

describe('in a window', () => {
  test('SharedStorage has native descriptors, names and lengths', () => {
    const { prototype, ...rest } = native.window.interfaces.SharedStorage;
    const { prototype: ourPrototype, ...ourRest } = ours.window.interfaces.SharedStorage;
    expect(ourRest).toEqual(rest);
    // batchUpdate(), get() and createWorklet() are younger than Chromium 120.
    expect(ourPrototype).toEqual({
      ...prototype,
      batchUpdate: 'writable enumerable configurable: function batchUpdate/1',
      createWorklet: 'writable enumerable configurable: function createWorklet/1',
      get: 'writable enumerable configurable: function get/1',
    });
  });

  test('SharedStorageWorklet has native descriptors, names and lengths, and run() and selectURL(), which Chromium 120 did not have yet', () => {
    const { prototype, ...rest } = native.window.interfaces.SharedStorageWorklet;
    const { prototype: ourPrototype, ...ourRest } = ours.window.interfaces.SharedStorageWorklet;
    expect(ourRest).toEqual(rest);
    expect(ourPrototype).toEqual({
      ...prototype,
      run: 'writable enumerable configurable: function run/1',
      selectURL: 'writable enumerable configurable: function selectURL/2',
    });
  });

  test('window.sharedStorage is the same kind of attribute, and always the same object', () => {
    const { attribute, strings, sameObject } = native.window;
    expect(ours.window).toMatchObject({ attribute, strings, sameObject });
    const enumerated = [...native.window.enumerated, 'batchUpdate', 'createWorklet', 'get'].sort();
    expect(ours.window.enumerated).toEqual(enumerated);
  });

  test.each(Object.keys(native.window.calls))('%s ends as it did natively', (name) => {
    const call = name as keyof Facts['window']['calls'];
    expect(ours.window.calls[call]).toBe(native.window.calls[call]);
  });

  test.each(Object.keys(native.window.selectURL))('%s ends as it did natively, before addModule() and after it', (name) => {
    const call = name as keyof Facts['window']['selectURL'];
    expect(ours.window.selectURLBeforeAddModule[call]).toBe(native.window.selectURLBeforeAddModule[call]);
    expect(ours.window.selectURL[call]).toBe(native.window.selectURL[call]);
  });

  test('arguments and options are converted in the native order', () => {
    expect(ours.window.order).toEqual(native.window.order);
  });
});

describe('in a worklet', () => {
  /** Private Aggregation is not here yet. */
  const MISSING = ['PrivateAggregation', 'privateAggregation'];
  /** ECMAScript that is younger than Chromium 120, and what the specification added since. */
  const YOUNGER = [
    'AbortController',
    'AbortSignal',
    'Lock',
    'LockManager',
    'SharedStorageAppendMethod',
    'SharedStorageClearMethod',
    'SharedStorageDeleteMethod',
    'SharedStorageModifierMethod',
    'SharedStorageSetMethod',
    'SharedStorageWorkletNavigator',
    'navigator',
    'AsyncDisposableStack',
    'DisposableStack',
    'Float16Array',
    'Iterator',
    'SuppressedError',
    'Temporal',
  ];

  test('the global scope has the native names, and no other', () => {
    const names = ours.worklet.globals.filter((name) => !YOUNGER.includes(name));
    expect(names).toEqual(native.worklet.globals.filter((name) => !MISSING.includes(name)));
  });

  test('the global scope and its members look native', () => {
    const { classOfGlobal, self, sharedStorage, register, prototypeOfGlobal } = native.worklet;
    expect(ours.worklet).toMatchObject({ classOfGlobal, self, sharedStorage, register, prototypeOfGlobal });
  });

  test('SharedStorage has native descriptors, names and lengths', () => {
    expect(ours.worklet.interfaceObject).toEqual(native.worklet.interfaceObject);
    expect(ours.worklet.prototype).toEqual({
      ...native.worklet.prototype,
      batchUpdate: 'writable enumerable configurable: function batchUpdate/1',
      'Symbol(Symbol.asyncIterator)': 'writable configurable: function entries/0',
    });
  });

  test('iterators look and behave as native ones', () => {
    expect(ours.worklet.iterator).toEqual(native.worklet.iterator);
  });

  test.each(Object.keys(native.worklet.calls))('%s ends as it did natively', (name) => {
    const call = name as keyof Facts['worklet']['calls'];
    expect(ours.worklet.calls[call]).toBe(native.worklet.calls[call]);
  });
});
