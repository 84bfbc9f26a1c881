/** The worklets of the offscreen document, and what it is asked for once more because the service worker was stopped before it knew the answer. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SandboxedWorker } from '../../src/offscreen/worklets/sandbox';
import { fail, succeed } from '../../src/protocol/envelope';
import type { OperationContributions } from '../../src/protocol/private-aggregation';
import type { Message } from '../../src/protocol/recipients';
import './promise-with-resolvers';

const handedOver: OperationContributions[] = [];
const ask = async (message: Message) => {
  if (message.to === 'contributions') handedOver.push(message.contributions);
  return true;
};
const port = { onmessage: (_event: { data: unknown }) => {}, onmessageerror: () => {}, postMessage: vi.fn() };
const worker = { port, onDeath: () => {}, isBusy: () => false, end: () => {} } as object as SandboxedWorker;
const workers = { expect: async () => {}, take: async () => worker, replenish: () => undefined };
const { SlowStart } = await import('../../src/offscreen/worklets/slow-start');
const { Registry } = await import('../../src/offscreen/registry');
const { DEFAULT_CONFIG } = await import('../../src/spec/private-aggregation/contributions');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  handedOver.length = 0;
});

const worklet = { documentId: 'document', workletId: 1 };
const origin = 'https://a.example';
/** Its report is made in any case. */
const config = { ...DEFAULT_CONFIG, contextId: 'context' };
const operation = { worklet, tabId: 1, dataOrigin: origin, isSettled: true };
const run = { ...operation, runId: 3, name: 'o', data: null, keepAlive: false, isModuleLoaded: true, config };

const recorder = { loaded() {}, logged() {}, started() {}, handlers() {}, finished() {}, ended() {} };

const given = { workletId: 1, source: '', keepAlive: true };

type Store = ReturnType<ConstructorParameters<typeof Registry>[1]>;

/** With a worklet that has no module. */
function openWithout() {
  const failures: string[] = [];
  const selecting = { select: async () => undefined, documentClosed: () => undefined };
  const registry = new Registry(
    ask,
    () => ({ begin: async () => undefined, recheck: () => undefined }) as Partial<Store> as Store,
    selecting as Partial<ConstructorParameters<typeof Registry>[2]> as ConstructorParameters<typeof Registry>[2],
    () => ({ interestGroups: async () => [], slowStart: new SlowStart(async () => 0), workers }),
    ({ text }) => failures.push(text),
    { begin: () => recorder } as Partial<ConstructorParameters<typeof Registry>[5]> as ConstructorParameters<typeof Registry>[5],
    { forget: () => undefined, forgetDocument: () => undefined, pause: () => undefined },
    async () => undefined,
  );
  const module = { moduleURL: `${origin}/w.js`, context: undefined, mayContribute: true };
  registry.create({ worklet, tabId: 1, dataOrigin: origin, site: origin, ...module });
  return { registry, failures };
}

/** With a worklet whose module is loaded. */
async function open() {
  const opened = openWithout();
  const loaded = opened.registry.load({ documentId: 'document', tabId: 1 }, given);
  await vi.advanceTimersByTimeAsync(0);
  port.onmessage({ data: { type: 'loaded', error: null, operations: [] } });
  expect(await loaded).toEqual(succeed(undefined));
  return opened;
}

test('a worklet takes a module of its own document alone, and once', async () => {
  const { registry } = await open();
  port.postMessage.mockClear();
  expect(await registry.load({ documentId: 'other', tabId: 1 }, given)).toBeNull();
  expect(await registry.load({ documentId: 'document', tabId: 1 }, { ...given, workletId: 2 })).toBeNull();
  expect(await registry.load({ documentId: 'document', tabId: 1 }, { ...given, source: 'more' })).toEqual(succeed(undefined));
  expect(port.postMessage).not.toHaveBeenCalled();
});

test('a worklet whose module does not come goes, and no operation finds one meanwhile', async () => {
  const { registry, failures } = openWithout();
  registry.run(run);
  expect(failures).toEqual(['Cannot find operation name.']);
  expect(registry.find(worklet)?.dataOrigin).toBe(origin);
  registry.abandon(worklet);
  expect(registry.find(worklet)).toBeUndefined();
  expect(await registry.load({ documentId: 'document', tabId: 1 }, given)).toBeNull();
});

test('a worklet that has its module is not abandoned', async () => {
  const { registry } = await open();
  registry.abandon(worklet);
  expect(registry.find(worklet)?.dataOrigin).toBe(origin);
});

test('a module that throws is told of, and its worklet stays', async () => {
  const { registry, failures } = openWithout();
  const loaded = registry.load({ documentId: 'document', tabId: 1 }, given);
  await vi.advanceTimersByTimeAsync(0);
  port.onmessage({ data: { type: 'loaded', error: 'no', operations: [] } });
  expect(await loaded).toEqual(fail('OperationError', 'no'));
  expect(failures).toEqual(['no']);
  expect(registry.find(worklet)?.dataOrigin).toBe(origin);
});

test('an operation that has ended its worklet, and is asked for again, makes one report and no error', async () => {
  const { registry, failures } = await open();
  registry.run(run);
  await vi.advanceTimersByTimeAsync(0);
  port.onmessage({ data: { type: 'finished', runId: 3, result: null, isUncaught: false } });
  await vi.advanceTimersByTimeAsync(0);
  expect(handedOver).toHaveLength(1);
  expect(registry.find(worklet)).toBeUndefined();
  registry.run(run);
  await registry.select({ ...operation, runId: 3, call: { ...run, urn: 'urn:uuid:0', urls: ['/'], savedQuery: '' } });
  expect(handedOver).toHaveLength(1);
  expect(failures).toEqual([]);
  registry.run({ ...run, runId: 4 });
  expect(handedOver.map(({ end }) => end)).toEqual(['finished', 'failed']);
  expect(failures).toEqual(['Cannot find operation name.']);
});

test('after the offscreen document was closed, it is the same operation to whoever makes the report', async () => {
  const { registry } = await open();
  registry.run(run);
  await vi.advanceTimersByTimeAsync(0);
  port.onmessage({ data: { type: 'finished', runId: 3, result: null, isUncaught: false } });
  const { registry: next } = await open();
  next.run({ ...run, worklet: { ...worklet, workletId: 1 }, isModuleLoaded: false });
  next.run({ ...run, runId: 4, isModuleLoaded: false });
  const [first, again, other] = handedOver.map(({ id }) => id);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});
