/** What operations have left, on its way from the offscreen document to the service worker that stores it: what was told of it before it was delivered again. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Begun, OperationContributions } from '../../src/protocol/private-aggregation';
import type { Tell } from '../../src/protocol/questions';
import type { Message } from '../../src/protocol/recipients';

const { browser } = vi.hoisted(() => ({ browser: {} as { runtime: { sendMessage: (message: unknown) => Promise<unknown> } } }));
vi.mock('../../src/extension/browser', () => ({ browser }));
const { ServiceWorkerQuestions } = await import('../../src/offscreen/ask-service-worker');
const { HandOvers } = await import('../../src/offscreen/hand-over');
const { HostChannel } = await import('../../src/background/worklets/host-channel');

type Answer = (message: Message<'contributions'>, tell: Tell) => Promise<unknown>;

const contributions = { id: 'document 1 1' } as OperationContributions;
const begun: Begun = { reportId: '00000000-0000-4000-8000-000000000000' };
const handedOver = (isFirst: boolean): Message<'contributions'> => ({
  to: 'contributions',
  contributions,
  delivery: { isFirst, begun: null },
});

let questions: InstanceType<typeof ServiceWorkerQuestions>;
let handOvers: InstanceType<typeof HandOvers>;

beforeEach(() => {
  vi.useFakeTimers();
  questions = new ServiceWorkerQuestions();
  handOvers = new HandOvers(questions);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** One end of a port, whose messages come to the other end a moment later, in their order, until either of them is closed. */
function portEnd() {
  const closing: (() => void)[] = [];
  const closed = () => {
    for (const close of closing) close();
  };
  const ends = { hear: (_message: unknown): void => undefined, closed };
  return {
    ...ends,
    onMessage: { addListener: (listener: typeof ends.hear) => (ends.hear = listener) },
    onDisconnect: { addListener: (listener: () => void) => void closing.push(listener) },
    ends,
  };
}

/** A service worker that opens its port to the offscreen document, and answers so; `stop` closes the port, and whatever the worker sends then is lost. */
function startServiceWorker(answer: Answer, offer?: (message: unknown, ports: MessagePort[]) => void, isLate = false) {
  let isOpen = true;
  const [host, worker] = [portEnd(), portEnd()];
  const post = (to: typeof host) => (message: unknown) => {
    if (!isOpen) throw new Error('disconnected');
    void Promise.resolve().then(() => isOpen && to.ends.hear(structuredClone(message)));
  };
  vi.stubGlobal('self', { origin: 'chrome-extension://id' });
  const isTold = vi.fn();
  let named = '';
  const runtime = {
    ...{ id: 'id', getURL: (page: string) => `chrome-extension://id/${page}`, getPlatformInfo: isTold },
    connect: ({ name }: { name: string }) => {
      named = name;
      return { ...worker, name, postMessage: post(host) };
    },
  };
  vi.stubGlobal('chrome', { runtime });
  const offscreen = { url: 'chrome-extension://id/offscreen.html', postMessage: offer };
  vi.stubGlobal('clients', { matchAll: async () => [{ url: 'chrome-extension://id/popup.html' }, ...(offer ? [offscreen] : [])] });
  const channel = new HostChannel('offscreen.html');
  channel.answerWith((message, { tell }) => answer(message as Message<'contributions'>, tell as Tell));
  channel.open();
  const throughPort: unknown[] = [];
  const postToWorker = post(worker);
  const postMessage = (message: [kind: string, id: number, content: { to?: string }]) => {
    throughPort.push(message[2]?.to ?? message[0]);
    postToWorker(message);
  };
  const port = { ...host, name: named, postMessage };
  const connected = () => questions.connected(port as object as Parameters<typeof questions.connected>[0], () => undefined);
  if (!isLate) connected();
  else setTimeout(connected, 20);
  const stop = () => {
    isOpen = false;
    host.ends.closed();
    worker.ends.closed();
  };
  return Object.assign(stop, { throughPort, isTold });
}

test('the first delivery of an operation that ran says so, and no other does', async () => {
  const deliveries: unknown[] = [];
  startServiceWorker(async ({ delivery }) => (deliveries.push(delivery) === 1 ? undefined : true));
  expect(await handOvers.handOver(handedOver(true))).toBe(true);
  expect(await handOvers.handOver(handedOver(false))).toBe(true);
  expect(deliveries).toEqual([true, false, false].map((isFirst) => ({ isFirst, begun: null })));
});

test('what a worker has told, and only that, the next one is told with it', async () => {
  let heard = 0;
  const stop = startServiceWorker(async (_message, tell) => {
    await tell(begun);
    heard++;
    return new Promise(() => undefined);
  });
  const settled = handOvers.handOver(handedOver(true));
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toBe(1);
  const sendMessage = vi.fn(async (_message: unknown) => true);
  browser.runtime = { sendMessage };
  stop();
  expect(await settled).toBe(true);
  expect(sendMessage.mock.calls).toEqual([[{ to: 'contributions', contributions, delivery: { isFirst: false, begun } }]]);
  // It is stored: what comes after it goes by that.
  await handOvers.handOver(handedOver(false));
  expect(sendMessage.mock.calls.at(-1)).toEqual([{ to: 'contributions', contributions, delivery: { isFirst: false, begun: null } }]);
});

test('but not where the worker has said that it has neither stored nor sent anything', async () => {
  const deliveries: unknown[] = [];
  startServiceWorker(async ({ delivery }, tell) => {
    if (deliveries.push(delivery) > 1) return true;
    await tell(begun);
    return false;
  });
  expect(await handOvers.handOver(handedOver(true))).toBe(true);
  expect(deliveries).toEqual([true, false].map((isFirst) => ({ isFirst, begun: null })));
});

test('another delivery of the same operation says it too', async () => {
  const deliveries: unknown[] = [];
  startServiceWorker(async ({ delivery }, tell) => {
    deliveries.push(delivery);
    if (delivery.isFirst) await tell(begun);
    return new Promise(() => undefined);
  });
  void handOvers.handOver(handedOver(true));
  await vi.advanceTimersByTimeAsync(0);
  void handOvers.handOver(handedOver(false));
  await vi.advanceTimersByTimeAsync(0);
  expect(deliveries).toEqual([
    { isFirst: true, begun: null },
    { isFirst: false, begun },
  ]);
});

test('a worker that is stopped before it was heard is never told that it was', async () => {
  let heard = 0;
  const stop = startServiceWorker((_message, tell) => {
    void tell(begun).then(() => heard++);
    stop();
    return new Promise(() => undefined);
  });
  const sendMessage = vi.fn(async (_message: unknown) => true);
  browser.runtime = { sendMessage };
  expect(await handOvers.handOver(handedOver(true))).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toBe(0);
  expect(sendMessage.mock.calls).toEqual([[{ to: 'contributions', contributions, delivery: { isFirst: false, begun: null } }]]);
});

test('what makes no sense is heard by nobody, nor what is told of a question that was answered', async () => {
  let heard = 0;
  let tell: Tell = async () => undefined;
  startServiceWorker(async (_message, own) => {
    tell = own;
    void own({ reportId: 5 }).then(() => heard++);
    return true;
  });
  expect(await handOvers.handOver(handedOver(true))).toBe(true);
  void tell(begun).then(() => heard++);
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toBe(0);
});

test.each([true, false])(
  'goes through the direct port of the same worker, and nothing else does (it came before the other: %s)',
  async (isEarly) => {
    vi.useRealTimers();
    const answer: Answer = async ({ to }, tell) => {
      if (to !== 'contributions') return true;
      await tell(begun);
      return new Promise(() => undefined);
    };
    const offer = vi.fn((message: unknown, ports: MessagePort[]) => questions.offered({ data: structuredClone(message), ports }));
    const stop = startServiceWorker(answer, offer, isEarly);
    await expect.poll(() => offer.mock.calls.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const settled = handOvers.handOver(handedOver(true));
    expect(await questions.ask({ to: 'arrival-order', documentId: 'document' })).toBe(true);
    // The browser is told that the worker is not idle.
    await expect.poll(() => stop.isTold.mock.calls.length).toBe(1);
    expect(stop.throughPort).toEqual(['arrival-order']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const sendMessage = vi.fn(async (_message: unknown) => true);
    browser.runtime = { sendMessage };
    stop();
    expect(await settled).toBe(true);
    expect(sendMessage.mock.calls).toEqual([[{ to: 'contributions', contributions, delivery: { isFirst: false, begun } }]]);
  },
);
