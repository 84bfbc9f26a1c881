/** Lines on their way to the consoles of pages, through a service worker that may be stopped. */

import { beforeEach, expect, test, vi } from 'vitest';
import type { ConsoleRequest } from '../../src/protocol/messages';

const delivered: ConsoleRequest[] = [];
/** How the next deliveries end: once they are told to, where nothing is said of them. */
const outcomes: (boolean | Promise<boolean>)[] = [];

const { PageConsole } = await import('../../src/offscreen/worklets/page-console');

const open = () =>
  new PageConsole(async (request) => {
    delivered.push(request);
    return (await outcomes.shift()) ?? true;
  });

const a = { tabId: 1, documentId: 'a' };
const b = { tabId: 2, documentId: 'b' };
const texts = () => delivered.map(({ lines }) => lines.map(([, text]) => text).join());
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  delivered.length = 0;
  outcomes.length = 0;
});

test('go one message after the other, each under a name of its own; other documents do not wait', async () => {
  const pageConsole = open();
  let arrive = (_isThere: boolean) => {};
  outcomes.push(new Promise((resolve) => (arrive = resolve)));
  const first = pageConsole.show(a, [['log', '1']]);
  const second = pageConsole.show(a, [
    ['log', '2'],
    ['log', '3'],
  ]);
  pageConsole.notice(b, { level: 'error', text: '4' });
  await settled();
  expect(texts()).toEqual(['1', '4']);
  arrive(true);
  await Promise.all([first, second]);
  expect(texts()).toEqual(['1', '4', '2,3']);
  expect(delivered[0]).toEqual({ id: expect.stringMatching(/^[-\da-f]{36}$/), ...a, lines: [['log', '1']] });
  expect(new Set(delivered.map(({ id }) => id)).size).toBe(3);
});

test('wait while their document is in the back/forward cache', async () => {
  const pageConsole = open();
  pageConsole.pause('a', true);
  const shown = pageConsole.show(a, [['log', '1']]);
  await pageConsole.show(b, [['log', '2']]);
  expect(texts()).toEqual(['2']);
  pageConsole.pause('a', false);
  await shown;
  expect(texts()).toEqual(['2', '1']);
});

test('of those that nobody took it is said how many there were, before the next', async () => {
  const pageConsole = open();
  outcomes.push(false);
  await pageConsole.show(a, [['log', '1'], ['log']]);
  expect(texts()).toHaveLength(1);
  await pageConsole.show(a, [['log', '2']]);
  expect(texts().slice(1)).toEqual(['(2 earlier lines were dropped)', '2']);
});

test('take no more memory than a thousand messages', async () => {
  const pageConsole = open();
  pageConsole.pause('a', true);
  const all = Array.from({ length: 1500 }, (_, index) => pageConsole.show(a, [['log', String(index)]]));
  // Whoever has logged them has them off his hands.
  await Promise.all(all.slice(0, 500));
  pageConsole.pause('a', false);
  await Promise.all(all);
  expect(texts().slice(0, 2)).toEqual(['(500 earlier lines were dropped)', '500']);
  expect(texts()).toHaveLength(1001);
});

test('wait for a document that stands at a breakpoint no longer than a second', async () => {
  vi.useFakeTimers();
  const sendMessage = vi.fn(() => new Promise(() => {}));
  vi.stubGlobal('chrome', { tabs: { sendMessage } });
  const { showInConsole } = await import('../../src/background/browser/page-console');
  let isOver = false;
  void showInConsole({ id: 'i', ...a, lines: [['log', '1']] }).then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(999);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(isOver).toBe(true);
  expect(sendMessage).toHaveBeenCalledWith(1, { to: 'bridge', id: 'i', lines: [['log', '1']] }, { documentId: 'a' });
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('and for one that has gone not at all', async () => {
  vi.stubGlobal('chrome', { tabs: { sendMessage: () => Promise.reject(new Error('Receiving end does not exist.')) } });
  const { showInConsole } = await import('../../src/background/browser/page-console');
  expect(await showInConsole({ id: 'i', ...a, lines: [] })).toBeUndefined();
  vi.unstubAllGlobals();
});

test('are shown once in their document, however often they are delivered', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const { createWorkletConsole } = await import('../../src/content/worklets/worklet-console');
  const hear = createWorkletConsole();
  for (const [id, text] of ['1a', '1a', '2b', '2b'].map((both) => [...both]))
    hear({ to: 'bridge', id: String(id), lines: [['log', text]] });
  await settled();
  const { calls } = log.mock;
  log.mockRestore();
  expect(calls).toEqual([['a'], ['b']]);
});
