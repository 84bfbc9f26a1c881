/** What an owner of interest groups answers, or anybody in its place. */

import { afterEach, expect, test, vi } from 'vitest';
import { isPermittedByOwner } from '../../src/background/interest-groups/owner-permission';

const OWNER = 'https://owner.example';
const ORIGIN = 'https://page.example';

afterEach(() => vi.unstubAllGlobals());

const headers = { 'Access-Control-Allow-Origin': ORIGIN, 'Content-Type': 'application/json' };
const PERMITTED = JSON.stringify({ joinAdInterestGroup: true });

function answering(body: BodyInit, more: Record<string, string> = {}, status = 200) {
  vi.stubGlobal('fetch', async () => new Response(body, { status, headers: { ...headers, ...more } }));
  return isPermittedByOwner(OWNER, ORIGIN, 'joinAdInterestGroup');
}

test('is a permission where it says so, to the page that asks', async () => {
  expect(await answering(PERMITTED)).toBe(true);
  expect(await answering(PERMITTED, { 'Access-Control-Allow-Origin': '*' })).toBe(true);
  expect(await answering(PERMITTED, { 'Access-Control-Allow-Origin': 'https://other.example' })).toBe(false);
  expect(await answering(PERMITTED, { 'Content-Type': 'text/html' })).toBe(false);
  expect(await answering(PERMITTED, {}, 404)).toBe(false);
  for (const body of ['{"joinAdInterestGroup": "yes"}', '{"leaveAdInterestGroup": true}', 'null', '[', ''])
    expect(await answering(body)).toBe(false);
});

test('is read as far as 8 KiB, however much there is', async () => {
  expect(await answering(PERMITTED.padEnd(8192))).toBe(true);
  expect(await answering(PERMITTED.padEnd(8193))).toBe(false);
  let sent = 0;
  let isCancelled = false;
  const endless = new ReadableStream({
    pull(controller) {
      // Whoever reads all of it never comes to the end.
      if (++sent > 1000) return controller.error(new Error('read on and on'));
      controller.enqueue(new Uint8Array(1000).fill(0x20));
    },
    cancel() {
      isCancelled = true;
    },
  });
  expect(await answering(endless)).toBe(false);
  expect([isCancelled, sent < 20]).toEqual([true, true]);
});
