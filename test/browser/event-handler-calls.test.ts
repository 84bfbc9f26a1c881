/** Which changes call which handlers, in which order, and how often. docs/possibilities.md */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { called, configureHandlers, linesOf, listen, openPage } from './event-handlers';
import { Lab, type Page, until } from './lab';
import { openOwn } from './own-pages';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/clear', (_request, response) => response.writeHead(200, { 'Clear-Site-Data': '"storage"' }).end());
  lab.serve('/write', (_request, response, url) => {
    response.writeHead(200, { 'Shared-Storage-Write': url.searchParams.get('header') ?? '' }).end();
  });
  await configureHandlers(lab);
});
afterAll(() => lab.close());

let changes = 0;

/** Changes something that a handler of the page hears of as well, and waits for that: whatever was changed before has been heard of then. */
async function settled(page: Page): Promise<void> {
  const value = String(++changes);
  await listen(page, 'note', { key: 'last' });
  await page.evaluate(`sharedStorage.set('last', '${value}')`);
  await until(() => linesOf(page).includes(called('last', 'set', value)));
}

/** What the handlers of the page have been called for, but for the last change. */
async function callsOf(page: Page): Promise<string[]> {
  await settled(page);
  return linesOf(page).filter((line) => !line.includes('"last"'));
}

test('each action calls the handlers that are for it, where it changes the entry', async () => {
  const page = await openPage(lab, 'actions');
  await listen(page, 'note', { key: 'all' });
  await listen(page, 'note', { key: 'some', actions: ['append', 'clear'] });
  await page.evaluate(`sharedStorage.batchUpdate([
    new SharedStorageDeleteMethod('all'),
    new SharedStorageClearMethod(),
    new SharedStorageSetMethod('all', '1', { ignoreIfPresent: true }),
    new SharedStorageSetMethod('all', '2', { ignoreIfPresent: true }),
    new SharedStorageSetMethod('some', '1'),
  ])`);
  await page.evaluate(`sharedStorage.append('all', '2'), sharedStorage.append('some', '2')`);
  await page.evaluate(`sharedStorage.set('other', '2'), sharedStorage.delete('other')`);
  const before = await callsOf(page);
  await page.evaluate(`sharedStorage.delete('all'), sharedStorage.delete('all'), sharedStorage.set('all', '3')`);
  await page.evaluate(`sharedStorage.clear(), sharedStorage.clear()`);
  const after = (await callsOf(page)).slice(before.length);
  const actionsOf = (lines: string[]) => lines.map((line) => /"key":"(\w+)","action":"(\w+)"/.exec(line)?.slice(1).join(' '));
  expect(actionsOf(before)).toEqual(['all set', 'all append', 'some append']);
  // The last set() was heard of by a handler that is called once more, for it was gone.
  expect(actionsOf(after)).toEqual(['all delete', 'all set', 'all clear', 'some clear']);
  await page.close();
});

test('the operation is given the key and the action, and reads the value itself', async () => {
  const page = await openPage(lab, 'data');
  await listen(page, 'note', { key: 'k' });
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  expect(await callsOf(page)).toEqual(['called: {"type":"key","key":"k","action":"set"} v']);
  await page.close();
});

describe('a change is heard of, whoever makes it:', () => {
  test.each([
    ['another tab', 'set', (other: Page) => other.evaluate(`sharedStorage.set('k', 'v')`)],
    ['a batch', 'append', (other: Page) => other.evaluate(`sharedStorage.batchUpdate([new SharedStorageAppendMethod('k', 'v')])`)],
    ['an update with a lock', 'set', (other: Page) => other.evaluate(`sharedStorage.set('k', 'v', { withLock: 'lock' })`)],
    ['a worklet', 'set', (other: Page) => run(other, 'write', [['set', 'k', 'v']])],
    ['a worklet, with a lock', 'append', (other: Page) => run(other, 'write', [['append', 'k', 'v', { withLock: 'lock' }]])],
    ['a batch of a worklet', 'delete', (other: Page) => run(other, 'batch', [['delete', 'k']])],
    ['a header', 'append', (other: Page) => other.evaluate(write('append;key=k;value=v'))],
    ['a header with a lock', 'clear', (other: Page) => other.evaluate(write('clear, options;with_lock=lock'))],
    ['Clear-Site-Data', 'clear', (other: Page) => other.evaluate(`fetch('/clear').then(() => undefined)`)],
    ['a person, by hand', 'delete', () => byHand('entries.update', `methods: [{ type: 'delete', key: 'k' }],`)],
    ['a person who clears everything of the origin', 'clear', () => byHand('entries.forget', '')],
  ])('%s', async (_name, action, change) => {
    const page = await openPage(lab, 'source');
    const other = await openPage(lab, 'source');
    await page.evaluate(`sharedStorage.set('k', 'before')`);
    await listen(page, 'note', { key: 'k', actions: [action] });
    await change(other);
    await until(() => linesOf(page).some((line) => line.includes(`"action":"${action}"`)));
    expect((await callsOf(page)).filter((line) => line.startsWith('called'))).toHaveLength(1);
    await page.close();
    await other.close();
  });

  const run = (page: Page, operation: string, data: unknown) =>
    page.evaluate(`sharedStorage.run('${operation}', { data: ${JSON.stringify(data)}, keepAlive: true })`);
  const write = (header: string) =>
    `fetch('/write?header=${encodeURIComponent(header)}', { sharedStorageWritable: true }).then(() => undefined)`;

  async function byHand(request: string, params: string): Promise<void> {
    const own = await openOwn(lab, 'options/index.html');
    await own.evaluate(
      `chrome.runtime.sendMessage({ to: 'extension-page', method: '${request}', params: { dataOrigin: '${lab.origin('source')}', ${params} tabId: null } })`,
    );
    await own.close();
  }
});

test('a change that was asked for before the handler was registered is not heard of, one that was asked for after it is', async () => {
  const page = await openPage(lab, 'before-after');
  for (let round = 0; round < 10; round++) {
    const [before, after] = [`before ${round}`, `after ${round}`];
    await page.evaluate(`
      sharedStorage.set('${before}', 'x');
      sharedStorage.set('${after}', 'x');
      sharedStorage.addEventListener('key', 'note', { key: '${before}' });
      sharedStorage.addEventListener('key', 'note', { key: '${after}' });
      sharedStorage.append('${after}', 'y')`);
  }
  expect(await callsOf(page)).toEqual(Array.from({ length: 10 }, (_, round) => called(`after ${round}`, 'append', 'xy')));
  await page.close();
});

test('entries that expire call nobody, nor does their purge', async () => {
  const page = await openPage(lab, 'expiry');
  await listen(page, 'note', { key: 'k' });
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  await until(() => linesOf(page).length > 0);
  const day = 24 * 60 * 60 * 1000;
  await configureHandlers(lab, { possibilities: { eventHandlers: true }, clockOffsetMs: 31 * day });
  // What has expired is not there any more, and is not cleared.
  await page.evaluate(`sharedStorage.delete('k'), sharedStorage.clear()`);
  expect(await callsOf(page)).toEqual([called('k', 'set', 'v')]);
  await configureHandlers(lab);
  await page.close();
});

test('calls are made in the order of the changes, whoever makes them', async () => {
  const page = await openPage(lab, 'order');
  const other = await openPage(lab, 'order');
  for (const key of ['a', 'b', 'c']) await listen(page, 'note', { key });
  const expected: string[] = [];
  for (let round = 0; round < 10; round++) {
    const source = round % 2 === 0 ? page : other;
    await source.evaluate(`sharedStorage.set('a', '${round}'), sharedStorage.set('b', '${round}')`);
    // The operation begins after what was asked for before it, and is done before the next round.
    const before = linesOf(other).length;
    await other.evaluate(`sharedStorage.run('write', { data: [['set', 'c', '${round}'], ['append', 'a', '-']], keepAlive: true })`);
    await until(() => linesOf(other).length > before);
    expected.push('a set', 'b set', 'c set', 'a append');
  }
  const calls = (await callsOf(page)).map((line) => /"key":"(\w+)","action":"(\w+)"/.exec(line)?.slice(1).join(' '));
  expect(calls).toEqual(expected);
  await page.close();
  await other.close();
});

test('of more than 64 calls of a handler that wait, the last one of each action is left', async () => {
  const page = await openPage(lab, 'coalesced');
  const other = await openPage(lab, 'coalesced');
  await other.evaluate(`sharedStorage.run('hold', { keepAlive: true })`);
  await until(() => linesOf(other).includes('held'));
  await listen(page, 'wait', { key: 'k' });
  const pairs = 200;
  await page.evaluate(`for (let index = 0; index < ${pairs}; index++) {
    sharedStorage.set('k', '1');
    sharedStorage.append('k', '2');
  }
  sharedStorage.delete('k')`);
  // Each of them is applied, and taken by whoever has the handlers.
  const read = 'applied when this is read';
  await page.evaluate(`sharedStorage.set('${read}', 'x')`);
  await until(async () => Object.hasOwn(await lab.stored('coalesced'), read));
  await until(async () => (await lab.records('shared-storage', 'changes')).length === 0);
  await page.evaluate(`sharedStorage.set('let go', 'x')`);
  await until(() => linesOf(page).includes('waited: k delete'));
  const lines = linesOf(page).filter((line) => line.startsWith('waited'));
  expect(lines.length).toBeGreaterThanOrEqual(3);
  // The one that was under way, and what may wait.
  expect(lines.length).toBeLessThanOrEqual(65);
  expect(lines.slice(-1)).toEqual(['waited: k delete']);
  expect(new Set(lines)).toEqual(new Set(['waited: k set', 'waited: k append', 'waited: k delete']));
  await page.close();
  await other.close();
});

test("an operation's own writes do not call the handler that runs it; those of others do, also while it runs", async () => {
  const page = await openPage(lab, 'own');
  await listen(page, 'echo', { key: 'k' });
  await listen(page, 'note', { key: 'k', actions: ['append'] });
  await listen(page, 'note', { key: 'echoed' });
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(() => linesOf(page).includes(called('echoed', 'append', '+')));
  expect(await callsOf(page)).toEqual(['echo: k set', called('k', 'append', '1+'), called('echoed', 'append', '+')]);
  // Operations of the page write while the handler's runs.
  const rounds = 20;
  const count = () => linesOf(page).filter((line) => line.startsWith('echo:')).length;
  await page.evaluate(`for (let round = 0; round < ${rounds}; round++) {
    sharedStorage.run('write', { data: [['set', 'k', String(round)]], keepAlive: true });
  }`);
  await until(() => count() === 1 + rounds);
  await settled(page);
  expect(count()).toBe(1 + rounds);
  await page.close();
});

test('what it writes under a lock is its own as well', async () => {
  const page = await openPage(lab, 'own-locks');
  await listen(page, 'echo with locks', { key: 'k' });
  await listen(page, 'note', { key: 'k', actions: ['append'] });
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(() => linesOf(page).includes(called('k', 'append', '1+-*')));
  await settled(page);
  expect(linesOf(page).filter((line) => line.startsWith('echo:'))).toEqual(['echo: k set']);
  await page.close();
});

test('a chain of handlers ends after 8 steps, and the console and the event log say so', async () => {
  const page = await openPage(lab, 'chain');
  const other = await openPage(lab, 'chain');
  // Every other link is in another tab.
  for (let key = 1; key <= 12; key++) await listen(key % 2 === 0 ? other : page, 'next', { key: String(key) });
  await page.evaluate(`sharedStorage.set('1', 'x')`);
  const ending = 'A chain of event handlers ends after 8 steps.';
  const line = await until(() => page.console.find(({ args }) => String(args[0]).includes(ending)));
  expect(line).toMatchObject({ level: 'error', args: [`The event handler 'next' was not called for 'set' of '9': ${ending}`] });
  const links = [...linesOf(page), ...linesOf(other)].toSorted();
  expect(links).toEqual(Array.from({ length: 8 }, (_, index) => `link: ${index + 1}`));
  const logged = await until(async () => {
    const events = await lab.events<{ method: string; refusal: string | null; parameters: unknown }>();
    return events.find(({ refusal }) => refusal === ending);
  });
  expect(logged).toMatchObject({ method: 'event handler', parameters: { name: 'next', key: '9', action: 'set', step: 9 } });
  await page.close();
  await other.close();
});

test('a handler that calls itself around another one ends as well', async () => {
  const page = await openPage(lab, 'circle');
  await listen(page, 'echo', { key: 'k' });
  await listen(page, 'echo', { key: 'echoed' });
  await page.evaluate(`sharedStorage.set('k', '1')`);
  // What the second call writes is the last that anybody writes.
  await until(async () => (await lab.stored('circle')).echoed === '+++');
  await settled(page);
  expect(linesOf(page).filter((line) => line.startsWith('echo:'))).toEqual(['echo: k set', 'echo: echoed append']);
  await page.close();
});

test('what goes wrong in a handler is said where it is said of run()', async () => {
  const page = await openPage(lab, 'errors');
  const errors = () => page.console.filter(({ level }) => level === 'error').map(({ args }) => args.join(' '));
  await page.evaluate(`sharedStorage.run('throw', { keepAlive: true }), sharedStorage.run('no such operation', { keepAlive: true })`);
  await until(() => errors().length >= 2);
  const ofRun = errors();
  await listen(page, 'throw', { key: 'k' });
  await listen(page, 'no such operation', { key: 'k' });
  await page.evaluate(`sharedStorage.set('k', '1')`);
  await until(() => errors().length >= 2 * ofRun.length);
  expect(errors().slice(ofRun.length)).toEqual(ofRun);
  await page.close();
});

test('a handler of another worklet hears of the changes of its data origin, and of no others', async () => {
  lab.serve('/allowed.js', (_request, response) => {
    response.writeHead(200, {
      'Content-Type': 'text/javascript',
      'Access-Control-Allow-Origin': '*',
      'Shared-Storage-Cross-Origin-Worklet-Allowed': '?1',
    });
    response.end(
      `register('note', class { async run(data) { console.log('called:', JSON.stringify(data), await sharedStorage.get(data.key)); } })`,
    );
  });
  const page = await openPage(lab, 'context');
  const owner = await lab.page('script');
  await page.evaluate(`sharedStorage.createWorklet('${lab.origin('script')}/allowed.js', { dataOrigin: 'script-origin' }).then((worklet) => {
    globalThis.theirs = worklet;
    return sharedStorage.addEventListener('key', 'note', { key: 'k', worklet });
  })`);
  await page.evaluate(`sharedStorage.set('k', 'mine')`);
  await owner.evaluate(`sharedStorage.set('k', 'theirs')`);
  await until(() => linesOf(page).length > 0);
  expect(await callsOf(page)).toEqual([called('k', 'set', 'theirs')]);
  await page.evaluate(`sharedStorage.removeEventListener('key', 'note', { key: 'k', worklet: theirs })`);
  await owner.evaluate(`sharedStorage.set('k', 'again')`);
  expect(await callsOf(page)).toEqual([called('k', 'set', 'theirs')]);
  await page.close();
  await owner.close();
});

test('a hundred handlers on one key in each of ten tabs are called once each', { timeout: 120_000 }, async () => {
  const operations = Array.from(
    { length: 100 },
    (_, index) => `register('${index}', class { run() { return sharedStorage.append('calls', '|'); } });`,
  );
  lab.serve('/hundred.js', operations.join('\n'));
  const pages: Page[] = [];
  for (let tab = 0; tab < 10; tab++) {
    const page = await lab.page('hundred');
    await page.evaluate(`(async () => {
      await sharedStorage.worklet.addModule('/hundred.js');
      await Promise.all(Array.from({ length: 100 }, (_, index) => sharedStorage.addEventListener('key', String(index), { key: 'k' })));
    })()`);
    pages.push(page);
  }
  await pages[0]?.evaluate(`sharedStorage.set('k', 'v')`);
  const calls = async () => {
    const entries = await lab.records<{ value: string }>('shared-storage', 'entries');
    return entries.find(({ value }) => /^\|+$/.test(value))?.value.length;
  };
  await until(async () => ((await calls()) ?? 0) >= 1000, 90_000);
  await pages[0]?.evaluate(`sharedStorage.set('other', 'v')`);
  expect(await calls()).toBe(1000);
  for (const page of pages) await page.close();
});
