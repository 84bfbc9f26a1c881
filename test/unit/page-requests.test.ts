import { expect, test } from 'vitest';
import { openChannel } from '../../src/content/requests/page-requests';
import { type PageRequests, type PageResponse, REQUEST, RESPONSE } from '../../src/protocol/page-channel';

/** What the bridge answers a request that came from the page's realm. */
async function ask(method: string): Promise<PageResponse> {
  const port = new EventTarget();
  openChannel(port);
  const answered = new Promise((resolve) => port.addEventListener(RESPONSE, resolve));
  port.dispatchEvent(new CustomEvent(REQUEST, { detail: { id: 7, method, params: {} }, cancelable: true }));
  return ((await answered) as CustomEvent<PageResponse>).detail;
}

test.each(['worklet.prepare', 'worklet.create', 'worklet.abandon', 'worklet.select', 'worklet.toString'])(
  'a page cannot ask for %s, which is the bridge’s own',
  async (method) => {
    expect(await ask(method)).toEqual({ id: 7, ok: false, error: { name: 'NotSupportedError', message: `There is no ${method}.` } });
  },
);

test('and our script in the page cannot ask for that either: it does not compile', () => {
  // @ts-expect-error: not among the page's requests.
  const method: keyof PageRequests = 'worklet.create';
  // @ts-expect-error: the URN is the bridge's to add.
  const params: keyof PageRequests['worklet.selectURL'] = 'urn';
  expect([method, params]).toHaveLength(2);
});
