/** A worklet's console, against what native Chromium 150 shows for the same calls. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleLine, Lab, MUCH_LONGER, type Page, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

let sites = 0;
const PREFIX = '[shared storage worklet: op]';

/** What the page's console shows of an operation with these statements. */
async function shown(statements: string): Promise<ConsoleLine[]> {
  const site = `console-${++sites}`;
  lab.serve(`/${site}.js`, `register('op', class { async run() { ${statements}\nconsole.log('the end'); } });`);
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule('/${site}.js').then(() => sharedStorage.run('op'))`);
  await until(() => page.console.some(({ args }) => args.at(-1) === 'the end'), MUCH_LONGER);
  await page.close();
  return page.console.slice(0, -1);
}

/** The lines without what stands before each. */
const labelled = (lines: readonly ConsoleLine[]): ConsoleLine[] =>
  lines.map(({ level, args: [prefix, ...args] }) => {
    expect(prefix).toBe(PREFIX);
    return { level, args };
  });

test('counts by label', async () => {
  const lines = await shown(
    `console.count(); console.count(); console.count('x'); console.count(undefined); console.count(null); console.count({});
    console.countReset(); console.count(); console.countReset('nope'); console.countReset('x'); console.count('x');`,
  );
  const log = (text: string) => ({ level: 'log', args: [text] });
  expect(labelled(lines)).toEqual([
    ...['default: 1', 'default: 2', 'x: 1', 'default: 3', 'null: 1', '[object Object]: 1', 'default: 1'].map(log),
    { level: 'warning', args: ["Count for 'nope' does not exist"] },
    log('x: 1'),
  ]);
});

test('takes the time by label', async () => {
  const lines = await shown(
    `console.time(); console.time('x'); console.time('x'); console.timeLog('x', 1, { a: 2 }); console.timeLog('nope');
    console.timeEnd('x'); console.timeEnd('x'); console.timeEnd();`,
  );
  const milliseconds = (label: string) => expect.stringMatching(new RegExp(`^${label}: [\\d.]+ ms$`));
  expect(labelled(lines).map(({ level, args }) => ({ level, args: args.slice(0, 2) }))).toEqual([
    { level: 'warning', args: ["Timer 'x' already exists"] },
    { level: 'log', args: [milliseconds('x'), 1] },
    { level: 'warning', args: ["Timer 'nope' does not exist"] },
    { level: 'log', args: [milliseconds('x')] },
    { level: 'warning', args: ["Timer 'x' does not exist"] },
    { level: 'log', args: [milliseconds('default')] },
  ]);
});

test('asserts, groups, and shows nothing for nothing', async () => {
  const lines = await shown(
    `console.assert(); console.assert(true, 'no'); console.assert(0, 'a', 1);
    console.group('g', 1); console.log('in'); console.groupCollapsed(); console.groupEnd(); console.groupEnd();
    console.log(); console.warn(); console.table(); console.dir(); console.debug(undefined);`,
  );
  expect(lines).toEqual([
    { level: 'assert', args: [PREFIX, 'console.assert'] },
    { level: 'assert', args: [PREFIX, 'a', 1] },
    { level: 'startGroup', args: [PREFIX, 'g', 1] },
    { level: 'log', args: [PREFIX, 'in'] },
    { level: 'startGroupCollapsed', args: [PREFIX, 'console.groupCollapsed'] },
    { level: 'endGroup', args: ['console.groupEnd'] },
    { level: 'endGroup', args: ['console.groupEnd'] },
    { level: 'debug', args: [PREFIX, undefined] },
  ]);
});

test('hands tables and objects to the methods that show them', async () => {
  const lines = await shown(`console.table('t', ['a']); console.dir(5, { depth: 0 }); console.dirxml('x', 2); console.clear();`);
  expect(lines.map(({ level, args }) => [level, ...args])).toEqual([
    ['table', 't', 'Array(1)'],
    ['dir', 5, 'Object'],
    ['dirxml', PREFIX, 'x', 2],
    ['clear', 'console.clear'],
  ]);
});

test('traces the worklet’s own stack', async () => {
  const lines = await shown(`function inner() { console.trace('here'); } inner();`);
  expect(lines).toEqual([
    {
      level: 'trace',
      args: [PREFIX, 'here', expect.stringMatching(/^\n {4}at inner \(.*\.js:1:\d+\)\n {4}at Object\.run \(.*\.js:1:\d+\)$/)],
    },
  ]);
});

test('formats what the worklet formats, and nothing else', async () => {
  const lines = await shown(`console.log('%s and %d', 'a', 5); console.log('100%'); console.log('a', '%s');`);
  expect(lines.map(({ args }) => args)).toEqual([
    [`${PREFIX} %s and %d`, 'a', 5],
    [PREFIX, '100%'],
    [PREFIX, 'a', '%s'],
  ]);
});

test('shows values by what they are', async () => {
  const lines = await shown(
    `console.log(() => 1, Symbol('s'), 10n, -0, class A {});
    console.log(new Map([['k', 1]]), new Set([1, 2]), new Date(0), /x/g, new Uint8Array([1, 2]), new (class Point { x = 1 })());
    console.log(new TypeError('wrong'), sharedStorage, new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer));`,
  );
  expect(lines.map(({ args }) => args.slice(1))).toEqual([
    ['() => 1', 'Symbol(s)', '10n', '-0', 'class A {}'],
    ['Map(1)', 'Set(2)', expect.stringContaining('1970'), '/x/g', 'Uint8Array(2)', 'Object'],
    [expect.stringMatching(/^TypeError: wrong\n {4}at Object\.run \(.*\.js:3:\d+\)$/), '[object SharedStorage]', '[object Uint8Array]'],
  ]);
});

describe('of many lines in one go', () => {
  test('3,000 are all shown', async () => {
    const lines = await shown(`for (let i = 0; i < 3000; i++) console.log(i);`);
    expect(lines.map(({ args }) => args[1])).toEqual(Array.from({ length: 3000 }, (_, index) => index));
  });

  test('more than can be kept, the last are shown, and how many were not', async () => {
    const COUNT = 50_000;
    const lines = await shown(`for (let i = 1; i <= ${COUNT}; i++) console.log(i);`);
    const notices = lines.filter(({ level }) => level === 'warning');
    const numbers = lines.filter(({ level }) => level === 'log').map(({ args }) => Number(args[1]));
    const dropped = notices.map(({ args }) => Number(/^\((\d+) earlier lines were dropped\)$/.exec(String(args[1]))?.[1]));
    expect(numbers.length + dropped.reduce((sum, one) => sum + one, 0)).toBe(COUNT);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers.slice(-9000)).toEqual(Array.from({ length: 9000 }, (_, index) => COUNT - 8999 + index));
  });

  test('of a worklet that ends right after them, none is lost', async () => {
    lab.serve(
      '/ends.js',
      `for (let i = 0; i < 2000; i++) console.log('line', i); register('op', class { async run() { for (let i = 2000; i < 4000; i++) console.log('line', i); } });`,
    );
    const page = await lab.page('ends');
    await page.evaluate(`sharedStorage.worklet.addModule('/ends.js').then(() => sharedStorage.run('op'))`);
    await until(() => page.console.length >= 4000);
    expect(page.console.map(({ args }) => args[2])).toEqual(Array.from({ length: 4000 }, (_, index) => index));
    await page.close();
  });
});

describe('while the service worker is stopped again and again', () => {
  const COUNT = 400;
  const numbersOf = ({ console }: Page) => console.filter(({ args }) => args[1] === 'line').map(({ args }) => args[2]);
  const ALL = Array.from({ length: COUNT }, (_, index) => index);

  test('each line is shown, once, in their order', async () => {
    lab.serve(
      '/talks.js',
      `register('talk', class { async run() { for (let i = 0; i < ${COUNT}; i++) { console.log('line', i); await sharedStorage.length(); } } });`,
    );
    const page = await lab.page('talks');
    await page.evaluate(`sharedStorage.worklet.addModule('/talks.js').then(() => sharedStorage.run('talk'))`);
    let stops = 0;
    // Each time some lines are under way, and the next ones wake another worker.
    for (let seen = 0; seen < COUNT; seen = Math.max(seen, numbersOf(page).length)) {
      const before = seen;
      await until(() => numbersOf(page).length > before);
      if (numbersOf(page).length >= COUNT) break;
      await lab.stopServiceWorker();
      stops++;
    }
    await until(() => numbersOf(page).includes(COUNT - 1));
    expect(stops).toBeGreaterThan(0);
    expect(numbersOf(page)).toEqual(ALL);
    await page.close();
  });
});

test('has the methods of a native console', async () => {
  const lines = await shown(
    `console.log(Object.getOwnPropertyNames(console).every((name) => console[name].name === name));
    console.log(console.createTask('t').run(() => 7), Object.keys(console.context('c')).length);
    console.context('c').log('in context');`,
  );
  expect(lines.map(({ args }) => args.slice(1))).toEqual([[true], [7, 22], ['in context']]);
});
