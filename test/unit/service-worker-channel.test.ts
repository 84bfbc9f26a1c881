/** Requests of a document that the browser loses without a word, whichever way they went; and what the service worker does with those that were not lost. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RequestsUnderWay } from '../../src/background/requests/requests-under-way';
import { createServiceWorkerChannel, NO_ANSWER } from '../../src/content/requests/service-worker-channel';
import { fail, succeed } from '../../src/protocol/envelope';
import { type NumberedRequest, REQUEST_PORT } from '../../src/protocol/messages';

type Sent = { readonly requests: readonly NumberedRequest[] };

/** Opens a port to the document. */
let connect: (port: object) => void;
const sendMessage = vi.fn<(message: Sent) => Promise<unknown>>();

/** A message is lost, or answered. */
const lose = () => new Promise<never>(() => undefined);
const answer = async ({ requests }: Sent) => requests.map(({ sequence }) => succeed(`${sequence}`));

const listening = () => ({ addListener: () => undefined });

beforeEach(() => {
  vi.useFakeTimers();
  sendMessage.mockReset().mockImplementation(answer);
  const onConnect = { addListener: (listener: typeof connect) => (connect = listener) };
  vi.stubGlobal('chrome', { runtime: { id: 'id', sendMessage, onConnect } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const PARAMS = { methods: [], withLock: null };
const SETTLE = { token: 'token', repeat: null };

test.each(['header.settle', 'database.update'] as const)('%s is sent again where a message is lost', async (method) => {
  sendMessage.mockImplementationOnce(lose);
  const { send } = createServiceWorkerChannel(() => null);
  const answered = send(method, { ...PARAMS, ...SETTLE });
  await vi.advanceTimersByTimeAsync(19_000);
  expect(sendMessage).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await answered).toEqual(succeed('1'));
  expect(sendMessage).toHaveBeenCalledTimes(2);
  expect(sendMessage).toHaveBeenLastCalledWith(
    expect.objectContaining({ requests: [expect.objectContaining({ sequence: 1, repeated: true })] }),
  );
});

test('what has gone by a port to nobody is sent by a message, in its order', async () => {
  const { send } = createServiceWorkerChannel(() => null);
  await send('database.update', PARAMS);
  const postMessage = vi.fn();
  connect({ name: REQUEST_PORT, onMessage: listening(), onDisconnect: listening(), postMessage });
  const answered = Promise.all([send('database.update', PARAMS), send('header.settle', SETTLE)]);
  await vi.advanceTimersByTimeAsync(0);
  expect(postMessage).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await answered).toEqual([succeed('2'), succeed('3')]);
  expect(postMessage).toHaveBeenCalledTimes(2);
  // Nobody looks any more.
  expect(vi.getTimerCount()).toBe(0);
});

test('one that takes long without a port has the others go by the port as before', async () => {
  const { send } = createServiceWorkerChannel(() => null);
  await send('database.update', PARAMS);
  let hear = (_answer: [number, unknown]): void => undefined;
  const onMessage = { addListener: (listener: typeof hear) => (hear = listener) };
  const postMessage = vi.fn(([id, { requests }]: [number, Sent]) => {
    void answer({ requests }).then((answers) => hear([id, answers]));
  });
  connect({ name: REQUEST_PORT, onMessage, onDisconnect: listening(), postMessage });
  sendMessage.mockImplementation(lose);
  void send('fence.leave', { url: 'https://a.example/', newTab: false, isActive: true });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(sendMessage).toHaveBeenCalledTimes(3);
  // It has been silent for so long that it may sleep.
  expect(await send('database.update', PARAMS)).toEqual(succeed('3'));
  const onItsWay = vi.fn();
  expect(await send('database.update', PARAMS, onItsWay)).toEqual(succeed('4'));
  expect(onItsWay).toHaveBeenCalledOnce();
  expect(postMessage).toHaveBeenCalledTimes(2);
});

test('a service worker that never answers is given up after a while', async () => {
  sendMessage.mockImplementation(lose);
  const { send } = createServiceWorkerChannel(() => null);
  const settled = vi.fn();
  void send('header.settle', SETTLE).then(settled);
  await vi.advanceTimersByTimeAsync(6 * 60_000);
  expect(settled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(settled).toHaveBeenCalledWith(fail('UnknownError', NO_ANSWER));
});

test('a request that comes again while it is carried out is carried out once, and has one answer', async () => {
  const underWay = new RequestsUnderWay<string>();
  const carryOut = vi.fn(async () => 'answer');
  const answers = [1, 1, 2].map((sequence) => underWay.once('document', sequence, carryOut));
  expect(await Promise.all(answers)).toEqual(['answer', 'answer', 'answer']);
  expect(carryOut).toHaveBeenCalledTimes(2);
  // It was answered, and the document has not heard that.
  await underWay.once('document', 1, carryOut);
  expect(carryOut).toHaveBeenCalledTimes(3);
  await expect(underWay.once('document', 3, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});
