import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EarlyResponses } from '../../src/background/header-writes/early-responses';
import type { MarkedResponse } from '../../src/background/header-writes/marked-response';
import type { HeadersReceived } from '../../src/background/header-writes/tab-responses';
import { because, type Reason } from '../../src/spec/reason';

const TOKEN = '123e4567-e89b-12d3-a456-426614174000';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const details = (members: object = {}) =>
  ({
    url: `https://a.example/x#:~:~ssw=any~${TOKEN}`,
    tabId: -1,
    requestId: '7',
    method: 'POST',
    type: 'ping',
    statusCode: 200,
    initiator: 'https://page.example',
    responseHeaders: [{ name: 'Shared-Storage-Write', value: 'clear' }],
    ...members,
  }) as HeadersReceived;

function createEarly(refusal: Reason | null = null) {
  const written: [MarkedResponse, Reason | null][] = [];
  const early = new EarlyResponses({
    reasonOfRefusal: async () => refusal,
    write: async (response, refused) => void written.push([response, refused]),
  });
  return { early, written };
}

describe('a response that comes before its request is announced', () => {
  test('waits for that', async () => {
    const { early, written } = createEarly();
    early.keep(TOKEN, details());
    early.keep(TOKEN, details({ statusCode: 302 }));
    expect(early.take(TOKEN).map(({ statusCode }) => statusCode)).toEqual([200, 302]);
    await vi.runAllTimersAsync();
    expect(written).toEqual([]);
  });

  test('is forgotten where nobody announces it, and where it was refused', async () => {
    const { early, written } = createEarly();
    early.keep(TOKEN, details());
    await vi.runAllTimersAsync();
    expect(early.take(TOKEN)).toEqual([]);
    early.expectNoMessage(TOKEN);
    early.ignore(TOKEN);
    early.keep(TOKEN, details());
    await vi.advanceTimersByTimeAsync(5000);
    expect(written).toEqual([]);
  });

  test('writes where the window of its document was being closed', async () => {
    const { early, written } = createEarly();
    early.expectNoMessage(TOKEN);
    early.keep(TOKEN, details());
    await vi.runAllTimersAsync();
    const caller = { documentId: null, tabId: null };
    const request = { id: '7', method: 'POST', type: 'ping' };
    expect(written).toEqual([
      [{ caller, request, origin: 'https://a.example', url: 'https://a.example/x', status: 200, lines: ['clear'] }, null],
    ]);
  });

  test('writes nothing then for a page that is no secure context, for an origin that the settings refuse, and in a tab', async () => {
    const insecure = createEarly();
    insecure.early.expectNoMessage(TOKEN);
    insecure.early.keep(TOKEN, details({ initiator: 'http://page.example' }));
    const blocked = createEarly(because('reasonBlockedSite'));
    blocked.early.expectNoMessage(TOKEN);
    blocked.early.keep(TOKEN, details());
    const inTab = createEarly();
    inTab.early.expectNoMessage(TOKEN);
    inTab.early.keep(TOKEN, details({ tabId: 5 }));
    await vi.runAllTimersAsync();
    expect(insecure.written[0]?.[1]).toEqual(because('reasonInsecurePage'));
    expect(blocked.written[0]?.[1]).toEqual(because('reasonBlockedSite'));
    expect(inTab.written).toEqual([]);
  });
});
