/**
 * "Handle a Shared-Storage-Write response": the marked requests that are under way, and what their responses write.
 * https://wicg.github.io/shared-storage/#handle-a-shared-storage-write-response
 */

import { storageWriteTokenOf } from '../../protocol/url-marks';
import type { Reason } from '../../spec/reason';
import type { KeepAlive } from '../browser/keep-alive';
import { type MarkedRequests, withoutFragment } from '../browser/request-marks';
import { untilBrowserAnswers } from '../browser/until-browser-answers';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { ArrivalOrder } from '../requests/arrival-order';
import type { Caller } from '../requests/caller';
import { EarlyResponses, LONGEST_KEPT_ALIVE } from './early-responses';
import { type HeaderWriter, isRedirect } from './header-writer';
import { responseOf } from './marked-response';
import { type HeadersReceived, LINGER, type Listening, NO_TAB, TabResponses } from './tab-responses';

interface Expected {
  readonly caller: Caller;
  /** What it and its repetition have in common: a name among the requests of its document. */
  readonly name: string;
  /** Where the request has no mark: the first one for this URL is it. */
  url: string | null;
  requestId: string | null;
  /** The responses so far. */
  readonly seen: Set<string>;
  /** It was announced before, perhaps to an earlier worker, or its document counted on that one's listening; and so may have been answered while nobody listened. */
  isLate: boolean;
  /** Stops with the last response; who asked may not have said so yet, or never will. */
  readonly listening: Listening;
  /** Resolves when the last response, the one that is no redirect, has come. */
  readonly answered: Promise<void>;
  answer(): void;
  readonly writes: Promise<unknown>[];
  /** Nobody waits for the request any more. */
  forget(): void;
}

/** What an element began to load and gave up is never settled; it is dropped after this long. */
const LONGEST_REQUEST = 5 * 60 * 1000;

/** How long after its document has a response we may still hear of it. */
const LATEST_RESPONSE = 100;

/** `lost`: an earlier worker expected the request, or should have, and was stopped; nobody saw what came of it. */
export type Settled = 'seen' | 'unseen' | 'lost';

/** The document that asked for the resource; a frame's document is not there yet, its parent's is. */
const documentOf = ({ type, documentId, parentDocumentId }: HeadersReceived): string | undefined =>
  type === 'sub_frame' ? parentDocumentId : documentId;

function isOwn({ caller: { documentId, frameId, origin } }: Expected, details: HeadersReceived): boolean {
  const owner = documentOf(details);
  // What the initial empty document of a frame asks for comes from its parent, by the browser's word: from the same origin, then.
  return owner === undefined || owner === documentId || (frameId > 0 && origin !== 'null' && details.initiator === origin);
}

export class HeaderWrites {
  readonly #writer: HeaderWriter;
  readonly #marks: MarkedRequests;
  readonly #policies: PermissionsPolicies;
  readonly #order: ArrivalOrder;
  readonly #keepAlive: KeepAlive;
  readonly #expected = new Map<string, Expected>();
  readonly #early: EarlyResponses;
  readonly #responses = new TabResponses((details) => this.#hear(details));

  constructor(writer: HeaderWriter, policies: PermissionsPolicies, marks: MarkedRequests, order: ArrivalOrder, keepAlive: KeepAlive) {
    this.#keepAlive = keepAlive;
    this.#writer = writer;
    this.#early = new EarlyResponses(writer);
    this.#order = order;
    this.#marks = marks;
    this.#policies = policies;
  }

  /**
   * Call before the request goes out, with `tabId` where it is not the document that sends it, and with the `name` of the one that it repeats:
   * each of its responses writes once, whichever worker has heard of it.
   */
  expect(token: string, caller: Caller, tabId = caller.tabId, name = token): void {
    // The message may come twice.
    if (this.#expected.has(token)) return;
    const { promise: forgotten, resolve } = Promise.withResolvers<void>();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const tooLong = setTimeout(() => this.#forget(token), LONGEST_REQUEST);
    const request: Expected = {
      caller,
      name,
      url: null,
      requestId: null,
      seen: new Set(),
      isLate: performance.now() < LINGER,
      listening: this.#responses.listen(tabId),
      answered,
      answer,
      writes: [],
      forget: () => {
        clearTimeout(tooLong);
        request.listening.stop();
        resolve();
      },
    };
    this.#expected.set(token, request);
    // Were the worker stopped now, the list would be lost.
    this.#keepAlive.until(forgotten);
    for (const details of this.#early.take(token)) this.#hear(details);
  }

  /** The announcement was repeated. */
  doubt(token: string): void {
    const request = this.#expected.get(token);
    if (request) request.isLate = true;
  }

  /** The same for one that its document has sent already, while it went away, and will not settle. */
  expectLast(token: string, caller: Caller): void {
    this.expect(token, caller, NO_TAB);
    const forget = () => this.#forget(token);
    const tooLong = setTimeout(forget, LONGEST_KEPT_ALIVE);
    void this.#expected.get(token)?.answered.then(() => {
      clearTimeout(tooLong);
      forget();
    });
  }

  /** A document that goes away has sent requests, or is about to: their responses belong to no tab. */
  listenToAll(): void {
    this.#responses.listen(NO_TAB).stop();
  }

  /** A request's document says so without a message: that of a window that is being closed, or of a page that is kept to go back to, may be lost. */
  expectNoMessage(token: string): void {
    this.#early.expectNoMessage(token);
  }

  /** The responses of a request that was sent already must not write. */
  ignore(token: string): void {
    this.#early.ignore(token);
  }

  /**
   * The same for a request without a mark, which the page's own service worker would see. A rule for its URL gives it the header.
   * DEVIATION: so another request of the same tab for the same URL, sent at the same moment, gets the header as well.
   */
  async expectByURL(token: string, caller: Caller, url: string): Promise<void> {
    if (this.#expected.has(token)) return;
    // The page's service worker sends it.
    this.expect(token, caller, NO_TAB);
    const request = this.#expected.get(token) as Expected;
    request.url = withoutFragment(url);
    const { forget } = request;
    const unmark = this.#marks.markURL(request.url, caller.tabId, new URL(caller.origin).hostname, { 'Sec-Shared-Storage-Writable': '?1' });
    request.forget = () => {
      forget();
      void unmark.then((end) => end()).catch(() => undefined);
    };
    await unmark.catch((error: unknown) => {
      this.#forget(token);
      throw error;
    });
  }

  /** Whether a request without a mark is one of those. */
  isExpected(url: string): boolean {
    return [...this.#expected.values()].some((request) => request.url === withoutFragment(url));
  }

  /** Resolves when everything that the responses of the request wrote is stored, to whether there was one. */
  async settle(token: string, caller: Caller): Promise<Settled> {
    const request = this.#expected.get(token);
    if (request?.caller.documentId !== caller.documentId) return 'lost';
    // The browser tells us of a response before it tells the page, on another way. Some requests never get one.
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LATEST_RESPONSE);
    // Where this worker or the browser was busy for as long, it comes before the answer to what the browser is asked then.
    await Promise.race([request.answered, late.then(untilBrowserAnswers)]);
    clearTimeout(timer);
    this.#forget(token);
    await Promise.allSettled(request.writes);
    if (request.seen.size > 0) return 'seen';
    return request.isLate ? 'lost' : 'unseen';
  }

  /** A document that goes away settles nothing any more. */
  abandon(documentId: string): void {
    const abandoned = [...this.#expected].filter(([, { caller }]) => caller.documentId === documentId);
    for (const [token, request] of abandoned) {
      request.listening.leaveTab();
      setTimeout(() => this.#forget(token), LONGEST_KEPT_ALIVE);
    }
  }

  #forget(token: string): void {
    this.#expected.get(token)?.forget();
    this.#expected.delete(token);
  }

  /** The expected request that a response belongs to. */
  #requestOf(details: HeadersReceived): Expected | undefined {
    const { url, requestId, type } = details;
    const token = storageWriteTokenOf(url);
    if (token) return this.#expected.get(token);
    if (type !== 'xmlhttprequest') return undefined;
    const wanted = [...this.#expected.values()].filter((request) => request.url !== null);
    // Nobody else's request for the same URL is taken for it.
    const isFirst = (request: Expected) => request.requestId === null && request.url === withoutFragment(url) && isOwn(request, details);
    const request = wanted.find((one) => one.requestId === requestId) ?? wanted.find(isFirst);
    if (request) request.requestId = requestId;
    return request;
  }

  #hear(details: HeadersReceived): undefined {
    const request = this.#requestOf(details);
    const token = storageWriteTokenOf(details.url);
    if (request) this.#handle(request, details);
    else if (token) this.#early.keep(token, details);
  }

  #handle(request: Expected, details: HeadersReceived): void {
    const { caller, name, writes } = request;
    // The mark is the page's own, but what it opens is only ever asked for by the document that it was given to.
    if (!isOwn(request, details)) return;
    const event = `${details.requestId} ${details.timeStamp}`;
    if (request.seen.has(event)) return;
    request.seen.add(event);
    if (!isRedirect(details.statusCode)) {
      request.answer();
      // One that asks for a password may be followed by another.
      if (details.statusCode !== 401 && details.statusCode !== 407) request.listening.stop();
    }
    const response = responseOf(details, caller);
    const id = { documentId: `${caller.documentId} ${name}`, sequence: writes.length + 1 };
    writes.push(
      this.#order.enter(
        caller.documentId,
        (wait) => wait('policy', this.reasonOfRefusal(caller, response.origin)),
        (refusal) => this.#writer.write(response, refusal, id),
      ),
    );
  }

  /** Why the document must not let the origin write, or null where it may. Each hop of a redirect is allowed, or not, for its own origin. */
  async reasonOfRefusal(caller: Caller, origin: string): Promise<Reason | null> {
    return (await this.#policies.reasonOfDenial(caller, 'shared-storage', origin)) ?? this.#writer.reasonOfRefusal(origin);
  }
}
