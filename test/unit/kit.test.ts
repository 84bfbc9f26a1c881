/** The test kit without a browser: what it asks for, what it makes of the answers, and what its errors say. */

import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import type { Settings } from '../../src/extension/settings';
import type { StoredSettings } from '../../src/extension/stored-settings';
import { attachSharedStorageLab, type CdpConnection, type Filter, type GivenEntries, openWebSocket } from '../../src/kit/cdp';
import { parseCommandLine } from '../../src/kit/cli/command-line';
import { matchers } from '../../src/kit/matchers';
import { readAccess } from '../../src/kit/read-access';
import type { ServiceWorkerRealm } from '../../src/kit/service-worker-realm';
import type { Settings as KitSettings, SettingsPatch } from '../../src/kit/settings';
import { SharedStorageLab } from '../../src/kit/shared-storage-lab';
import { expect as expectOfKit } from '../../src/kit/vitest';
import type { ReadEvent } from '../../src/protocol/logged-event';

const ORIGIN = 'https://shop.example';

/** What is forced where a log is read. */
const FORCED = { [ORIGIN]: { o: 1, misspelt: 2 } };

type Answers = Record<string, (params: never) => unknown>;

/** A service worker with these answers, which evaluates expressions in a scope of its own, and what it was asked for. */
function realmWith(answers: Answers): ServiceWorkerRealm & { readonly asked: [method: string, params: unknown][] } {
  const asked: [string, unknown][] = [];
  const sharedStorageLab = {
    request: async (method: string, params: never) => {
      asked.push([method, params]);
      const answer = answers[method];
      if (!answer) throw Object.assign(new Error(`no ${method}`), { name: 'NotSupportedError' });
      return answer(params);
    },
  };
  const evaluate = async (expression: string) =>
    (await new Function('sharedStorageLab', `return ${expression}`)(sharedStorageLab)) as string;
  return { asked, evaluate };
}

const event = (changes: Partial<ReadEvent>): ReadEvent => ({
  id: 1,
  site: 'https://shop.example',
  time: 5000,
  scope: 'window',
  method: 'set',
  documentId: 'd',
  tabId: 1,
  dataOrigin: ORIGIN,
  parameters: { method: 'set', key: 'k', value: 'v', ignoreIfPresent: false },
  result: true,
  refusal: null,
  duration: 2,
  ...changes,
});

describe('requests', () => {
  test('strings arrive as they are, unpaired surrogates too, and so do those of the answer', async () => {
    const strange = '\ud800 "\\\u2028 é 😀';
    const realm = realmWith({ 'origin.entries': () => [[strange, '']], 'entries.update': () => null });
    const lab = new SharedStorageLab(realm);
    await lab.setEntries(ORIGIN, { [strange]: strange });
    const methods = [{ type: 'set', key: strange, value: strange, ignoreIfPresent: false }];
    expect(realm.asked).toEqual([['entries.update', { dataOrigin: ORIGIN, methods, tabId: null }]]);
    expect(await lab.entries(ORIGIN)).toEqual([{ key: strange, value: '' }]);
  });

  test('the refusal of the extension is an error with its name and text', async () => {
    await expect(new SharedStorageLab(realmWith({})).entries(ORIGIN)).rejects.toMatchObject({
      name: 'NotSupportedError',
      message: `no origin.entries It was asked for origin.entries {"dataOrigin":"${ORIGIN}"}`,
    });
    const full = new SharedStorageLab(realmWith({ 'entries.update': () => 'over the quota' }));
    await expect(full.setEntries(ORIGIN, [{ key: 'k', value: 'v' }])).rejects.toThrow(`${ORIGIN}: over the quota`);
  });

  test('a worker that is only starting is asked again', async () => {
    let starts = 0;
    const realm = realmWith({ 'settings.read': () => ({ enabled: true }) });
    const evaluate = (expression: string) => (starts++ < 3 ? Promise.resolve('{"isStarting":true}') : realm.evaluate(expression));
    expect(await new SharedStorageLab({ evaluate }).settings()).toEqual({ enabled: true });
    expect(starts).toBe(4);
  });
});

describe('what is given', () => {
  const lab = () => {
    const realm = realmWith({ 'entries.update': () => null, 'entries.forget': () => null, 'select-url.force': () => null });
    return { realm, kit: new SharedStorageLab(realm) };
  };

  test.each([
    ['https://shop.example/', '"https://shop.example" is.'],
    ['https://SHOP.example:443', '"https://shop.example" is.'],
    ['https://shop.example/a?b', '"https://shop.example" is.'],
    ['shop.example', 'no origin, such as'],
    ['null', 'no origin, such as'],
    ['data:,', 'no origin, such as'],
  ])('%j is refused where an origin is wanted, before anything is set, and the right one is named', async (origin, said) => {
    const { realm, kit } = lab();
    const calls = [
      () => kit.setEntries(origin, { k: 'v' }),
      () => kit.deleteEntry(origin, 'k'),
      () => kit.clear(origin),
      () => kit.entries(origin),
      () => kit.metadata(origin),
      () => kit.resetBudget(origin),
      () => kit.selectUrl.force(origin, 'o', 1),
      () => kit.selectUrl.unforce(origin),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(said);
    expect(realm.asked).toEqual([]);
  });

  test('nothing is waited for, or found not to be there, of an origin or a contribution that nobody can have', async () => {
    const { realm, kit } = lab();
    const { toHaveContributed } = matchers;
    const [origin, contribution] = ['https://shop.example/', { bucket: 1, value: 2 } as object];
    const refused: [() => unknown, string][] = [
      [() => kit.accesses({ ownerOrigin: origin }), '"https://shop.example" is.'],
      [async () => kit.events({ ownerOrigin: origin }), '"https://shop.example" is.'],
      [() => kit.waitForEvent({ ownerOrigin: origin }), '"https://shop.example" is.'],
      [() => kit.selectUrl.last(origin), '"https://shop.example" is.'],
      [() => kit.reports({ reportingOrigin: origin }), '"https://shop.example" is.'],
      [() => kit.sendReports({ reportingOrigin: origin }), '"https://shop.example" is.'],
      [() => kit.waitForReport({ reportingOrigin: origin }), '"https://shop.example" is.'],
      [() => toHaveContributed.call({ isNot: true }, kit, origin, { bucket: 1n }), '"https://shop.example" is.'],
      [
        () => toHaveContributed.call({ isNot: true }, kit, ORIGIN, contribution),
        'bucket of a contribution is a bigint, such as 1n: not 1.',
      ],
      [() => toHaveContributed.call({}, kit, ORIGIN, { key: 1n } as object), 'no key'],
      [() => kit.waitForReport({ contribution }), 'is a bigint'],
    ];
    for (const [call, said] of refused) await expect(call()).rejects.toThrow(said);
    expect(realm.asked).toEqual([]);
  });

  test.each(['https://shop.example:8443', 'http://localhost:3000', 'https://[::1]:8443', 'https://xn--bcher-kva.example'])(
    '%j is an origin',
    async (origin) => {
      const { realm, kit } = lab();
      await kit.clear(origin);
      expect(realm.asked).toEqual([['entries.forget', { dataOrigin: origin, tabId: null }]]);
    },
  );

  test.each<[string, unknown, string]>([
    ['a number', { visits: 1 }, '{"key":"visits","value":1} is no entry'],
    ['an entry without a value', [{ key: 'k' }], '{"key":"k"} is no entry'],
    ['null', null, 'as an object, or as an array'],
    ['a map, which has no members', new Map([['k', 'v']]), 'as an object, or as an array'],
    ['text', 'k=v', 'as an object, or as an array'],
  ])('%s is refused where entries are wanted', async (_name, entries, said) => {
    const { realm, kit } = lab();
    await expect(kit.setEntries(ORIGIN, entries as GivenEntries)).rejects.toThrow(said);
    expect(realm.asked).toEqual([]);
  });

  test.each([-1, 8, 1.5, Number.NaN])('%s is refused where an index is wanted', async (index) => {
    const { realm, kit } = lab();
    await expect(kit.selectUrl.force(ORIGIN, 'o', index)).rejects.toThrow(`from 0 to 7: not ${index}`);
    expect(realm.asked).toEqual([]);
  });

  test('advances of the clock count, each of them, however many are under way, and one that is refused stops none', async () => {
    let clockOffsetMs = 0;
    const kit = new SharedStorageLab(
      realmWith({
        'settings.read': () => ({ clockOffsetMs }),
        'settings.write': ({ settings }: { settings: { clockOffsetMs: number | null } }) => {
          if (settings.clockOffsetMs === null) throw new TypeError('settings.clockOffsetMs is invalid');
          clockOffsetMs = settings.clockOffsetMs;
          return settings;
        },
      }),
    );
    const advances = [5, Number.NaN, -2, 10].map((by) => kit.clock.advance(by));
    expect((await Promise.allSettled(advances)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(clockOffsetMs).toBe(13);
  });
});

describe('accesses', () => {
  test.each<[string, Partial<ReadEvent>, object]>([
    ['an update', {}, { scope: 'window', method: 'set', params: { key: 'k', value: 'v', ignoreIfPresent: false } }],
    [
      'a worklet',
      { method: 'addModule', parameters: { workletId: 1, moduleURL: 'u', dataOrigin: 'context-origin' } },
      { method: 'addModule', params: { scriptSourceUrl: 'u', dataOrigin: 'context-origin' } },
    ],
    [
      'a read of an operation',
      { scope: 'worklet', method: 'get', parameters: { key: 'k' }, result: 'v', site: null },
      { scope: 'sharedStorageWorklet', method: 'get', params: { key: 'k' }, result: 'v', ownerSite: ORIGIN },
    ],
    [
      'a selection',
      { method: 'selectURL', parameters: { name: 'o', urls: ['https://a.example/1'], urn: 'urn:uuid:1' } },
      { params: { operationName: 'o', urnUuid: 'urn:uuid:1', urlsWithMetadata: [{ url: 'https://a.example/1' }] } },
    ],
    ['one without parameters', { scope: 'worklet', method: 'length', parameters: null }, { method: 'length', params: {} }],
    ['a refusal', { result: null, refusal: 'denied' }, { refusal: 'denied' }],
  ])('%s is in the shape of the protocol', (_name, changes, expected) => {
    expect(readAccess(event(changes))).toMatchObject({ accessTime: 5, ownerOrigin: ORIGIN, ...expected });
  });

  test.each<Partial<ReadEvent>>([
    { scope: 'background', method: 'purge' },
    { dataOrigin: null },
    { scope: 'worklet', method: 'privateAggregation' },
  ])('%j is none', (changes) => {
    expect(readAccess(event(changes))).toBeUndefined();
  });

  test('those of the past come before those to come, each once, however many are read at once', async () => {
    const log = Array.from({ length: 4500 }, (_, index) => event({ id: index + 1, parameters: { key: String(index) } }));
    const read = ({ limit, before, after }: { limit: number; before: number | null; after: number }) =>
      log
        .filter(({ id }) => id > after && (before === null || id < before))
        .slice(-limit)
        .reverse();
    const lab = new SharedStorageLab(realmWith({ 'events.read': read as Answers[string] }));
    const keys: unknown[] = [];
    for await (const { params } of lab.events({ method: 'set' })) {
      keys.push(params.key);
      if (keys.length === 4500) log.push(event({ id: 4501, parameters: { key: 'late' } }));
      if (params.key === 'late') break;
    }
    expect(keys).toEqual([...Array.from({ length: 4500 }, (_, index) => String(index)), 'late']);
  });

  /** A log, which is read as the extension lets it be read. */
  const labWithLog = (log: ReadEvent[]) => {
    let reads = 0;
    const read = ({ after }: { after: number }) => {
      reads++;
      return log.filter(({ id }) => id > after).reverse();
    };
    return {
      lab: new SharedStorageLab(
        realmWith({ 'events.read': read as Answers[string], 'settings.read': () => ({ selectUrl: { forceIndex: FORCED } }) }),
      ),
      reads: () => reads,
    };
  };

  test('whoever leaves while nothing comes is let go at once, and nothing is asked for afterwards', async () => {
    const { lab, reads } = labWithLog([event({})]);
    const events = lab.events();
    expect((await events.next()).value).toMatchObject({ method: 'set' });
    const waiting = events.next();
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    const after = reads();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(reads()).toBe(after);
  });

  test('whoever asks for several at once gets them in their order', async () => {
    const { lab } = labWithLog([1, 2, 3].map((id) => event({ id, parameters: { key: String(id) } })));
    const events = lab.events();
    const results = await Promise.all([events.next(), events.next(), events.next()]);
    expect(results.map(({ value }) => value.params.key)).toEqual(['1', '2', '3']);
  });

  test('what a filter throws is thrown to whoever waits', async () => {
    const { lab } = labWithLog([event({})]);
    const filter = () => {
      throw new RangeError('of the filter');
    };
    await expect(lab.waitForEvent(filter)).rejects.toThrow('of the filter');
    await expect(lab.accesses(filter)).rejects.toThrow('of the filter');
    await expect(lab.events(filter).next()).rejects.toThrow('of the filter');
  });

  test('what is undefined in a filter is not asked for', async () => {
    const { lab } = labWithLog([event({}), event({ id: 2, method: 'clear', parameters: null })]);
    const filter = { ownerOrigin: undefined, method: 'set', params: { key: undefined } } as unknown as Filter;
    expect(await lab.accesses(filter)).toHaveLength(1);
  });

  test('a selection that the setting hides has no index and no URL', async () => {
    const { lab } = labWithLog([event({ scope: 'worklet', method: 'selectURL', parameters: { name: 'o', urn: 'u' }, result: null })]);
    expect(await lab.selectUrl.last()).toMatchObject({ operationName: 'o', urn: 'u', index: null, url: null });
    expect(await lab.selectUrl.last('https://other.example')).toBeUndefined();
  });

  test('a selection names the other operations of its origin that are forced', async () => {
    const { lab } = labWithLog([event({ scope: 'worklet', method: 'selectURL', parameters: { name: 'o', urn: 'u' }, result: null })]);
    expect(await lab.selectUrl.last()).toMatchObject({ operationName: 'o', forcedOthers: ['misspelt'] });
  });

  test('a browser that hangs is not waited for, and that is said', async () => {
    vi.useFakeTimers();
    try {
      const lab = new SharedStorageLab({ evaluate: () => new Promise(() => undefined) });
      const waiting = lab.waitForEvent({ method: 'set' }, { timeout: 100 });
      const said = expect(waiting).rejects.toThrow(/like \{"method":"set"\}: not within 100 ms\. Instead the browser has not answered/);
      await vi.runAllTimersAsync();
      await said;
    } finally {
      vi.useRealTimers();
    }
  });

  test('a browser that goes in the middle is told as it is', async () => {
    let answers = 0;
    const evaluate = () => (answers++ < 2 ? Promise.resolve('{"result":[]}') : Promise.reject(new Error('the browser has gone')));
    const lab = new SharedStorageLab({ evaluate });
    await expect(lab.waitForEvent({ method: 'set' })).rejects.toThrow(/^the browser has gone$/);
  });

  test('whoever waits in vain is told what was there', async () => {
    const lab = new SharedStorageLab(
      realmWith({ 'events.read': ({ after }: { after: number }) => (after ? [] : [event({ refusal: 'denied' })]) }),
    );
    const waiting = lab.waitForEvent({ method: 'delete', params: { key: 'k' } }, { timeout: 1 });
    await expect(waiting).rejects.toThrow(
      /^An access like .*delete.*not within 1 ms.*there is 1 access:\n {2}window set of https:\/\/shop\.example .*refused: denied/s,
    );
  });
});

describe('matchers', () => {
  const labWith = (entries: { key: string; value: string }[]) =>
    new SharedStorageLab(
      realmWith({
        'origin.entries': () => entries.map(({ key, value }) => [key, value]),
        'entries.origins': () => ({ origins: [] }),
        'events.read': () => [],
      }),
    );
  const { toHaveSharedStorageEntry } = matchers;

  test('wait for an entry', async () => {
    const entries: { key: string; value: string }[] = [];
    const waiting = toHaveSharedStorageEntry.call({}, labWith(entries), ORIGIN, 'k', 'v');
    entries.push({ key: 'k', value: 'v' });
    expect((await waiting).pass).toBe(true);
  });

  test('show the entries that were there', async () => {
    const lab = labWith([{ key: 'k', value: 'other' }]);
    const result = await toHaveSharedStorageEntry.call({}, lab, ORIGIN, 'k', 'v', { timeout: 1 });
    expect(result.pass).toBe(false);
    expect(result.message()).toContain(
      'An entry "k": "v" of https://shop.example: not within 1 ms. Instead there is 1 entry:\n  "k": "other"',
    );
    const none = await toHaveSharedStorageEntry.call({}, labWith([]), ORIGIN, 'k', undefined, { timeout: 1 });
    expect(none.message()).toContain('Instead there are no entries.');
  });

  test('look once where something is not expected, and say what was there', async () => {
    const result = await toHaveSharedStorageEntry.call({ isNot: true }, labWith([{ key: 'k', value: 'v' }]), ORIGIN, 'k');
    expect(result.pass).toBe(true);
    expect(result.message()).toContain('An entry "k" of https://shop.example was not expected. There is 1 entry:\n  "k": "v"');
  });
});

describe('over the protocol', () => {
  /** A browser whose service workers come and go; `evaluate` fails in one that has gone, or where it is `silent` is never answered. */
  function browserWith(workers: string[], { silent = false } = {}): CdpConnection & { readonly sent: string[] } {
    const sent: string[] = [];
    let sessions = 0;
    const targetOf = (sessionId: string) => sessionId.replace(/^.* of /, '');
    const send: CdpConnection['send'] = async (method, params = {}, sessionId = '') => {
      sent.push(method);
      if (method === 'Target.getTargets')
        return { targetInfos: workers.map((targetId) => ({ targetId, type: 'service_worker', url: urlOf('a') })) };
      if (method === 'Target.attachToTarget') {
        if (!['page', ...workers].includes(String(params.targetId))) throw new Error('no such target');
        return { sessionId: `${++sessions} of ${params.targetId}` };
      }
      if (method === 'Target.createTarget') workers.push('woken');
      if (method === 'Runtime.evaluate' && !['page', ...workers].includes(targetOf(sessionId))) {
        if (silent) return new Promise(() => undefined);
        throw new Error('no such session');
      }
      return method === 'Runtime.evaluate' ? { result: { value: '{"result":[]}' } } : { targetId: 'page' };
    };
    return { send, sent };
  }
  const urlOf = (letter: string) => `chrome-extension://${letter.repeat(32)}/service-worker-loader.js`;

  test.each([
    ['says so', false],
    ['does not say anything any more', true],
  ])('a worker that was stopped, and whose session %s, is woken by a page of ours, which is closed again', async (_name, silent) => {
    const workers = ['first'];
    const browser = browserWith(workers, { silent });
    const lab = await attachSharedStorageLab(browser);
    expect(await lab.entries(ORIGIN)).toEqual([]);
    workers.length = 0;
    expect(await lab.entries(ORIGIN)).toEqual([]);
    expect(workers).toEqual(['woken']);
    expect(browser.sent.filter((method) => /createTarget|closeTarget/.test(method))).toEqual(['Target.createTarget', 'Target.closeTarget']);
  });

  test('what is asked for one after the other is one command each, and the worker is let go afterwards', async () => {
    vi.useFakeTimers();
    try {
      const browser = browserWith(['first']);
      const lab = await attachSharedStorageLab(browser);
      for (let index = 0; index < 3; index++) await lab.entries(ORIGIN);
      expect(browser.sent).toEqual(['Target.getTargets', 'Target.attachToTarget', ...Array(3).fill('Runtime.evaluate')]);
      await vi.advanceTimersByTimeAsync(1000);
      expect(browser.sent.at(-1)).toBe('Target.detachFromTarget');
      await lab.entries(ORIGIN);
      expect(browser.sent.slice(-2)).toEqual(['Target.attachToTarget', 'Runtime.evaluate']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a session that somebody else has ended is made anew', async () => {
    const browser = browserWith(['first']);
    let isEnded = false;
    const lab = await attachSharedStorageLab({
      send: (method, params, sessionId) =>
        isEnded && sessionId?.startsWith('1 ') ? Promise.reject(new Error('no such session')) : browser.send(method, params, sessionId),
    });
    await lab.entries(ORIGIN);
    isEnded = true;
    expect(await lab.entries(ORIGIN)).toEqual([]);
  });

  test('an error of a worker that is still there is the caller’s', async () => {
    const workers = ['first'];
    const browser = browserWith(workers);
    const lab = await attachSharedStorageLab({
      send: (...args) => (args[0] === 'Runtime.evaluate' ? Promise.reject(new Error('broken')) : browser.send(...args)),
    });
    await expect(lab.entries(ORIGIN)).rejects.toThrow('broken');
  });
});

describe('the command line', () => {
  test('opens a URL with options', () => {
    const args = [
      'open',
      'https://localhost:3000',
      '--profile',
      'shop',
      '--insecure-certificates',
      '--fixture',
      'f.json',
      '--host-rules',
      'MAP a b',
    ];
    expect(parseCommandLine(args)).toEqual({
      name: 'open',
      url: 'https://localhost:3000',
      settings: undefined,
      fixture: 'f.json',
      profile: 'shop',
      browser: undefined,
      headless: false,
      switches: ['--ignore-certificate-errors', '--host-resolver-rules=MAP a b'],
    });
    expect([parseCommandLine(['path']), parseCommandLine([]), parseCommandLine(['open', '--help'])]).toEqual([
      { name: 'path' },
      { name: 'help' },
      { name: 'help' },
    ]);
  });

  test.each([
    [['opne'], /no command opne/],
    [['open'], /one URL/],
    [['open', 'localhost:3000/x y', 'b'], /one URL/],
    [['open', 'shop.example'], /no URL/],
    [['open', 'localhost:3000'], /localhost:3000 is no URL: it needs its scheme/],
    [['open', 'javascript:alert(1)'], /no URL/],
    [['open', 'https://a.example', '--profile', '../x'], /profile's name/],
    [['open', 'https://a.example', '--proflie', 'x'], /--proflie/],
    [['path', 'x'], /path takes no x/],
  ])('%j is refused, and the reason is said', (args, reason) => {
    expect(() => parseCommandLine(args)).toThrow(reason);
  });
});

test('a browser that never answers, as one behind a proxy that waits for it, is given up, and one that is not there is named', async () => {
  vi.useFakeTimers();
  try {
    const attached = attachSharedStorageLab({ send: () => new Promise(() => undefined) });
    const refused = expect(attached).rejects.toThrow('The browser has not answered within 30000 ms.');
    await vi.advanceTimersByTimeAsync(30_000);
    await refused;
  } finally {
    vi.useRealTimers();
  }
  await expect(openWebSocket('ws://127.0.0.1:9/devtools')).rejects.toThrow(
    /^No connection to the developer tools at ws:\/\/127\.0\.0\.1:9\/devtools: /,
  );
});

test('the types of the settings are those of the extension', () => {
  expectTypeOf<KitSettings>().toEqualTypeOf<Settings>();
  expectTypeOf<SettingsPatch>().toEqualTypeOf<StoredSettings>();
});

test('the entry for Vitest gives its expect the matchers, with their types', async () => {
  const lab = new SharedStorageLab(realmWith({ 'origin.entries': () => [['k', 'v']] }));
  await expectOfKit(lab).toHaveSharedStorageEntry(ORIGIN, 'k', 'v');
  await expect(expectOfKit(lab).toHaveSharedStorageEntry(ORIGIN, 'other', 'v', { timeout: 0 })).rejects.toThrow('"k": "v"');
  // @ts-expect-error A key is a string.
  await expectOfKit(lab).not.toHaveSharedStorageEntry(ORIGIN, 1);
});
