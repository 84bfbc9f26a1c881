/** The test kit without a browser: what it asks for, what it makes of the answers, and what its errors say. */

import { describe, expect, test } from 'vitest';
import { attachSharedStorageLab, type CdpConnection } from '../../src/kit/cdp';
import { parseCommandLine } from '../../src/kit/cli/command-line';
import { matchers } from '../../src/kit/matchers';
import { readAccess } from '../../src/kit/read-access';
import type { ServiceWorkerRealm } from '../../src/kit/service-worker-realm';
import { SharedStorageLab } from '../../src/kit/shared-storage-lab';
import type { ReadEvent } from '../../src/protocol/logged-event';

const ORIGIN = 'https://shop.example';

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
    const realm = realmWith({ 'origin.entries': () => [{ key: strange, value: '' }], 'entries.update': () => null });
    const lab = new SharedStorageLab(realm);
    await lab.setEntries(ORIGIN, { [strange]: strange });
    const methods = [{ type: 'set', key: strange, value: strange, ignoreIfPresent: false }];
    expect(realm.asked).toEqual([['entries.update', { dataOrigin: ORIGIN, methods, tabId: null }]]);
    expect(await lab.entries(ORIGIN)).toEqual([{ key: strange, value: '' }]);
  });

  test('the refusal of the extension is an error with its name and text', async () => {
    await expect(new SharedStorageLab(realmWith({})).entries(ORIGIN)).rejects.toMatchObject({
      name: 'NotSupportedError',
      message: 'no origin.entries',
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

  test('whoever waits in vain is told what was there', async () => {
    const lab = new SharedStorageLab(
      realmWith({ 'events.read': ({ after }: { after: number }) => (after ? [] : [event({ refusal: 'denied' })]) }),
    );
    const waiting = lab.waitForEvent({ method: 'delete', params: { key: 'k' } }, { timeout: 1 });
    await expect(waiting).rejects.toThrow(
      /^An access like .*delete.*not within 1 ms.*1 accesses:\n {2}window set of https:\/\/shop\.example .*refused: denied/s,
    );
  });
});

describe('matchers', () => {
  const labWith = (entries: { key: string; value: string }[]) => new SharedStorageLab(realmWith({ 'origin.entries': () => entries }));
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
      'An entry "k": "v" of https://shop.example: not within 1 ms. Instead there are 1 entries:\n  "k": "other"',
    );
    const none = await toHaveSharedStorageEntry.call({}, labWith([]), ORIGIN, 'k', undefined, { timeout: 1 });
    expect(none.message()).toContain('Instead there are no entries.');
  });

  test('look once where something is not expected, and say what was there', async () => {
    const result = await toHaveSharedStorageEntry.call({ isNot: true }, labWith([{ key: 'k', value: 'v' }]), ORIGIN, 'k');
    expect(result.pass).toBe(true);
    expect(result.message()).toContain('An entry "k" of https://shop.example was not expected. There are 1 entries:\n  "k": "v"');
  });
});

describe('over the protocol', () => {
  /** A browser whose service workers come and go; `evaluate` fails in one that has gone. */
  function browserWith(workers: string[]): CdpConnection & { readonly sent: string[] } {
    const sent: string[] = [];
    const send: CdpConnection['send'] = async (method, params = {}, sessionId = '') => {
      sent.push(method);
      if (method === 'Target.getTargets')
        return { targetInfos: workers.map((targetId) => ({ targetId, type: 'service_worker', url: urlOf('a') })) };
      if (method === 'Target.attachToTarget') return { sessionId: `session of ${params.targetId}` };
      if (method === 'Target.createTarget') workers.push('woken');
      if (method === 'Runtime.evaluate' && !['page', ...workers].includes(sessionId.slice('session of '.length)))
        throw new Error('no such session');
      return method === 'Runtime.evaluate' ? { result: { value: '{"result":[]}' } } : { targetId: 'page' };
    };
    return { send, sent };
  }
  const urlOf = (letter: string) => `chrome-extension://${letter.repeat(32)}/service-worker-loader.js`;

  test('a worker that was stopped is woken by a page of ours, which is closed again', async () => {
    const workers = ['first'];
    const browser = browserWith(workers);
    const lab = await attachSharedStorageLab(browser);
    expect(await lab.entries(ORIGIN)).toEqual([]);
    workers.length = 0;
    expect(await lab.entries(ORIGIN)).toEqual([]);
    expect(workers).toEqual(['woken']);
    expect(browser.sent.filter((method) => /createTarget|closeTarget/.test(method))).toEqual(['Target.createTarget', 'Target.closeTarget']);
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
    [['open', 'https://a.example', '--profile', '../x'], /profile's name/],
    [['open', 'https://a.example', '--proflie', 'x'], /--proflie/],
    [['path', 'x'], /path takes no x/],
  ])('%j is refused, and the reason is said', (args, reason) => {
    expect(() => parseCommandLine(args)).toThrow(reason);
  });
});
