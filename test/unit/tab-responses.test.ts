import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LINGER, NO_TAB, TabResponses } from '../../src/background/header-writes/tab-responses';

let session: Record<string, unknown>;
/** What the browser has: filters of listeners, those of a stopped worker included. */
let listeners: Map<object, { tabId?: number }>;
const added = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  session = {};
  listeners = new Map();
  added.mockClear();
  vi.stubGlobal('chrome', {
    extension: { inIncognitoContext: false },
    storage: {
      session: {
        get: async (key: string) => ({ [key]: session[key] }),
        set: async (items: object) => void Object.assign(session, items),
        remove: async (key: string) => void delete session[key],
      },
    },
    webRequest: {
      onHeadersReceived: {
        addListener: (listener: object, filter: { tabId?: number }) => {
          added();
          listeners.set(listener, filter);
        },
        removeListener: (listener: object) => listeners.delete(listener),
      },
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const start = async () => {
  const responses = new TabResponses(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return responses;
};

test('a worker that starts after one that had nobody to listen for touches no listener: the browser would drop the pages that it keeps', async () => {
  await start();
  expect(added).not.toHaveBeenCalled();
  const responses = await start();
  responses.listen(5).stop();
  await vi.advanceTimersByTimeAsync(LINGER);
  expect(listeners.size).toBe(0);
  added.mockClear();
  await start();
  expect(added).not.toHaveBeenCalled();
});

test('one that starts after one that was stopped while it listened makes the browser forget that, once', async () => {
  const responses = await start();
  responses.listen(5);
  responses.listen(NO_TAB).stop();
  await vi.advanceTimersByTimeAsync(LINGER);
  expect([...listeners.values()].map(({ tabId }) => tabId)).toEqual([5]);
  added.mockClear();
  await start();
  expect(added).toHaveBeenCalledOnce();
  await start();
  expect(added).toHaveBeenCalledOnce();
});

test('one that listens anew by then needs to do nothing more, and leaves word itself', async () => {
  (await start()).listen(5);
  added.mockClear();
  const responses = new TabResponses(() => undefined);
  const listening = responses.listen(6);
  await vi.advanceTimersByTimeAsync(0);
  expect(added).toHaveBeenCalledOnce();
  expect(Object.keys(session)).toHaveLength(1);
  listening.stop();
  await vi.advanceTimersByTimeAsync(LINGER);
  expect(session).toEqual({});
});
