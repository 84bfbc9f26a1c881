/** A worklet in the offscreen document, whose realm sends what it likes. */

import { beforeEach, expect, test, vi } from 'vitest';
import type { SandboxedWorker } from '../../src/offscreen/worklets/sandbox';
import { MAXIMUM_CALLS_IN_FLIGHT } from '../../src/protocol/limits';
import './promise-with-resolvers';

const port = {
  onmessage: (_event: { data: unknown }) => {},
  onmessageerror: () => {},
  posted: [] as unknown[],
  postMessage: (message: unknown) => void port.posted.push(message),
};
const worker = { port, onDeath: () => {}, isBusy: () => false, end: () => {} };
const replenish = vi.fn();
const workers = { expect: async () => {}, take: async () => worker as object as SandboxedWorker, replenish: () => replenish() };
const { SlowStart } = await import('../../src/offscreen/worklets/slow-start');
const { ContributingOperations } = await import('../../src/offscreen/worklets/contributing-operations');
const { DEFAULT_CONFIG } = await import('../../src/spec/private-aggregation/contributions');
const { Worklet } = await import('../../src/offscreen/worklets/worklet');

const data = new Map([['k', 'v']]);
let listing: [string, string][] = [...data];
const notedReads: object[] = [];
const database = {
  begin: () => settled(),
  update: async () => true,
  get: async (_origin: string, key: string) => data.get(key),
  length: async () => data.size,
  entries: async () => [...data],
  recheck: () => {},
  getAndCopy: async (_origin: string, key: string) => ({ value: data.get(key), copy: { entries: listing, freshFor: 3 } }),
  noteReads: (_origin: string, read: object, result: unknown) => void notedReads.push({ ...read, result }),
};

const URL = 'https://a.example/w.js';
const ended = vi.fn();
const handedOver = vi.fn();
const logged: unknown[][] = [];
const send = (message: unknown) => port.onmessage({ data: message });
/** Its answers so far, by the number of the call. */
const answers = () => (port.posted as { id: number; error: { name: string } | null }[]).toSorted((a, b) => a.id - b.id);
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

async function newWorklet(isLoaded = true) {
  const context = {
    database,
    name: 'd/1',
    dataOrigin: 'https://a.example',
    remainingBudget: async () => 12,
    interestGroups: async () => [],
    slowStart: new SlowStart(async () => 0),
    workers,
    failed: () => {},
  };
  const console = async (lines: readonly { args: unknown[] }[]) => void logged.push(...lines.map(({ args }) => args));
  const contributor = { worklet: { documentId: 'd', workletId: 1 }, tabId: 1, moduleURL: URL, reportingOrigin: 'https://a.example' };
  const contributing = new ContributingOperations(contributor, handedOver, () => {});
  const recorder = { loaded() {}, logged() {}, started() {}, handlers() {}, finished() {}, ended() {} };
  const module = { url: URL, context: undefined, mayContribute: true };
  const worklet = new Worklet({ ...context, contributing, recorder, console }, module, ended);
  worklet.load('', true);
  await settled();
  if (isLoaded) send({ type: 'loaded', error: null, operations: ['o'] });
  port.posted = [];
  return worklet;
}

beforeEach(() => {
  ended.mockClear();
  handedOver.mockClear();
  logged.length = 0;
});

test('what it asks for is answered', async () => {
  await newWorklet();
  send({ type: 'call', id: 1, call: 'get', params: { key: 'k' } });
  send({ type: 'call', id: 2, call: 'entries', params: null });
  await settled();
  expect(port.posted).toEqual([
    { type: 'answer', id: 1, value: 'v', error: null },
    { type: 'answer', id: 2, value: ['k', 'v'], error: null },
  ]);
  expect(ended).not.toHaveBeenCalled();
});

test('a copy of all entries is sent again when it is another one, and what is read of it is noted with what it says', async () => {
  await newWorklet();
  const ask = async (id: number) => {
    send({ type: 'call', id, call: 'getAndCopy', params: { key: 'k' } });
    await settled();
    return port.posted.pop();
  };
  const answer = (id: number, entries: string[] | null) => ({
    type: 'answer',
    id,
    value: { value: 'v', copy: { entries, freshFor: 3 } },
    error: null,
  });
  expect(await ask(1)).toEqual(answer(1, ['k', 'v']));
  expect(await ask(2)).toEqual(answer(2, null));
  send({
    type: 'reads',
    reads: [
      { method: 'get', key: 'k', times: 2 },
      { method: 'get', key: 'none', times: 1 },
    ],
  });
  listing = [...listing, ['l', 'w']];
  expect(await ask(3)).toEqual(answer(3, ['k', 'v', 'l', 'w']));
  send({ type: 'reads', reads: [{ method: 'length', key: null, times: 1 }] });
  expect(notedReads).toEqual([
    { method: 'get', key: 'k', times: 2, result: 'v' },
    { method: 'get', key: 'none', times: 1, result: undefined },
    { method: 'length', key: null, times: 1, result: 2 },
  ]);
  expect(ended).not.toHaveBeenCalled();
});

test('nothing can have been read before the module is loaded', async () => {
  await newWorklet(false);
  send({ type: 'reads', reads: [{ method: 'length', key: null, times: 1 }] });
  expect(ended).toHaveBeenCalledOnce();
});

test.each([
  undefined,
  'text',
  { type: 'nothing' },
  { type: 'finished', runId: {} },
  { type: 'call', id: 1, call: 'constructor', params: {} },
  { type: 'call', id: 1, call: 'get', params: { key: ['k'] } },
  { type: 'call', id: 1, call: 'entries', params: { dataOrigin: 'https://victim.example' } },
])('%j, which our script does not send, is the last that is heard of it', async (message) => {
  const worklet = await newWorklet();
  expect(() => send(message)).not.toThrow();
  expect(ended).toHaveBeenCalledOnce();
  send({ type: 'call', id: 2, call: 'get', params: { key: 'k' } });
  await settled();
  expect(port.posted).toEqual([]);
  expect(worklet.isBusy).toBe(false);
});

test('so is a message that cannot be read', async () => {
  await newWorklet();
  port.onmessageerror();
  expect(ended).toHaveBeenCalledOnce();
});

test.each(['get', 'entries', 'locks.request'])('so is %s before the module is loaded', async (call) => {
  const worklet = await newWorklet(false);
  send({ type: 'call', id: 1, call, params: call === 'get' ? { key: 'k' } : null });
  expect(await worklet.loaded).toMatchObject({ ok: false });
  expect(port.posted).toEqual([]);
});

test('so is one call more than may be under way', async () => {
  await newWorklet();
  for (let id = 1; id <= MAXIMUM_CALLS_IN_FLIGHT; id++) send({ type: 'call', id, call: 'length', params: null });
  expect(ended).not.toHaveBeenCalled();
  send({ type: 'call', id: 99, call: 'length', params: null });
  expect(ended).toHaveBeenCalledOnce();
});

test('what it logs is shown where it is plain, and it lives on where it is not', async () => {
  await newWorklet();
  const log = (id: number, args: unknown[]) =>
    send({ type: 'call', id, call: 'console', params: { lines: [{ operation: 'o', method: 'log', args }] } });
  log(1, ['text', { a: 1 }]);
  log(2, [new Blob()]);
  await settled();
  expect(logged).toEqual([['text', { a: 1 }]]);
  expect(answers()).toMatchObject([
    { id: 1, error: null },
    { id: 2, error: { name: 'DataError' } },
  ]);
  expect(ended).not.toHaveBeenCalled();
});

test('the worker of the next worklet starts when the module is loaded, and takes no processor time from that', async () => {
  replenish.mockClear();
  const worklet = await newWorklet(false);
  expect(replenish).not.toHaveBeenCalled();
  send({ type: 'loaded', error: null, operations: ['o'] });
  expect(replenish).toHaveBeenCalledTimes(1);
  worklet.end();
  replenish.mockClear();
  // One whose module never ends is given up.
  (await newWorklet(false)).end();
  expect(replenish).toHaveBeenCalledTimes(1);
});

test('a cryptographic operation that fails says so, whatever it was asked', async () => {
  await newWorklet();
  const endless = { valueOf: 1, toString: 1 };
  const ask = (id: number, method: string, values: unknown[]) =>
    send({ type: 'call', id, call: 'crypto.subtle', params: { method, args: values.map((value) => ({ value })) } });
  ask(1, 'digest', ['SHA-256', new Uint8Array(1)]);
  ask(2, 'digest', [{ name: endless, iterations: endless }, new Uint8Array(1)]);
  ask(3, 'sign', []);
  send({ type: 'call', id: 4, call: 'crypto.subtle', params: { method: 'exportKey', args: [{ value: 'raw' }, { key: 5 }] } });
  await vi.waitFor(() => expect(port.posted).toHaveLength(4), { timeout: 30_000 });
  expect(answers().map(({ error }) => error?.name ?? null)).toEqual([null, 'TypeError', 'TypeError', 'DataError']);
  expect(ended).not.toHaveBeenCalled();
});

test('an operation that the worklet has ended before has its report, where that is made in any case', async () => {
  const worklet = await newWorklet();
  const run = (runId: number, contextId: string | null) =>
    worklet.start(runId, false, () =>
      worklet.run({ runId, name: 'o', data: null, keepAlive: true, config: { ...DEFAULT_CONFIG, contextId } }),
    );
  run(1, 'context');
  run(2, null);
  worklet.end();
  await vi.waitFor(() => expect(handedOver).toHaveBeenCalled(), { timeout: 30_000 });
  await settled();
  expect(handedOver.mock.calls.map(([{ config, end }]) => [config.contextId, end])).toEqual([['context', 'failed']]);
});
