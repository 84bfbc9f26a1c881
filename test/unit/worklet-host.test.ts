/** How the service worker reaches the offscreen document: by messages, and by a port once that has answered. */

import { beforeEach, expect, test, vi } from 'vitest';
import { succeed } from '../../src/protocol/envelope';

type Listener<Given = void> = (given: Given) => void;

/** Messages that went by themselves, and what is to be called to answer each. */
const messages: { method: string; answer(value: unknown): void }[] = [];
/** What went through the port. */
const posted: [string, number, { method: string }][] = [];
let hear: Listener<unknown>;
let closing: Listener[] = [];

vi.mock('../../src/extension/browser', () => ({
  browser: {
    runtime: { sendMessage: ({ method }: { method: string }) => new Promise((answer) => messages.push({ method, answer })) },
  },
}));
vi.stubGlobal('chrome', {
  extension: { inIncognitoContext: false },
  runtime: {
    id: 'own',
    ContextType: { OFFSCREEN_DOCUMENT: 'OFFSCREEN_DOCUMENT' },
    getContexts: async () => [],
    connect: () => ({
      postMessage: (message: (typeof posted)[number]) => void posted.push(message),
      onMessage: { addListener: (listener: Listener<unknown>) => (hear = listener) },
      onDisconnect: { addListener: (listener: Listener) => void closing.push(listener) },
    }),
  },
});
vi.stubGlobal('self', { origin: 'chrome-extension://own' });
const { WorkletHost } = await import('../../src/background/worklets/worklet-host');

const worklet = { documentId: 'd', workletId: 1 };
const next = () => new Promise((resolve) => setTimeout(resolve));
const lastMessage = () => messages.at(-1) as (typeof messages)[number];

/** One whose document has answered once. */
async function reached() {
  const host = new WorkletHost();
  const called = host.call('host.dataOrigin', { worklet });
  lastMessage().answer(succeed('https://a.example'));
  await called;
  return host;
}

beforeEach(() => {
  messages.length = 0;
  posted.length = 0;
  closing = [];
});

test('requests go through the port once the document has answered, and out before the call returns', async () => {
  const host = await reached();
  const called = host.call('host.dataOrigin', { worklet });
  expect(messages).toHaveLength(1);
  expect(posted.map(([kind, , { method }]) => [kind, method])).toEqual([['asked', 'host.dataOrigin']]);
  hear(['answered', posted[0]?.[1], succeed('https://b.example')]);
  expect(await called).toEqual(succeed('https://b.example'));
});

test('none overtakes, through the port, what is under way without it', async () => {
  const host = new WorkletHost();
  void host.call('host.dataOrigin', { worklet });
  void host.call('host.abandon', { worklet });
  messages[0]?.answer(succeed(null));
  await next();
  // The port is open, and the second message may not have come yet.
  void host.call('host.end', { worklet });
  expect(messages.map(({ method }) => method)).toEqual(['host.dataOrigin', 'host.abandon', 'host.end']);
  for (const { answer } of messages) answer(succeed(null));
  await next();
  void host.call('host.alive', {});
  expect(posted.map(([, , { method }]) => method)).toEqual(['host.alive']);
});

test('what may take long keeps the service worker awake, and holds up no other', async () => {
  const host = await reached();
  void host.call('host.selected', { documentId: 'd', urn: 'urn' });
  void host.call('host.end', { worklet });
  expect(messages.map(({ method }) => method)).toEqual(['host.dataOrigin', 'host.selected']);
  expect(posted.map(([, , { method }]) => method)).toEqual(['host.end']);
});

test('one that the document has not answered when it goes is sent again by itself', async () => {
  const host = await reached();
  const called = host.call('host.dataOrigin', { worklet });
  for (const closed of closing) closed();
  await next();
  // It has gone, and with it the worklet.
  expect(await called).toMatchObject({ ok: false, error: { name: 'NotFoundError' } });
  void host.call('host.dataOrigin', { worklet });
  expect(messages.map(({ method }) => method)).toEqual(['host.dataOrigin', 'host.dataOrigin']);
});
