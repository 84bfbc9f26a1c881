/** How operations begin and how they fail, as native Chromium 150 has it, and who is told: the developer, and no script. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConsoleLine, Lab, until } from './lab';

type Page = Awaited<ReturnType<Lab['page']>>;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

let sites = 0;

/** Where in its line a frame of a stack is, is of no interest here. */
const withoutColumns = (text: unknown): string => String(text).replaceAll(/(\.js:\d+):\d+/g, '$1');

/** A page of a site of its own, and what addModule() with this script comes to; null for one that is not there. */
async function load(script: string | null): Promise<{ page: Page; site: string; added: string }> {
  const site = `operations-${++sites}`;
  if (script !== null) lab.serve(`/${site}.js`, script);
  const page = await lab.page(site);
  const added = await page.evaluate(
    `sharedStorage.worklet.addModule('/${site}.js').then(() => 'loaded', (error) => error.name + ': ' + error.message)`,
  );
  return { page, site, added: withoutColumns(added) };
}

const run = (page: Page, name = 'op', options = '{ keepAlive: true }') =>
  page.evaluate(`sharedStorage.run('${name}', ${options}).then(() => 'resolved', (error) => String(error))`);

const select = (page: Page, name = 'op', options = '{ keepAlive: true }') =>
  page.evaluate(
    `sharedStorage.selectURL('${name}', [{ url: '/0' }, { url: '/1' }], ${options}).then((urn) => urn, (error) => String(error))`,
  );

const logged = (page: Page, ...args: unknown[]) =>
  until(() => page.console.find((line) => JSON.stringify(line.args.slice(1)) === JSON.stringify(args)));

const linesOf = (console: readonly ConsoleLine[]): ConsoleLine[] =>
  console.map(({ level, args }) => ({ level, args: args.map((arg) => (typeof arg === 'string' ? withoutColumns(arg) : arg)) }));

/** The lines without a prefix: what the browser itself says of operations. */
const notices = ({ console }: Page): ConsoleLine[] =>
  linesOf(console).filter(({ args }) => !String(args[0]).startsWith('[shared storage worklet:'));

const events = (dataOrigin: string) =>
  lab
    .events<{ method: string; scope: string; dataOrigin: string; documentId: string; refusal: string | null; result: unknown }>()
    .then((all) => all.filter((event) => event.dataOrigin === dataOrigin && event.scope === 'worklet'));

const failedRuns = async (site: string) =>
  (await events(lab.origin(site))).filter(({ method }) => method === 'run').map(({ refusal }) => withoutColumns(refusal));

describe('a registered class', () => {
  test('is constructed at its first operation, once, when sharedStorage is there', async () => {
    const { page, added } = await load(`register('op', class {
      constructor() { console.log('constructed'); this.storage = sharedStorage; this.runs = 0; }
      async run() { console.log('ran', ++this.runs, this.storage === sharedStorage); }
    }); console.log('registered');`);
    expect(added).toBe('loaded');
    await run(page);
    await run(page);
    await logged(page, 'ran', 2, true);
    expect(page.console.map(({ args }) => args[1])).toEqual(['registered', 'constructed', 'ran', 'ran']);
    await page.close();
  });

  test('whose constructor throws has no instance, and each operation says so', async () => {
    const { page, site, added } = await load(`register('op', class Op { constructor() { throw new Error('no'); } async run() {} });`);
    expect([added, await run(page), await run(page)]).toEqual(['loaded', 'resolved', 'resolved']);
    expect(await select(page)).toMatch(/^urn:uuid:/);
    await until(() => notices(page).length === 3);
    const text = 'Empty operation definition instance.';
    expect(notices(page)).toEqual(Array(3).fill({ level: 'error', args: [text] }));
    const thrown = linesOf(page.console).filter(({ args }) => args.length === 2);
    expect(thrown).toEqual([
      { level: 'error', args: ['[shared storage worklet: op]', `Uncaught Error: no\n    at new Op (${lab.origin(site)}/${site}.js:1)`] },
    ]);
    await until(async () => (await failedRuns(site)).length === 2);
    expect(await failedRuns(site)).toEqual([text, text]);
    await page.close();
  });

  test('gives `run` by its prototype: what its constructor returns is only `this`', async () => {
    const { page } = await load(`register('op', class {
      run = () => console.log('field');
      constructor() { return { run: () => console.log('own'), name: 'another' }; }
      async run(...args) { console.log('prototype', this.name, args.length); }
    });`);
    await run(page);
    await logged(page, 'prototype', 'another', 1);
    await page.close();
  });

  test.each([0, 100_000])('is in a module that may have any characters, and %d more of them', async (length) => {
    const text = '#%25&+\u2028é\u{1F600}';
    const { page } = await load(`register('op', class { async run() { console.log('${text}'); } }); // ${'x'.repeat(length)}`);
    await run(page);
    await logged(page, text);
    await page.close();
  });

  test('without `run` on its prototype is refused', async () => {
    const { page, added } = await load(`register('op', class { run = async () => {} });`);
    expect(added).toContain('Property "run" doesn\'t exist');
    expect(await run(page)).toBe('resolved');
    await until(() => notices(page).length === 1);
    expect(notices(page)).toEqual([{ level: 'error', args: ['Cannot find operation name.'] }]);
    await page.close();
  });
});

describe('a module that fails halfway', () => {
  const OPERATION = `register('op', class { async run() { await sharedStorage.set('ran', '1'); console.log('ran', await sharedStorage.get('ran')); return 1; } });`;

  test.each([
    ['names what is not there', 'undefinedName;', 'ReferenceError: undefinedName is not defined\n    at URL:1'],
    ['throws a string', `throw 'a string';`, 'a string'],
    ['throws a SyntaxError of its own', `throw new SyntaxError('mine');`, 'SyntaxError: mine\n    at URL:1'],
    ['throws what has no text', 'throw Object.create(null);', 'Unknown Failure'],
    [
      'reads sharedStorage',
      'sharedStorage;',
      "NotAllowedError: Failed to read the 'sharedStorage' property from 'SharedStorageWorkletGlobalScope': sharedStorage cannot be accessed during addModule().",
    ],
  ])('because it %s rejects addModule(), and its operations run', async (_why, statement, message) => {
    const { page, site, added } = await load(`${OPERATION} ${statement}`);
    expect(added).toContain(`OperationError: ${message.replace('URL', `${lab.origin(site)}/${site}.js`)}`);
    expect(await run(page)).toBe('resolved');
    await logged(page, 'ran', '1');
    await page.close();
  });

  test('its error is in the console', async () => {
    const { page, site } = await load(`\nnull.x;`);
    await until(() => page.console.length > 0);
    const text = `Uncaught TypeError: Cannot read properties of null (reading 'x')\n    at ${lab.origin(site)}/${site}.js:2`;
    expect(linesOf(page.console)).toEqual([{ level: 'error', args: ['[shared storage worklet: addModule]', text] }]);
    await page.close();
  });

  test('and leaves an index to choose', async () => {
    const { page, site } = await load(`${OPERATION} undefinedName;`);
    await select(page);
    await until(async () => (await events(lab.origin(site))).some(({ method, result }) => method === 'selectURL' && result !== null));
    const [event] = (await events(lab.origin(site))).filter(({ method }) => method === 'selectURL');
    expect(event).toMatchObject({ result: { index: 1 }, refusal: null });
    await page.close();
  });

  test.each([
    ['does not parse', `register('op', class { async run() {} }); )`, `SyntaxError: Unexpected token ')'`],
    ['is not there', null, 'Failed to load URL HTTP status = 404 Not Found.'],
  ])('has no operations where it %s', async (_why, script, message) => {
    const { page, site, added } = await load(script);
    expect(added).toBe(`OperationError: ${message.replace('URL', `${lab.origin(site)}/${site}.js`)}`);
    expect(await run(page)).toBe('resolved');
    expect(await select(page)).toMatch(/^urn:uuid:/);
    await until(() => notices(page).length === 2);
    expect(notices(page)).toEqual(Array(2).fill({ level: 'error', args: ['Cannot find operation name.'] }));
    await until(async () => (await events(lab.origin(site))).length === 2);
    expect((await events(lab.origin(site))).map(({ refusal }) => refusal)).toEqual(Array(2).fill('Cannot find operation name.'));
    await page.close();
  });
});

describe('an operation that is asked for before the module is loaded', () => {
  const MODULE = `console.log('loaded'); register('op', class { async run() { console.log('ran'); return 1; } });`;
  const NOT_LOADED = { level: 'error', args: ["The module script hasn't been loaded."] };

  /** The page's script has been answered when `release` lets the server answer. */
  async function unawaited(calls: string): Promise<{ page: Page; site: string; finish(): Promise<unknown> }> {
    const site = `operations-${++sites}`;
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    lab.serve(`/${site}.js`, async (_request, response) => {
      await released;
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(MODULE);
    });
    const page = await lab.page(site);
    await page.evaluate(`(async () => {
      globalThis.added = sharedStorage.worklet.addModule('/${site}.js');
      ${calls}
    })()`);
    const finish = () => {
      release();
      return page.evaluate('added.then(() => "added", String)');
    };
    return { page, site, finish };
  }

  test('is lost, though its promise resolves at once, and uses the worklet up', async () => {
    const { page, site, finish } = await unawaited(`await sharedStorage.run('op');`);
    await until(() => notices(page).length === 1);
    expect(notices(page)).toEqual([NOT_LOADED]);
    await until(async () => (await failedRuns(site)).length === 1);
    expect(await finish()).toBe('added');
    expect(await run(page)).toContain(`did not include the option 'keepAlive: true'`);
    expect(page.console.map(({ args }) => args.at(-1))).toEqual([NOT_LOADED.args[0], 'loaded']);
    const [failed] = await events(lab.origin(site));
    const params = { worklet: { documentId: failed?.documentId, workletId: 1 } };
    const ask = `chrome.runtime.sendMessage(${JSON.stringify({ to: 'offscreen', method: 'host.dataOrigin', params })})`;
    await until(async () => (await lab.inExtension<{ value: unknown }>(ask)).value === null);
    await page.close();
  });

  test('is lost alone where it keeps the worklet alive, and selectURL() gives the first URL', async () => {
    const { page, site, finish } = await unawaited(`
      await sharedStorage.run('op', { keepAlive: true });
      await sharedStorage.selectURL('op', [{ url: '/0' }, { url: '/1' }], { keepAlive: true });`);
    await until(() => notices(page).length === 2);
    expect(notices(page)).toEqual([NOT_LOADED, NOT_LOADED]);
    expect(await finish()).toBe('added');
    expect(await run(page)).toBe('resolved');
    await logged(page, 'ran');
    expect(page.console.filter(({ args }) => args[1] === 'ran')).toHaveLength(1);
    const selections = async () => (await events(lab.origin(site))).filter(({ method }) => method === 'selectURL');
    await until(async () => (await selections()).length > 0);
    expect(await selections()).toMatchObject([{ result: { index: 0 }, refusal: NOT_LOADED.args[0] }]);
    await page.close();
  });
});

describe('in the console and in the event log', () => {
  const MODULE = `
    register('throws', class { run() { inner(); function inner() { throw new TypeError('thrown'); } } });
    register('rejects', class { async run() { await null; throw new RangeError('rejected'); } });
    register('rejects with a string', class { async run() { throw 'a string'; } });
    register('has a stack', class { async run() { throw { stack: 'a stack' }; } });
    register('has no text', class { async run() { throw Symbol('s'); } });
    register('rejects inside', class { async run() { Promise.reject(new Error('nobody catches')); } });
    register('misses', class { async run() { return 2; } });
    register('is no number', class { async run() { return Symbol('s'); } });
    register('chooses', class { async run() { return 1; } });`;

  test.each([
    ['unknown', 'Cannot find operation name.'],
    ['throws', 'TypeError: thrown\n    at inner (URL:2)\n    at Object.run (URL:2)'],
    ['rejects', 'RangeError: rejected\n    at Object.run (URL:3)'],
    ['rejects with a string', 'a string'],
    ['has a stack', 'a stack'],
    ['has no text', 'Unknown Failure'],
  ])('a run that %s is reported with its own frames alone', async (name, expected) => {
    const { page, site } = await load(MODULE);
    const text = expected.replaceAll('URL', `${lab.origin(site)}/${site}.js`);
    expect(await run(page, name)).toBe('resolved');
    await until(() => notices(page).length > 0);
    expect(notices(page)).toEqual([{ level: 'error', args: [text] }]);
    await until(async () => (await failedRuns(site)).length > 0);
    expect(await failedRuns(site)).toEqual([text]);
    await page.close();
  });

  test.each([
    ['unknown', 'error', 'Cannot find operation name.'],
    ['misses', 'error', 'Promise resolved to a number outside the length of the input urls.'],
    ['is no number', 'error', 'Promise did not resolve to an uint32 number.'],
    ['rejects with a string', 'error', 'a string'],
  ])('a selection that %s is reported', async (name, level, text) => {
    const { page, site } = await load(MODULE);
    await select(page, name);
    await until(() => notices(page).length > 0);
    expect(notices(page)).toEqual([{ level, args: [text] }]);
    const selections = async () => (await events(lab.origin(site))).filter(({ method }) => method === 'selectURL');
    await until(async () => (await selections()).length > 0);
    expect(await selections()).toMatchObject([{ result: { index: 0 }, refusal: text }]);
    await page.close();
  });

  test('what is beyond the budget is news, whatever the operation came to', async () => {
    const { page } = await load(MODULE);
    for (let bits = 0; bits < 6; bits++) await select(page, 'chooses');
    await select(page, 'chooses');
    await select(page, 'misses');
    await until(() => notices(page).length === 2);
    expect(notices(page)).toEqual(Array(2).fill({ level: 'info', args: ['Insufficient budget for selectURL().'] }));
    await page.close();
  });

  test('a rejection that nobody catches goes by the name of its operation', async () => {
    const { page, site } = await load(MODULE);
    await run(page, 'rejects inside');
    await until(() => page.console.length > 0);
    const text = `Uncaught (in promise) Error: nobody catches\n    at Object.run (${lab.origin(site)}/${site}.js:7)`;
    expect(linesOf(page.console)).toEqual([{ level: 'error', args: ['[shared storage worklet: rejects inside]', text] }]);
    await page.close();
  });

  test('no line has a frame of ours in its stack trace', async () => {
    const { page } = await load('');
    const frames: unknown[] = [];
    page.on('Runtime.consoleAPICalled', ({ stackTrace }) => frames.push(...(stackTrace?.callFrames ?? [])));
    await run(page, 'unknown');
    await until(() => notices(page).length > 0);
    expect(frames).toEqual([]);
    await page.close();
  });
});
