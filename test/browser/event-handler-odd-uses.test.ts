/** Handlers of whatever there is: of other documents' worklets, of gone documents, with odd keys, of operations that are none for handlers. docs/possibilities.md */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { called, configureHandlers, linesOf, listen, openPage, outcome, SWITCHED_ON } from './event-handlers';
import { EXTENSION, Lab, type Page, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve(
    '/odd.js',
    `register('note', class {
      async run(data) { console.log('called:', JSON.stringify(data), await sharedStorage.get(data.key)); }
    });
    register('choose', class {
      async run(...args) { console.log('chooses:', args.length, JSON.stringify(args[0])); return 1; }
    });
    register('members', class { async run() { console.log('members:', 'addEventListener' in sharedStorage, typeof addEventListener); } });
    register('later', class {
      run({ key }) { sharedStorage.append(key, '+'); sharedStorage.append('after', '+'); }
    });`,
  );
  lab.serve('/trusted.js', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' });
    response.end(
      `register('note', class { async run(data) { console.log('called:', JSON.stringify(data), await sharedStorage.get(data.key)); } })`,
    );
  });
  await configureHandlers(lab);
});
afterAll(() => lab.close());

const FAILED = "Failed to execute 'addEventListener' on 'SharedStorage'";

async function open(site: string): Promise<Page> {
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule('/odd.js')`);
  return page;
}

/** Of the page, once it has heard of everything that was changed before. */
async function linesAfterAll(page: Page): Promise<string[]> {
  await listen(page, 'note', { key: 'last' });
  await page.evaluate(`sharedStorage.append('last', 'x')`);
  await until(() => linesOf(page).some((line) => line.includes('"last"')));
  return linesOf(page).filter((line) => !line.includes('"last"'));
}

describe('arguments:', () => {
  const WORKLET_PROBLEM = `TypeError: ${FAILED}: Failed to read the 'worklet' property from 'SharedStorageKeyHandlerOptions': Failed to convert value to 'SharedStorageWorklet'.`;

  test.each([
    ["another document's worklet", `{ key: 'k', worklet: frames[0].sharedStorage.worklet }`, WORKLET_PROBLEM],
    ['null for a worklet', `{ key: 'k', worklet: null }`, WORKLET_PROBLEM],
    ['a SharedStorage for a worklet', `{ key: 'k', worklet: sharedStorage }`, WORKLET_PROBLEM],
    [
      'null for actions',
      `{ key: 'k', actions: null }`,
      `TypeError: ${FAILED}: Failed to read the 'actions' property from 'SharedStorageKeyHandlerOptions': The provided value cannot be converted to a sequence.`,
    ],
    ['a getter that throws', `{ get key() { throw new RangeError('mine'); } }`, 'RangeError: mine'],
    ['an iterator that throws', `{ key: 'k', actions: { *[Symbol.iterator]() { throw new RangeError('mine'); } } }`, 'RangeError: mine'],
    ['keys that take too much memory', `{ key: 'k'.repeat(2 ** 20) }`, 'OperationError: The document has too many event handlers.'],
    ['a key without characters', `{ key: '' }`, `DataError: ${FAILED}: Length of the "key" parameter is not valid`],
    ['numbers for keys and actions of any iterable', `{ key: 5, actions: new Set(['set']) }`, 'undefined'],
  ])('%s', async (_name, options, expected) => {
    const page = await open('arguments');
    await page.evaluate(`new Promise((resolve) => {
      document.body.append(Object.assign(document.createElement('iframe'), { src: '/blank.html', onload: () => resolve() }));
    })`);
    const said = await outcome(page, `sharedStorage.addEventListener('key', 'note', ${options})`);
    expect(said).toBe(expected);
    // Whatever it was, the next call is as any other.
    expect(await outcome(page, `sharedStorage.addEventListener('key', 'note', { key: 'k' })`)).toBe('undefined');
    await page.close();
  });

  test('a worklet that its operation has used up takes none, and gives none up', async () => {
    const page = await open('used-up');
    await page.evaluate(
      `sharedStorage.createWorklet('/odd.js').then((worklet) => { globalThis.used = worklet; return worklet.run('members'); })`,
    );
    await until(() => linesOf(page).length > 0);
    expect(await outcome(page, `sharedStorage.addEventListener('key', 'note', { key: 'k', worklet: used })`)).toMatch(/^OperationError: /);
    expect(await outcome(page, `sharedStorage.removeEventListener('key', 'note', { key: 'k', worklet: used })`)).toBe('undefined');
    await page.close();
  });

  test('in a frame that is gone, there is no context any more', async () => {
    const page = await open('gone');
    expect(
      await page.evaluate(`new Promise((resolve) => {
        const frame = Object.assign(document.createElement('iframe'), { src: '/blank.html' });
        frame.onload = async () => {
          const { sharedStorage: theirs } = frame.contentWindow;
          await theirs.worklet.addModule('/odd.js');
          frame.remove();
          const outcomes = ['addEventListener', 'removeEventListener'].map((name) =>
            theirs[name]('key', 'note', { key: 'k' }).then(() => 'fulfilled', ({ name, message }) => name + ': ' + message));
          resolve(Promise.all(outcomes));
        };
        document.body.append(frame);
      })`),
    ).toEqual(
      ['addEventListener', 'removeEventListener'].map(
        (name) => `InvalidAccessError: ${FAILED.replace('addEventListener', name)}: context is not valid`,
      ),
    );
    await page.close();
  });
});

test('worklets have no such methods, nor hear of changes in any other way', async () => {
  const page = await open('members');
  await page.evaluate(`sharedStorage.run('members', { keepAlive: true })`);
  await until(() => linesOf(page).length > 0);
  expect(linesOf(page)[0]).toMatch(/^members: false /);
  await page.close();
});

test('keys are code units, of which half of a character is one as well', async () => {
  const page = await open('surrogates');
  const keys = ['\\ud800', '\\udc00', '\\\\ud800', '\\ufffd', '\\u0000', '__proto__', ' '];
  for (const key of keys) await page.evaluate(`sharedStorage.addEventListener('key', 'note', { key: '${key}' })`);
  await page.evaluate(
    `sharedStorage.set('\\ud800', 'high'), sharedStorage.set('__proto__', 'member'), sharedStorage.set('\\u0000', 'nul')`,
  );
  const lines = await linesAfterAll(page);
  expect(lines).toEqual([
    'called: {"type":"key","key":"\\ud800","action":"set"} high',
    'called: {"type":"key","key":"__proto__","action":"set"} member',
    'called: {"type":"key","key":"\\u0000","action":"set"} nul',
  ]);
  expect(await outcome(page, `sharedStorage.removeEventListener('key', 'note', { key: '\\ud800' })`)).toBe('undefined');
  await page.evaluate(`sharedStorage.set('\\ud800', 'again'), sharedStorage.set('\\udc00', 'low')`);
  await until(() => linesOf(page).some((line) => line.endsWith(' low')));
  expect(linesOf(page).filter((line) => line.endsWith(' again'))).toEqual([]);
  await page.close();
});

test('an operation for selectURL() is given what the others are, and what it returns is nothing to anybody', async () => {
  const page = await open('selection');
  await listen(page, 'choose', { key: 'k' });
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  expect(await linesAfterAll(page)).toEqual(['chooses: 1 {"type":"key","key":"k","action":"set"}']);
  expect(page.console.filter(({ level }) => level === 'error')).toEqual([]);
  await page.close();
});

test('what an operation has begun to write when it ends is its own still', async () => {
  const page = await open('later');
  await listen(page, 'later', { key: 'k' });
  await listen(page, 'note', { key: 'after' });
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(() => linesOf(page).includes(called('after', 'append', '+')));
  expect(await linesAfterAll(page)).toEqual([called('after', 'append', '+')]);
  expect((await lab.stored('later')).k).toBe('1+');
  await page.close();
});

test('a handler that is removed while its calls wait is not called any more; the others are', async () => {
  const page = await openPage(lab, 'waiting');
  const other = await openPage(lab, 'waiting');
  await other.evaluate(`sharedStorage.run('hold', { keepAlive: true })`);
  await until(() => linesOf(other).includes('held'));
  await listen(page, 'wait', { key: 'k' });
  await listen(page, 'count', { key: 'k' });
  await listen(page, 'count', { key: 'l' });
  // The first call keeps the next ones waiting.
  await page.evaluate(`sharedStorage.set('k', '1'), sharedStorage.set('l', '2')`);
  await until(async () => (await lab.records('shared-storage', 'changes')).length === 0 && (await lab.stored('waiting')).l === '2');
  await page.evaluate(`sharedStorage.removeEventListener('key', 'count', { key: 'k' })`);
  await page.evaluate(`sharedStorage.set('let go', 'x')`);
  await until(async () => (await lab.stored('waiting'))['count of l'] === '|');
  expect((await lab.stored('waiting'))['count of k']).toBeUndefined();
  await page.close();
  await other.close();
});

test("a worklet of a third origin's data hears of what that origin writes", async () => {
  const trusted = JSON.stringify([{ scriptOrigin: lab.origin('script'), contextOrigin: lab.origin('context') }]);
  lab.serve('/.well-known/shared-storage/trusted-origins', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end(trusted);
  });
  const page = await lab.page('context');
  const owner = await lab.page('third');
  await page.evaluate(`sharedStorage.createWorklet('${lab.origin('script')}/trusted.js', { dataOrigin: '${lab.origin('third')}' }).then((worklet) => {
    return sharedStorage.addEventListener('key', 'note', { key: 'k', worklet });
  })`);
  await page.evaluate(`sharedStorage.set('k', 'mine')`);
  await owner.evaluate(`sharedStorage.set('k', 'theirs')`);
  await until(() => linesOf(page).length > 0);
  expect(linesOf(page)).toEqual([called('k', 'set', 'theirs')]);
  await page.close();
  await owner.close();
});

test('a document that its tab leaves takes its handlers along', async () => {
  const page = await openPage(lab, 'left');
  // Such a page is not kept to go back to.
  await page.evaluate(
    `addEventListener('unload', () => {}), globalThis.port = new BroadcastChannel('b'), new Promise((held) => navigator.locks.request('held', () => (held(), new Promise(() => {}))))`,
  );
  await listen(page, 'count', { key: 'k' });
  await page.navigate(`${lab.origin('left')}/blank.html?next`);
  await until(async () => !(await lab.records<string>('shared-storage', 'watched')).includes('k'));
  await page.evaluate(`sharedStorage.set('k', '1')`);
  expect((await lab.stored('left'))['count of k']).toBeUndefined();
  await page.close();
});

test.each([{ enabled: false }, { enrollment: [] }, { blockedSites: ['http://refused.localhost'] }])(
  'settings that refuse run() refuse a handler, in the same words: %j',
  async (settings) => {
    const page = await open('refused');
    await listen(page, 'note', { key: 'before' });
    await configureHandlers(lab, { ...SWITCHED_ON, ...settings });
    const run = `sharedStorage.run('choose', { keepAlive: true })`;
    await until(async () => (await outcome(page, run)) !== 'undefined');
    expect(await outcome(page, `sharedStorage.addEventListener('key', 'note', { key: 'k' })`)).toBe(await outcome(page, run));
    // Nothing keeps a handler from being removed.
    expect(await outcome(page, `sharedStorage.removeEventListener('key', 'note', { key: 'before' })`)).toBe('undefined');
    await configureHandlers(lab);
    await page.close();
  },
);

// The last one: documents from before have no extension any more.
test('with the extension that is reloaded the handlers are gone; documents say so, and later ones have theirs', async () => {
  const page = await openPage(lab, 'reloaded');
  await listen(page, 'note', { key: 'k' });
  await lab.browser.devtools.send('Extensions.loadUnpacked', { path: EXTENSION });
  const refusal = 'InvalidStateError: Shared Storage Lab was reloaded or removed. Reload this page to use it.';
  await until(async () => (await outcome(page, `sharedStorage.addEventListener('key', 'note', { key: 'l' })`)) === refusal);
  expect(await outcome(page, `sharedStorage.removeEventListener('key', 'note', { key: 'k' })`)).toBe(refusal);
  await configureHandlers(lab);
  const next = await openPage(lab, 'reloaded');
  await next.evaluate(`sharedStorage.set('k', '1')`);
  await listen(next, 'note', { key: 'k' });
  await next.evaluate(`sharedStorage.append('k', '2')`);
  await until(() => linesOf(next).length > 0);
  expect(linesOf(next)).toEqual([called('k', 'append', '12')]);
  expect(linesOf(page)).toEqual([]);
  await next.close();
  await page.close();
});
