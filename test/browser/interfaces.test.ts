/** Our interface objects and errors against what native Chromium 150 was recorded to say (scripts/record-native-facts.mjs). */

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';
import native from './native-facts.json' with { type: 'json' };

type Facts = typeof native;

const read = (name: string): string => fs.readFileSync(path.resolve(import.meta.dirname, '../pages', name), 'utf8');

let lab: Lab;
let ours: Omit<Facts, 'product'>;

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/worklet-facts.js', read('describe.js') + read('describe-worklet.js'));
  const page = await lab.page('facts');
  await page.evaluate(read('describe.js'));
  await page.evaluate(read('describe-interfaces.js'));
  const window = (await page.evaluate('describeWindow()')) as Facts['window'];
  await page.navigate(`${lab.origin('facts')}/blank.html`);
  await page.evaluate(`sharedStorage.clear().then(() => sharedStorage.worklet.addModule('/worklet-facts.js'))`);
  await page.evaluate(`sharedStorage.run('describe')`);
  const line = await until(() => page.console.find(({ args }) => args[1] === 'described'));
  ours = { window, worklet: JSON.parse(String(line.args[2])) as Facts['worklet'] };
});
afterAll(() => lab.close());

/** Native Chromium has this member of a window's SharedStorage behind a flag of its own. */
const BEHIND_A_FLAG = 'get: ';

/** What a worker's prototype keeps, whatever is done to it. */
const STUCK = /^(?:TEMPORARY|PERSISTENT): /;

const withoutStuck = (properties: readonly string[]): string[] => properties.filter((property) => !STUCK.test(property));

/** An interface without the members that are there for these reasons. */
function withoutOwn<Described extends { readonly prototype: string[] }>(described: Described, isWindow: boolean): Described {
  const prototype = withoutStuck(described.prototype).filter((property) => !(isWindow && property.startsWith(BEHIND_A_FLAG)));
  return { ...described, prototype };
}

/** A test for each entry of one of the tables. */
function compareEach<Value>(
  table: Readonly<Record<string, Value>>,
  ourTable: () => Readonly<Record<string, Value>>,
  comparable: (value: Value) => unknown = (value) => value,
): void {
  test.each(Object.keys(table))('%s', (name) => {
    expect(comparable(ourTable()[name] as Value)).toEqual(table[name]);
  });
}

describe('in a window', () => {
  const { window } = native;

  describe('interfaces look as natively:', () =>
    compareEach(
      window.interfaces,
      () => ours.window.interfaces,
      (one) => withoutOwn(one, true),
    ));

  test('window.sharedStorage is the same kind of attribute', () => {
    expect(ours.window.attribute).toBe(window.attribute);
  });

  describe('arguments and options are converted in the native order:', () => compareEach(window.order, () => ours.window.order));
  describe('calls end as natively:', () => compareEach(window.calls, () => ours.window.calls));
  describe('nothing of it can be cloned:', () => compareEach(window.clones, () => ours.window.clones));
  describe('before addModule():', () => compareEach(window.beforeAddModule, () => ours.window.beforeAddModule));
  describe('after addModule():', () => compareEach(window.afterAddModule, () => ours.window.afterAddModule));
  describe('at last:', () => compareEach(window.atLast, () => ours.window.atLast));
});

describe('in a worklet', () => {
  const { worklet } = native;

  test('the global scope has the native names, and no other', () => {
    // What Private Aggregation adds is in private-aggregation.test.ts: native Chromium was recorded without it.
    const names = ours.worklet.globals.filter((name) => !/^privateAggregation$/i.test(name));
    expect(names).toEqual(worklet.globals);
  });

  test('the global scope looks native', () => {
    const { classOfGlobal, prototypesOfGlobal, thisOfOperation, iterator } = worklet;
    expect(ours.worklet).toMatchObject({ classOfGlobal, thisOfOperation, iterator });
    expect(ours.worklet.prototypesOfGlobal.map(withoutStuck)).toEqual(prototypesOfGlobal);
  });

  describe('its attributes look native:', () => compareEach(worklet.attributes, () => ours.worklet.attributes));
  describe('interfaces look as natively:', () =>
    compareEach(
      worklet.interfaces,
      () => ours.worklet.interfaces,
      (one) => withoutOwn(one, false),
    ));
  describe('during addModule():', () => compareEach(worklet.duringAddModule, () => ours.worklet.duringAddModule));
  describe('calls end as natively:', () => compareEach(worklet.calls, () => ours.worklet.calls));
});
