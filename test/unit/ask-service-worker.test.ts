/** Questions of the offscreen document that the service worker cannot answer at once. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const { browser } = vi.hoisted(() => ({ browser: {} as { runtime: { sendMessage: () => Promise<unknown> } } }));
vi.mock('../../src/extension/browser', () => ({ browser }));
const { ServiceWorkerQuestions } = await import('../../src/offscreen/ask-service-worker');

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const MESSAGE = { to: 'arrival-order', documentId: 'document' } as const;

test('are asked again at once where it is stopped, and for seconds where its disk takes nothing', async () => {
  const begun = Date.now();
  let isStopped = true;
  const sendMessage = vi.fn(async () => {
    if (!isStopped) return Date.now() - begun >= 10_000 || undefined;
    isStopped = false;
    throw new Error('stopped');
  });
  browser.runtime = { sendMessage };
  const asked = new ServiceWorkerQuestions().ask(MESSAGE);
  await vi.advanceTimersByTimeAsync(0);
  expect(sendMessage).toHaveBeenCalledTimes(3);
  await vi.runAllTimersAsync();
  expect(await asked).toBe(true);
  expect(sendMessage.mock.calls.length).toBeLessThan(20);
});

test('are given up in the end', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  browser.runtime = { sendMessage: async () => undefined };
  const asked = new ServiceWorkerQuestions().ask(MESSAGE);
  await vi.runAllTimersAsync();
  expect(await asked).toBe(false);
});

/** A port of the service worker's: what was posted through it, how it answers, and how it is closed. */
function portOfServiceWorker() {
  const posted: [string, number, unknown][] = [];
  let hear = (_message: unknown): void => undefined;
  const closing: (() => void)[] = [];
  const port = {
    postMessage: (message: [string, number, unknown]) => void posted.push(message),
    onMessage: { addListener: (listener: typeof hear) => (hear = listener) },
    onDisconnect: { addListener: (listener: () => void) => void closing.push(listener) },
  };
  type Port = Parameters<InstanceType<typeof ServiceWorkerQuestions>['connected']>[0];
  return {
    posted,
    port: port as object as Port,
    answer: (id: number, value: unknown) => hear(['answered', id, value]),
    close() {
      for (const closed of closing) closed();
    },
  };
}

test('go through the port while there is one, each to its own answer, and are asked again in the other way once it has closed', async () => {
  const sendMessage = vi.fn(async () => true);
  browser.runtime = { sendMessage };
  const questions = new ServiceWorkerQuestions();
  const { posted, port, answer, close } = portOfServiceWorker();
  questions.connected(port, () => undefined);
  const settled: string[] = [];
  const ask = (name: string) => void questions.ask({ ...MESSAGE, documentId: name }).then((done) => settled.push(`${name} ${done}`));
  for (const name of ['first', 'second', 'third']) ask(name);
  await vi.advanceTimersByTimeAsync(0);
  expect(posted.map(([, , message]) => message)).toEqual(['first', 'second', 'third'].map((documentId) => ({ ...MESSAGE, documentId })));
  answer(posted[1]?.[1] ?? 0, true);
  await vi.advanceTimersByTimeAsync(0);
  expect(settled).toEqual(['second true']);
  expect(sendMessage).not.toHaveBeenCalled();
  // A port that came before does not take the place of one that came after it.
  const later = portOfServiceWorker();
  questions.connected(later.port, () => undefined);
  close();
  await vi.advanceTimersByTimeAsync(0);
  for (const [, id] of later.posted) later.answer(id, true);
  await vi.advanceTimersByTimeAsync(0);
  expect(settled.toSorted()).toEqual(['first true', 'second true', 'third true']);
  later.close();
  ask('fourth');
  await vi.advanceTimersByTimeAsync(0);
  expect(sendMessage).toHaveBeenCalledTimes(1);
  expect(settled).toContain('fourth true');
});
