/**
 * "Handle a Shared-Storage-Write response": the marked requests that are under way, and what their responses write.
 * https://wicg.github.io/shared-storage/#handle-a-shared-storage-write-response
 *
 * Listening to requests slows them all, so the listener exists only while a marked request is expected.
 */

import type { SharedStorageDatabase } from '../spec/database';
import { isOriginPotentiallyTrustworthy } from '../spec/secure-contexts';
import type { Caller } from './caller';
import { readStorageWriteHeader } from './storage-write-response';

interface Expected {
  readonly documentId: string;
  readonly since: number;
  readonly writes: Promise<unknown>[];
}

const MARK = /~ssw=([0-9a-f-]{36})$/;

/** A document that goes away never settles its requests; they are dropped after this long. */
const LONGEST_REQUEST = 5 * 60 * 1000;

/** The browser stops a service worker that is idle for 30 s, and the list of expected requests with it. */
const KEEP_ALIVE_INTERVAL = 20 * 1000;

type HeadersReceived = chrome.webRequest.OnHeadersReceivedDetails;

export class HeaderWrites {
  readonly #database: Pick<SharedStorageDatabase, 'update'>;
  readonly #expected = new Map<string, Expected>();
  #keepAlive: ReturnType<typeof setInterval> | null = null;

  constructor(database: Pick<SharedStorageDatabase, 'update'>) {
    this.#database = database;
  }

  /** Call before the request goes out. */
  expect(token: string, { documentId }: Caller): void {
    const since = Date.now();
    for (const [old, request] of this.#expected) if (since - request.since > LONGEST_REQUEST) this.#expected.delete(old);
    this.#expected.set(token, { documentId, since, writes: [] });
    if (this.#keepAlive) return;
    // Only one requests filter fits all: a marked request may be redirected anywhere.
    const filter = { urls: ['<all_urls>'] };
    chrome.webRequest.onHeadersReceived.addListener(this.#onHeadersReceived, filter, ['responseHeaders', 'extraHeaders']);
    this.#keepAlive = setInterval(() => chrome.runtime.getPlatformInfo(), KEEP_ALIVE_INTERVAL);
  }

  /** Resolves when everything that the responses of the request wrote is stored. */
  async settle(token: string, { documentId }: Caller): Promise<void> {
    const request = this.#expected.get(token);
    if (request?.documentId !== documentId) return;
    this.#expected.delete(token);
    if (this.#expected.size === 0 && this.#keepAlive) {
      chrome.webRequest.onHeadersReceived.removeListener(this.#onHeadersReceived);
      clearInterval(this.#keepAlive);
      this.#keepAlive = null;
    }
    await Promise.allSettled(request.writes);
  }

  readonly #onHeadersReceived = (details: HeadersReceived): undefined => {
    const request = this.#expected.get(MARK.exec(details.url)?.[1] ?? '');
    // The mark is the page's own, but what it opens is only ever asked for by the document that it was given to.
    if (!request || (details.documentId !== undefined && details.documentId !== request.documentId)) return;
    const { origin } = new URL(details.url);
    if (!isOriginPotentiallyTrustworthy(origin)) return;
    const lines = (details.responseHeaders ?? []).filter(({ name }) => name.toLowerCase() === 'shared-storage-write');
    const methods = readStorageWriteHeader(lines.map(({ value }) => value ?? ''));
    if (methods.length > 0) request.writes.push(this.#database.update(origin, methods));
  };
}
