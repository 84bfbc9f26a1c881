/** Responses to marked requests that come before the message that announces them, or without one: their documents sent them while they went away. */

import { because } from '../../spec/reason';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import type { HeaderWriter } from './header-writer';
import { responseOf } from './marked-response';
import { type HeadersReceived, LINGER, NO_TAB } from './tab-responses';

/** How much later than a response the message may come that announces its request, where perhaps none will, in milliseconds. */
const LATEST_MESSAGE = 500;

/** Requests with `keepalive` outlive their document by so much. */
export const LONGEST_KEPT_ALIVE = 30 * 1000;

export class EarlyResponses {
  readonly #writer: Pick<HeaderWriter, 'reasonOfRefusal' | 'write'>;
  /** By token; null where they must not write. */
  readonly #responses = new Map<string, HeadersReceived[] | null>();
  /** The tokens of requests whose documents have gone, perhaps without a message. */
  readonly #withoutMessage = new Set<string>();

  constructor(writer: Pick<HeaderWriter, 'reasonOfRefusal' | 'write'>) {
    this.#writer = writer;
  }

  /** The document's window is being closed, or its page is kept to go back to. */
  expectNoMessage(token: string): void {
    this.#withoutMessage.add(token);
    setTimeout(() => this.#withoutMessage.delete(token), LONGEST_KEPT_ALIVE);
  }

  /** The request was announced, and refused. */
  ignore(token: string): void {
    this.#responses.set(token, null);
    setTimeout(() => this.#responses.delete(token), LONGEST_KEPT_ALIVE);
  }

  keep(token: string, details: HeadersReceived): void {
    const known = this.#responses.get(token);
    if (known === null) return;
    const responses = known ?? [];
    responses.push(details);
    if (known) return;
    this.#responses.set(token, responses);
    setTimeout(() => this.#end(token, responses), this.#withoutMessage.has(token) ? LATEST_MESSAGE : LINGER);
  }

  /** The request has been announced. */
  take(token: string): readonly HeadersReceived[] {
    const responses = this.#responses.get(token) ?? [];
    this.#responses.delete(token);
    return responses;
  }

  #end(token: string, responses: readonly HeadersReceived[]): void {
    if (this.#responses.get(token) !== responses) return;
    this.#responses.delete(token);
    if (this.#withoutMessage.has(token)) for (const details of responses) this.#adopt(details);
  }

  /**
   * DEVIATION: nobody can say any more what policy the document had. That its request has the mark says that it took itself to be allowed, and page
   * code can have forged that; so what is asked for in this way may write against the document's own policy.
   */
  #adopt(details: HeadersReceived): void {
    if (details.tabId !== NO_TAB) return;
    const response = responseOf(details, { documentId: null, tabId: null });
    const isSecure = isOriginPotentiallyTrustworthy(details.initiator ?? '');
    const refusal = isSecure ? this.#writer.reasonOfRefusal(response.origin) : Promise.resolve(because('reasonInsecurePage'));
    refusal.then((reason) => this.#writer.write(response, reason)).catch((error: unknown) => console.error('Shared-Storage-Write', error));
  }
}
