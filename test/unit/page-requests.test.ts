import { expect, test, vi } from 'vitest';
import { createOpenChannel } from '../../src/content/requests/page-requests';
import { succeed } from '../../src/protocol/envelope';
import { type PageRequests, type PageResponse, type PageScript, REQUEST, RESPONSE } from '../../src/protocol/page-channel';

// The isolated world's global object, and the document of a page that somebody sees.
vi.stubGlobal('self', {});
vi.stubGlobal('document', {});

/** What the bridge answers a request that came from the page's realm. */
async function ask(method: string, script: PageScript = 'page'): Promise<PageResponse> {
  const port = new EventTarget();
  const passOn = async () => succeed('passed on');
  const own = async () => succeed('own');
  const handlers = {
    'database.update': own,
    'worklet.addModule': own,
    'worklet.run': own,
    'worklet.selectURL': own,
    'policy.require': own,
  };
  createOpenChannel({ handlers, passOn, mayBeDenied: () => false, hearOfTurns: () => undefined })(port, script);
  const answered = new Promise((resolve) => port.addEventListener(RESPONSE, resolve));
  port.dispatchEvent(new CustomEvent(REQUEST, { detail: { id: 7, method, params: {} }, cancelable: true }));
  return ((await answered) as CustomEvent<PageResponse>).detail;
}

test.each(['worklet.prepare', 'worklet.create', 'worklet.abandon', 'worklet.select', 'worklet.toString'])(
  'a page cannot ask for %s, which is the bridge’s own',
  async (method) => {
    expect(await ask(method)).toEqual({ id: 7, ok: false, error: { name: 'NotSupportedError', message: `No ${method}.` } });
  },
);

test('and our script in the page cannot ask for that either: it does not compile', () => {
  // @ts-expect-error: not among the page's requests.
  const method: keyof PageRequests = 'worklet.create';
  // @ts-expect-error: the URN is the bridge's to add.
  const params: keyof PageRequests['worklet.selectURL'] = 'urn';
  expect([method, params]).toHaveLength(2);
});

test.each<[script: PageScript, own: string, others: string[]]>([
  ['page', 'frame.show', ['fence.report']],
  ['fence', 'fence.report', ['database.get', 'frame.show', 'worklet.run', 'header.expect', 'fencer.report']],
])('whoever holds the port of %s may ask for %s and its like, and not for %s', async (script, own, others) => {
  expect(await ask(own, script)).toMatchObject({ ok: true, value: 'passed on' });
  for (const method of others) expect(await ask(method, script)).toMatchObject({ ok: false });
});
