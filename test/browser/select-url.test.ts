/** selectURL(), as far as it goes without a frame: what the page sees, and what the extension knows. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { StoredSelection } from '../../src/store/select-url/schema';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

type Page = Awaited<ReturnType<Lab['page']>>;

const selections = () => lab.records<StoredSelection>('shared-storage-selections', 'selections');

/** The calls that these URNs stand for, once they are kept: how soon they are says nothing about when the promises settle. */
const keptFor = (urns: readonly unknown[]) =>
  until(async () => {
    const kept = (await selections()).filter(({ urn }) => urns.includes(urn));
    return kept.length === urns.length && kept;
  });

/** What becomes of a URN. */
const resultOf = (urn: unknown) => until(async () => (await selections()).find((selection) => selection.urn === urn)?.result);

const indexOf = async (urn: unknown) => (await resultOf(urn)).index;

async function withModule(site: string, pathname?: string): Promise<Page> {
  const page = await lab.page(site, pathname);
  await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js')`);
  return page;
}

interface Call {
  data?: object;
  count?: number;
  operation?: string;
  options?: object;
  on?: string;
}

/** A call with `count` URLs, which keeps the worklet. */
function select({ data = {}, count = 4, operation = 'select', options = {}, on = 'sharedStorage' }: Call = {}): string {
  const urls = Array.from({ length: count }, (_, index) => ({ url: `/${index}.html` }));
  return `${on}.selectURL(${[operation, urls, { keepAlive: true, data, ...options }].map((arg) => JSON.stringify(arg)).join(', ')})`;
}

const REJECTION = `((error) => error.name + ': ' + error.message)`;

describe('the result', () => {
  test('is what the operation returns, for a URN that comes at once', async () => {
    const page = await withModule('result');
    const urn = await page.evaluate(select({ data: { returns: 2 } }));
    expect(urn).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await resultOf(urn)).toEqual({ index: 2, reason: null, charged: true });
    const selection = (await selections()).find((one) => one.urn === urn);
    expect(selection).toMatchObject({
      dataOrigin: lab.origin('result'),
      site: 'http://result.localhost',
      embedderOrigin: lab.origin('result'),
      urls: [0, 1, 2, 3].map((index) => ({ url: `${lab.origin('result')}/${index}.html`, reportingMetadata: [] })),
    });
  });

  test.each([
    ['1', 1],
    [true, 1],
    [1.9, 1],
    [null, 0],
    [2 ** 32 + 1, 1],
    [[1], 1],
  ])('%j counts as %i', async (returns, index) => {
    const page = await withModule('conversion');
    expect(await resultOf(await page.evaluate(select({ data: { returns } })))).toMatchObject({ index, reason: null });
    await page.close();
  });

  test.each([
    ['too large', { returns: 4 }, 'outside'],
    ['negative', { returns: -1 }, 'outside'],
    ['a BigInt', { big: true }, 'uint32'],
    ['an exception', { throws: true }, 'as told'],
  ])('that is %s selects the default URL, and the page is not told', async (_what, data, reason) => {
    const page = await withModule('failure');
    const urn = await page.evaluate(select({ data }));
    expect(await resultOf(urn)).toMatchObject({ index: 0, reason: expect.stringContaining(reason), charged: true });
    await page.close();
  });

  test('of an unknown operation, of a module that failed and of a worklet that is gone is the default one', async () => {
    const page = await withModule('unknown');
    expect(await resultOf(await page.evaluate(select({ operation: 'unknown', data: { returns: 1 } })))).toMatchObject({ index: 0 });
    const failed = await lab.page('unknown');
    expect(await failed.evaluate(`sharedStorage.worklet.addModule('/missing.js').catch(() => 'failed')`)).toBe('failed');
    expect(await resultOf(await failed.evaluate(select({ data: { returns: 1 } })))).toMatchObject({ index: 0 });
  });

  test('is awaited by nobody: an operation that never ends does not keep the promise waiting', async () => {
    const spinning = await withModule('timing');
    const never = await spinning.evaluate(select({ data: { forever: true } }));
    expect((await keptFor([never])).map(({ result }) => result)).toEqual([null]);
    await spinning.close();
    expect(await resultOf(never)).toMatchObject({ index: 0, reason: expect.stringContaining('ended') });
  });

  test('comes from an operation that sees the writes before it and gets the URLs and a clone of the data', async () => {
    const page = await withModule('arguments');
    await page.evaluate(
      `void sharedStorage.set('written', 'yes'), ${select({ data: { until: 'written', log: true, map: 1, returns: 1 } })}`,
    );
    const line = await until(() => page.console.find(({ args }) => args[1] === 'selecting'));
    expect(line.args[2]).toBeDefined();
    await until(async () =>
      (await selections()).filter(({ dataOrigin }) => dataOrigin === lab.origin('arguments')).every(({ result }) => result),
    );
    await page.evaluate(`sharedStorage.selectURL('select', [{ url: '/' }], { data: { log: true, deep: new Map([[1, 2n]]) } })`);
    await until(() => page.console.filter(({ args }) => args[1] === 'selecting').length === 2);
  });
});

test('a config stands for a URN that it does not show', async () => {
  const page = await withModule('config');
  const described = await page.evaluate(`(async () => {
    const config = await ${select({ data: { returns: 1 }, options: { resolveToConfig: true } })};
    return [config instanceof FencedFrameConfig, Reflect.ownKeys(config).length, String(config), JSON.stringify(config)];
  })()`);
  expect(described).toEqual([true, 0, '[object FencedFrameConfig]', '{}']);
  await until(async () => (await selections()).filter(({ dataOrigin }) => dataOrigin === lab.origin('config')).length === 1);
});

describe('worklets', () => {
  test('several have globals of their own, and one keeps its own', async () => {
    const page = await lab.page('several');
    await page.evaluate(
      `(async () => { globalThis.a = await sharedStorage.createWorklet('/select-url.js'); globalThis.b = await sharedStorage.createWorklet('/select-url.js'); })()`,
    );
    const count = (on: string) => page.evaluate(select({ on, operation: 'count', count: 2 })).then(indexOf);
    expect([await count('a'), await count('b'), await count('a')]).toEqual([0, 0, 1]);
  });

  test('one ends with the call that does not ask to keep it', async () => {
    const page = await withModule('keep');
    const first = await page.evaluate(select({ data: { returns: 1 } }));
    const last = await page.evaluate(select({ data: { returns: 2 }, options: { keepAlive: false } }));
    expect([await indexOf(first), await indexOf(last)]).toEqual([1, 2]);
    expect(await page.evaluate(`${select()}.catch(${REJECTION})`)).toMatch(
      /^OperationError: The sharedStorage worklet cannot execute further/,
    );
  });

  test('one for the data of another origin is charged to that origin', async () => {
    const page = await lab.page('embedder');
    lab.serve('/allowed.js', (_request, response) => {
      const headers = {
        'Content-Type': 'text/javascript',
        'Access-Control-Allow-Origin': '*',
        'Shared-Storage-Cross-Origin-Worklet-Allowed': '?1',
      };
      response.writeHead(200, headers).end(`register('select', class { async run(urls, data) { return data.returns; } })`);
    });
    const url = `${lab.origin('owner')}/allowed.js`;
    await page.evaluate(
      `sharedStorage.createWorklet(${JSON.stringify(url)}, { dataOrigin: 'script-origin' }).then((w) => { globalThis.w = w; })`,
    );
    const urn = await page.evaluate(select({ on: 'w', data: { returns: 1 } }));
    expect(await indexOf(urn)).toBe(1);
    const selection = (await selections()).find((one) => one.urn === urn);
    expect(selection).toMatchObject({
      dataOrigin: lab.origin('owner'),
      site: 'http://owner.localhost',
      embedderOrigin: lab.origin('embedder'),
    });
    await lab.configure({ blockedSites: ['owner.localhost'] });
    const refused = await page.evaluate(select({ on: 'w', data: { returns: 1 } }));
    expect(refused).toMatch(/^urn:uuid:/);
    expect(await resultOf(refused)).toMatchObject({ index: 0, reason: { text: 'reasonRefusedSelection' } });
    await lab.configure({});
  });
});

describe('budgets', () => {
  afterEach(() => lab.configure({}));

  test('six bits for a site on a page, also from several worklets and frames, and another page has its own', async () => {
    const page = await withModule('site');
    expect(await indexOf(await page.evaluate(select({ count: 8, data: { returns: 7 } })))).toBe(7);
    const frame = `(async () => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.src = '/blank.html';
      await new Promise((resolve) => { frame.onload = resolve; });
      const { sharedStorage } = frame.contentWindow;
      await sharedStorage.worklet.addModule('/select-url.js');
      return ${select({ count: 8, data: { returns: 7 } })};
    })()`;
    expect(await indexOf(await page.evaluate(frame))).toBe(7);
    const exhausted = await page.evaluate(select({ count: 2, data: { returns: 1 } }));
    expect(await resultOf(exhausted)).toMatchObject({ index: 0, reason: { text: 'reasonSitePageBudget' }, charged: false });
    expect(await resultOf(await page.evaluate(select({ count: 1 })))).toMatchObject({ reason: null });
    const another = await withModule('site');
    expect(await indexOf(await another.evaluate(select({ count: 8, data: { returns: 7 } })))).toBe(7);
  });

  test('are settings, and count at once', async () => {
    await lab.configure({ budgets: { pageBits: 6, sitePageBits: 3 } });
    const page = await withModule('settings');
    const next = async () => indexOf(await page.evaluate(select({ count: 8, data: { returns: 1 } })));
    expect([await next(), await next()]).toEqual([1, 0]);
    await lab.configure({ budgets: { pageBits: 6, sitePageBits: 6 } });
    expect([await next(), await next()]).toEqual([1, 0]);
    await lab.configure({ budgets: { siteDailyBits: 2 } });
    const anew = await withModule('settings');
    expect(await resultOf(await anew.evaluate(select({ count: 8, data: { returns: 1 } })))).toMatchObject({ index: 0 });
    await anew.evaluate(`sharedStorage.run('remaining budget', { keepAlive: true })`);
    expect((await until(() => anew.console.find(({ args }) => args[1] === 'remaining:'))).args[2]).toBe(2);
  });
});

describe('a saved query', () => {
  const saved = (returns: number | undefined, options: object = {}) =>
    select({ count: 8, data: { returns, until: 'go' }, options: { savedQuery: 'q', ...options } });

  test('runs once for all frames of the page, is charged once, and answers those that came too early', async () => {
    const page = await withModule('saved');
    const frame = `document.body.appendChild(document.createElement('iframe')).contentWindow`;
    await page.evaluate(`globalThis.frame = ${frame}, frame.sharedStorage.worklet.addModule('/select-url.js')`);
    const first = await page.evaluate(saved(5));
    const second = await page.evaluate(`frame.${saved(undefined)}`);
    expect((await keptFor([first, second])).map(({ result }) => result)).toEqual([null, null]);
    await page.evaluate(`sharedStorage.set('go', '1')`);
    expect(await resultOf(first)).toEqual({ index: 5, reason: null, charged: true });
    expect(await resultOf(second)).toEqual({ index: 5, reason: null, charged: false });
    expect(await resultOf(await page.evaluate(saved(undefined)))).toEqual({ index: 5, reason: null, charged: false });
    const fewer = await page.evaluate(select({ count: 2, options: { savedQuery: 'q' } }));
    expect(await resultOf(fewer)).toMatchObject({ index: 0, charged: false });
  });

  test('is decided by the first of several frames that ask at the same time', async () => {
    const page = await withModule('at-once');
    await page.evaluate(`(async () => {
      globalThis.others = [1, 2, 3].map(() => document.body.appendChild(document.createElement('iframe')).contentWindow);
      await Promise.all(others.map((other) => other.sharedStorage.worklet.addModule('/select-url.js')));
    })()`);
    for (const savedQuery of ['first', 'second', 'third']) {
      const [own, other] = [{ returns: 2 }, { returns: 1 }].map((data) => select({ count: 4, data, options: { savedQuery } }));
      const urns = (await page.evaluate(`Promise.all([${own}, ...others.map((other) => other.${other})])`)) as string[];
      expect(await Promise.all(urns.map(indexOf))).toEqual([2, 2, 2, 2]);
    }
  });

  test('of another operation or another page is another one', async () => {
    const page = await withModule('separate');
    await page.evaluate(`sharedStorage.set('go', '1')`);
    expect(await indexOf(await page.evaluate(saved(5)))).toBe(5);
    const call = { count: 8, data: { returns: 6 }, operation: 'another select', options: { savedQuery: 'q' } };
    expect(await indexOf(await page.evaluate(select(call)))).toBe(6);
    const another = await withModule('separate');
    expect(await indexOf(await another.evaluate(saved(4)))).toBe(4);
  });

  test('is followed by the operations that were asked for after it', async () => {
    const page = await withModule('order');
    const urns = (await page.evaluate(`Promise.all([
      ${select({ operation: 'count', count: 8, options: { savedQuery: 'q' } })},
      ${select({ operation: 'count', count: 2 })},
    ])`)) as string[];
    expect(await Promise.all(urns.map(indexOf))).toEqual([0, 1]);
  });
});

describe('a stop of the service worker', () => {
  const wake = `sharedStorage.set('awake', 'yes')`;

  test('before some of the answers costs nothing: each call has one URN and one result', async () => {
    const page = await withModule('stop');
    const calls = Array.from({ length: 20 }, (_, index) => select({ count: 1, data: { returns: index } }));
    await page.evaluate(`globalThis.urns = [${calls.join(', ')}]; undefined`);
    await lab.stopServiceWorker();
    const urns = (await page.evaluate(`Promise.all(urns).then((all) => ${wake}.then(() => all))`)) as string[];
    expect(new Set(urns).size).toBe(20);
    for (const urn of urns) await resultOf(urn);
    expect((await selections()).filter(({ dataOrigin }) => dataOrigin === lab.origin('stop'))).toHaveLength(20);
  });

  test('between the answer and the result costs nothing either', async () => {
    const page = await withModule('middle');
    const urn = await page.evaluate(select({ data: { returns: 2, until: 'go' } }));
    await lab.stopServiceWorker();
    await page.evaluate(`sharedStorage.set('go', '1')`);
    expect(await resultOf(urn)).toEqual({ index: 2, reason: null, charged: true });
    await lab.stopServiceWorker();
    const charged = await page.evaluate(select({ count: 8, data: { returns: 1 } }));
    expect(await resultOf(charged)).toMatchObject({ index: 1 });
    expect(await resultOf(await page.evaluate(select({ count: 8, data: { returns: 1 } })))).toMatchObject({ index: 0 });
  });
});

describe('settings', () => {
  afterEach(() => lab.configure({}));

  test('an index can be prescribed for an operation of a data origin', async () => {
    await lab.configure({ selectUrl: { forceIndex: { [lab.origin('forced')]: { select: 3 } } } });
    const page = await withModule('forced');
    expect(await resultOf(await page.evaluate(select({ data: { throws: true } })))).toMatchObject({ index: 3 });
    expect(await indexOf(await page.evaluate(select({ operation: 'another select', data: { returns: 1 } })))).toBe(1);
  });

  test('the event log says which index won and why, unless it is not to', async () => {
    const logged = async (urn: unknown) =>
      until(async () =>
        (await lab.events<{ parameters: { urn?: unknown }; result: unknown; refusal: unknown }>()).find(
          ({ parameters }) => parameters?.urn === urn,
        ),
      );
    const page = await withModule('log');
    const url = `${lab.origin('log')}/1.html`;
    expect(await logged(await page.evaluate(select({ data: { returns: 1 } })))).toMatchObject({ result: { index: 1, url }, refusal: null });
    expect(await logged(await page.evaluate(select({ data: { returns: 9 } })))).toMatchObject({
      result: { index: 0 },
      refusal: expect.stringContaining('outside'),
    });
    await lab.configure({ selectUrl: { reveal: false } });
    expect(await logged(await page.evaluate(select({ count: 2, data: { returns: 9 } })))).toMatchObject({ result: null, refusal: null });
  });

  test('that switch the API off reject', async () => {
    const page = await withModule('off');
    await lab.configure({ enabled: false });
    expect(await page.evaluate(`${select()}.catch(${REJECTION})`)).toBe('OperationError: sharedStorage.selectURL is disabled');
  });
});

describe('permissions policy', () => {
  test.each([
    [
      'shared-storage-select-url=()',
      'InvalidAccessError: The "shared-storage-select-url" Permissions Policy denied the method for the worklet origin.',
    ],
    // It has no worklet.
    [
      'shared-storage=(), shared-storage-select-url=()',
      'OperationError: sharedStorage.worklet.addModule() has to be called before selectURL().',
    ],
  ])('%s rejects after what is wrong with the arguments', async (policy, denied) => {
    const pathname = `/policy-${policy.length}.html`;
    lab.serve(pathname, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': policy }).end('<!doctype html>');
    });
    const page = await lab.page('policy', pathname);
    const attempt = (call: string) => page.evaluate(`${call}.catch(${REJECTION})`);
    expect(await attempt(select())).toBe('OperationError: sharedStorage.worklet.addModule() has to be called before selectURL().');
    await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js').catch(() => undefined)`);
    expect(await attempt(select())).toBe(denied);
    expect(await attempt(select({ count: 0 }))).toMatch(/^DataError: Length/);
    expect(await attempt(`sharedStorage.selectURL('select', [{ url: 'https://#' }])`)).toMatch(/^DataError: The url/);
    expect(await attempt(`sharedStorage.selectURL('select', [{ url: '/' }], { data: { f() {} } })`)).toMatch(/^DataCloneError/);
    expect(await attempt(`sharedStorage.selectURL('select', 5)`)).toMatch(/^TypeError/);
    expect((await selections()).filter(({ dataOrigin }) => dataOrigin === lab.origin('policy'))).toEqual([]);
  });
});
