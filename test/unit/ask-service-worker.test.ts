/** Questions of the offscreen document that the service worker cannot answer at once. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const { browser } = vi.hoisted(() => ({ browser: {} as { runtime: { sendMessage: () => Promise<unknown> } } }));
vi.mock('../../src/extension/browser', () => ({ browser }));
const { askServiceWorker } = await import('../../src/offscreen/ask-service-worker');

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
  const asked = askServiceWorker(MESSAGE);
  await vi.advanceTimersByTimeAsync(0);
  expect(sendMessage).toHaveBeenCalledTimes(3);
  await vi.runAllTimersAsync();
  expect(await asked).toBe(true);
  expect(sendMessage.mock.calls.length).toBeLessThan(20);
});

test('are given up in the end', async () => {
  vi.spyOn(console, 'error').mockReturnValue();
  browser.runtime = { sendMessage: async () => undefined };
  const asked = askServiceWorker(MESSAGE);
  await vi.runAllTimersAsync();
  expect(await asked).toBe(false);
});
