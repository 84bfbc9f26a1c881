/** Marked requests on their way to the service worker, and requests that have to be made once more to be marked at all. */

import { type Envelope, fail, succeed } from '../protocol/envelope';
import type { PageRequests, RepeatedRequest } from '../protocol/page-channel';
import { DIRECTIVE, markOf } from '../protocol/storage-write-mark';
import { send } from './service-worker-channel';

/** Which run of the service worker expects each request. */
const expectedBy = new Map<string, Promise<Envelope>>();

/** How often a response may be lost with a service worker that was stopped while it came. */
const MAXIMUM_ATTEMPTS = 5;

export function expectRequest(params: PageRequests['header.expect']): Promise<Envelope> {
  const expected = send('header.expect', params);
  expectedBy.set(params.token, expected);
  return expected;
}

/** Resolves to whether there was a response; 'lost' where it went by unseen, because the service worker was stopped at that moment. */
async function fateOf(token: string): Promise<'seen' | 'unseen' | 'lost'> {
  const [settled, expected] = [await send('header.settle', { token }), await expectedBy.get(token)];
  expectedBy.delete(token);
  if (!settled.ok || !expected?.ok) return 'seen';
  const { run, seen } = settled.value as { run: string; seen: boolean };
  if (seen) return 'seen';
  return run === expected.value ? 'unseen' : 'lost';
}

export async function settleRequest({ token, repeat }: PageRequests['header.settle']): Promise<Envelope> {
  const fate = await fateOf(token);
  if (fate === 'seen' || !repeat) return succeed(undefined);
  if (fate === 'lost') return repeatRequest(repeat);
  // What an element loaded came without the mark: an image from memory, a frame's own navigation that could not be taken back.
  if (repeat.destination === 'image') return repeatRequest(repeat);
  return repeat.destination === 'iframe' ? fail('NotFoundError', 'The marked request had no response.') : succeed(undefined);
}

/**
 * Fetched from this world, the request stays clear of the page's own service worker and Content Security Policy, which have had
 * their say about the first one.
 */
export async function repeatRequest({ url, destination, mode, credentials }: RepeatedRequest): Promise<Envelope> {
  const plain = new URL(url);
  for (let attempts = 0; attempts < MAXIMUM_ATTEMPTS; attempts++) {
    const token = crypto.randomUUID();
    const expected = await expectRequest({ token, url, byURL: false });
    if (!expected.ok) return expected;
    const marked = plain.href + markOf(token, destination, plain.hash !== '', plain.hash.includes(DIRECTIVE));
    try {
      const response = await fetch(marked, { mode, credentials, cache: 'reload' });
      await response.body?.cancel();
    } catch {
      // What cannot be fetched may have written on the way, in a redirect; the service worker knows.
    }
    if ((await fateOf(token)) !== 'lost') break;
  }
  return succeed(undefined);
}
