/**
 * "Handle a Shared-Storage-Write response": the marked requests that are under way, and what their responses write.
 * https://wicg.github.io/shared-storage/#handle-a-shared-storage-write-response
 *
 * Listening to requests slows them all, so the listener exists only while a marked request is expected.
 */

import type { SharedStorageDatabase } from '../spec/database';
import { isOriginPotentiallyTrustworthy } from '../spec/secure-contexts';
import type { Caller } from './caller';
import { keepServiceWorkerAlive } from './keep-alive';
import type { PermissionsPolicies } from './permissions-policy';
import { readStorageWriteHeader } from './storage-write-response';

interface Expected {
  readonly caller: Caller;
  readonly writes: Promise<unknown>[];
  /** Nobody waits for the request any more. */
  forget(): void;
}

const MARK = /~ssw=([0-9a-f-]{36})$/;

/** A document that goes away never settles its requests; they are dropped after this long. */
const LONGEST_REQUEST = 5 * 60 * 1000;

type HeadersReceived = chrome.webRequest.OnHeadersReceivedDetails;

export class HeaderWrites {
  readonly #database: Pick<SharedStorageDatabase, 'update'>;
  readonly #policies: PermissionsPolicies;
  readonly #expected = new Map<string, Expected>();

  constructor(database: Pick<SharedStorageDatabase, 'update'>, policies: PermissionsPolicies) {
    this.#database = database;
    this.#policies = policies;
    // The browser remembers the listener of a worker that was stopped, and would wake us for every request of every page.
    this.#listen();
    chrome.webRequest.onHeadersReceived.removeListener(this.#onHeadersReceived);
  }

  /** Call before the request goes out. */
  expect(token: string, caller: Caller): void {
    // The message may come twice.
    if (this.#expected.has(token)) return;
    if (this.#expected.size === 0) this.#listen();
    const { promise: forgotten, resolve } = Promise.withResolvers<void>();
    const tooLong = setTimeout(() => this.#forget(token), LONGEST_REQUEST);
    const forget = () => {
      clearTimeout(tooLong);
      resolve();
    };
    this.#expected.set(token, { caller, writes: [], forget });
    // Were the worker stopped now, the list would be lost, and the listener with it.
    keepServiceWorkerAlive(forgotten);
  }

  #listen(): void {
    // Only one filter fits all: a marked request may be redirected anywhere.
    const filter = { urls: ['<all_urls>'] };
    chrome.webRequest.onHeadersReceived.addListener(this.#onHeadersReceived, filter, ['responseHeaders', 'extraHeaders']);
  }

  #forget(token: string): void {
    this.#expected.get(token)?.forget();
    this.#expected.delete(token);
    if (this.#expected.size === 0) chrome.webRequest.onHeadersReceived.removeListener(this.#onHeadersReceived);
  }

  /** Resolves when everything that the responses of the request wrote is stored. */
  async settle(token: string, { documentId }: Caller): Promise<void> {
    const request = this.#expected.get(token);
    if (request?.caller.documentId !== documentId) return;
    this.#forget(token);
    await Promise.allSettled(request.writes);
  }

  readonly #onHeadersReceived = (details: HeadersReceived): undefined => {
    const request = this.#expected.get(MARK.exec(details.url)?.[1] ?? '');
    // The mark is the page's own, but what it opens is only ever asked for by the document that it was given to.
    if (!request || (details.documentId !== undefined && details.documentId !== request.caller.documentId)) return;
    const { origin } = new URL(details.url);
    if (!isOriginPotentiallyTrustworthy(origin)) return;
    const lines = (details.responseHeaders ?? []).filter(({ name }) => name.toLowerCase() === 'shared-storage-write');
    const methods = readStorageWriteHeader(lines.map(({ value }) => value ?? ''));
    if (methods.length === 0) return;
    // Each hop of a redirect is allowed, or not, for its own origin.
    const enabled = this.#policies.isEnabled(request.caller, 'shared-storage', origin);
    const write = (allowed: boolean) => (allowed ? this.#database.update(origin, methods) : undefined);
    request.writes.push(Promise.resolve(typeof enabled === 'boolean' ? write(enabled) : enabled.then(write)));
  };
}
