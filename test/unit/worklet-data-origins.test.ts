/** What it takes to get another origin's data, seen from the service worker: no message alone is enough. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeepAlive } from '../../src/background/browser/keep-alive';
import type { Caller } from '../../src/background/requests/caller';
import { WorkletDataOrigins } from '../../src/background/worklets/worklet-data-origins';
import { type Envelope, succeed } from '../../src/protocol/envelope';

type Listener = (details: object) => void;

const MODULE = 'https://script.example/w.js';
const CALLER: Caller = { origin: 'https://context.example', documentId: 'document', tabId: 1, frameId: 0, facts: null };
const WORKLET = { workletId: 1, moduleURL: MODULE, dataOrigin: 'script-origin' };

/** The worklet host is asked for worklets that this worker did not decide about. */
const hostWithoutWorklets = async (): Promise<Envelope> => succeed(null);

let listeners: Map<Listener, object>;
let rules: Map<number, object>;
let dataOrigins: WorkletDataOrigins;

beforeEach(() => {
  vi.useFakeTimers();
  listeners = new Map();
  rules = new Map([[1_000_007, { id: 1_000_007 }]]);
  vi.stubGlobal('chrome', {
    extension: { inIncognitoContext: false },
    runtime: { getPlatformInfo: async () => ({}) },
    declarativeNetRequest: {
      HeaderOperation: { SET: 'set' },
      RuleActionType: { MODIFY_HEADERS: 'modifyHeaders' },
      getSessionRules: async () => [...rules.values()],
      updateSessionRules: async ({ addRules = [], removeRuleIds = [] }: { addRules?: { id: number }[]; removeRuleIds?: number[] }) => {
        for (const id of removeRuleIds) rules.delete(id);
        for (const rule of addRules) rules.set(rule.id, rule);
      },
    },
    webRequest: {
      ResourceType: { XMLHTTPREQUEST: 'xmlhttprequest' },
      onHeadersReceived: {
        addListener: (listener: Listener, filter: object) => listeners.set(listener, filter),
        removeListener: (listener: Listener) => listeners.delete(listener),
      },
    },
  });
  dataOrigins = new WorkletDataOrigins(hostWithoutWorklets, new KeepAlive());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A response as webRequest shows it. */
function respond(token: string | null, changes: object = {}): void {
  const responseHeaders = [{ name: 'Shared-Storage-Cross-Origin-Worklet-Allowed', value: '?1' }];
  const details = { documentId: CALLER.documentId, url: `${MODULE}#:~:~ssm=${token}`, responseHeaders, ...changes };
  for (const listener of listeners.keys()) listener(details);
}

/** The decision, or the name of the refusal; time passes as far as it has to. */
async function decision(worklet = WORKLET, caller = CALLER): Promise<string | null> {
  const decided = dataOrigins.decide(worklet, caller).catch((error: Error) => `${error.name}: ${error.message}`);
  await vi.advanceTimersByTimeAsync(10_000);
  return decided;
}

const REFUSED = `OperationError: Failed to load ${MODULE} error = net::ERR_FAILED.`;

test('the data of the context needs nothing, and leaves nothing', async () => {
  expect(await dataOrigins.prepare({ ...WORKLET, dataOrigin: CALLER.origin }, CALLER)).toBeNull();
  expect(await decision({ ...WORKLET, dataOrigin: 'context-origin' })).toBe(CALLER.origin);
  expect(listeners.size).toBe(0);
});

test('the response to the marked request of the same document gives the permission, once', async () => {
  const token = await dataOrigins.prepare(WORKLET, CALLER);
  expect([...rules.values()]).toMatchObject([{ condition: { urlFilter: `#*:~:*~ssm=${token}|` } }]);
  expect([...listeners.values()]).toEqual([{ urls: ['https://script.example/*'], types: ['xmlhttprequest'], tabId: 1 }]);
  respond(token);
  expect(await decision()).toBe('https://script.example');
  expect([rules.size, listeners.size]).toEqual([0, 0]);
  expect(await decision()).toBeNull();
});

test('without preparation nothing is decided', async () => {
  expect(await decision()).toBeNull();
});

test.each([
  ['of another document', { documentId: 'another document' }],
  ['of no document', { documentId: undefined }],
  ['with another token', { url: `${MODULE}#:~:~ssm=00000000-0000-0000-0000-000000000000` }],
  ['without a token', { url: MODULE }],
  ['without the header', { responseHeaders: [] }],
  ['that does not allow it', { responseHeaders: [{ name: 'shared-storage-cross-origin-worklet-allowed', value: '?0' }] }],
])('a response %s gives no permission', async (_which, changes) => {
  const token = await dataOrigins.prepare(WORKLET, CALLER);
  respond(token, changes);
  expect(await decision()).toBe(REFUSED);
  expect([rules.size, listeners.size]).toEqual([0, 0]);
});

test('a response of another URL gives no permission, even with the token', async () => {
  const token = await dataOrigins.prepare(WORKLET, CALLER);
  respond(token, { url: `https://script.example/other.js#:~:~ssm=${token}` });
  expect(await decision()).toBe(REFUSED);
});

test('a blob: URL of another origin gets no permission', async () => {
  const worklet = { ...WORKLET, moduleURL: 'blob:https://script.example/0' };
  await dataOrigins.prepare(worklet, CALLER);
  expect(await decision(worklet)).toBe('OperationError: Failed to load blob:https://script.example/0 error = net::ERR_FAILED.');
  expect(listeners.size).toBe(0);
});

test.each([
  ['another module', { ...WORKLET, moduleURL: 'https://script.example/other.js' }, CALLER],
  ['another data origin', { ...WORKLET, moduleURL: MODULE, dataOrigin: 'https://victim.example' }, CALLER],
  ['another worklet', { ...WORKLET, workletId: 2 }, CALLER],
  ['another document', WORKLET, { ...CALLER, documentId: 'another document' }],
])('a permission is not good for %s', async (_what, worklet, caller) => {
  respond(await dataOrigins.prepare(WORKLET, CALLER));
  expect(await decision(worklet, caller)).toBeNull();
});

test('what a document prepared and never used is forgotten', async () => {
  await dataOrigins.prepare(WORKLET, CALLER);
  await dataOrigins.prepare({ ...WORKLET, workletId: 2 }, CALLER);
  dataOrigins.abandon(2, CALLER);
  expect([rules.size, listeners.size]).toEqual([1, 1]);
  await vi.advanceTimersByTimeAsync(6 * 60 * 1000);
  expect([rules.size, listeners.size]).toEqual([0, 0]);
  expect(vi.getTimerCount()).toBe(0);
});

test('the same preparation twice is one', async () => {
  const tokens = await Promise.all([dataOrigins.prepare(WORKLET, CALLER), dataOrigins.prepare(WORKLET, CALLER)]);
  expect([rules.size, listeners.size]).toEqual([1, 1]);
  respond(tokens[1]);
  expect(await decision()).toBe('https://script.example');
});

test('a tab that prepares more and more worklets is refused, and no other tab', async () => {
  const ask = (workletId: number, tabId: number) =>
    dataOrigins.prepare({ ...WORKLET, workletId }, { ...CALLER, tabId, documentId: `of tab ${tabId}` });
  for (let workletId = 1; workletId <= 400; workletId++) await ask(workletId, 1);
  await expect(ask(401, 1)).rejects.toThrow('Too many');
  for (let workletId = 1; workletId <= 400; workletId++) await ask(workletId, 2);
  await ask(1, 3);
  dataOrigins.abandon(7, { ...CALLER, documentId: 'of tab 1' });
  await vi.waitFor(() => ask(401, 1), { timeout: 30_000 });
  await expect(ask(402, 1)).rejects.toThrow('Too many');
});
