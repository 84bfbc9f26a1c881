/** One handler for each request of the page's realm. */

import { type Envelope, fail } from '../../protocol/envelope';
import type { Method } from '../../protocol/messages';
import {
  FRAME,
  IS_CONTROLLED,
  MAY_BE_DENIED,
  MESSAGE,
  mayAsk,
  type PageRequest,
  type PageRequests,
  type PageResponse,
  type PageScript,
  REQUEST,
  RESPONSE,
  type WorkletRequests,
} from '../../protocol/page-channel';

/** What takes more than passing it on. */
export type PageHandlers = {
  [Name in keyof WorkletRequests | 'policy.require' | 'database.update']: (params: PageRequests[Name]) => Promise<Envelope>;
};

/** What answers the page's requests. */
export interface Answering {
  readonly handlers: PageHandlers;
  /** What is only passed on: it says nothing but what the page itself may ask, and the service worker decodes it. */
  passOn(method: Method, params: never): Promise<Envelope>;
  /** Whether the document's permissions policy may deny something. */
  mayBeDenied(): boolean;
  /** From now on, it hears from there that the document goes away, or is back. */
  hearOfTurns(target: EventTarget): void;
}

/** The elements that this document's scripts have handed over, for scripts of the isolated world that come later. */
const handedOver = () => (self.sharedStorageLabHosts ??= []);

/**
 * Answers each request of a script on its port; the request is on its way to the service worker before the event ends. As natively, what a prerendered
 * document asks for waits until the document is activated, if it ever is, but for responses: those write nothing.
 */
export function createOpenChannel({ handlers, passOn, mayBeDenied, hearOfTurns }: Answering) {
  /** Settles when somebody comes to see the prerendered document. */
  let activated: Promise<void> | null = null;
  /** What is asked for before all that has waited for it is done waits as well. */
  const untilActivated = (): Promise<void> =>
    (activated ??= new Promise((resolve) => addEventListener('prerenderingchange', resolve, true)).then(() => {
      activated = null;
    }));
  const handle = async (script: PageScript, { method, params }: PageRequest): Promise<Envelope> => {
    const own = Object.hasOwn(handlers, method) && (handlers[method as keyof PageHandlers] as (params: unknown) => Promise<Envelope>);
    // The others of a worklet are the bridge's own.
    if (!mayAsk(script, method) || (!own && method.startsWith('worklet'))) return fail('NotSupportedError', `No ${method}.`);
    if (activated || (document as { prerendering?: boolean }).prerendering) {
      if (method.startsWith('header')) return fail('NotSupportedError', '');
      await untilActivated();
    }
    return own ? own(params) : passOn(method as Method, params as never);
  };
  return (port: EventTarget, script: PageScript): void => {
    port.addEventListener(FRAME, (event) => {
      handedOver().push((event as SubmitEvent).submitter as HTMLElement);
    });
    port.addEventListener(MESSAGE, () => self.sharedStorageLabGuard?.(event as MessageEvent));
    hearOfTurns(port);
    const answer = (question: string, isSo: () => unknown) =>
      port.addEventListener(question, (event) => {
        try {
          if (isSo()) event.preventDefault();
        } catch {
          // Sandboxed documents may not ask for service workers.
        }
      });
    answer(MAY_BE_DENIED, mayBeDenied);
    answer(IS_CONTROLLED, () => navigator.serviceWorker.controller);
    port.addEventListener(REQUEST, (event) => {
      const request = (event as CustomEvent).detail as PageRequest | null;
      // Null where it cannot be cloned into this world; the page is told by the event that nobody took it.
      if (!request) return;
      event.preventDefault();
      const { id } = request;
      handle(script, request)
        .catch((error: unknown) => fail('UnknownError', String(error)))
        .then((envelope) => {
          const detail: PageResponse = { id, error: null, ...(envelope as Envelope<string | undefined>) };
          port.dispatchEvent(new CustomEvent(RESPONSE, { detail }));
        });
    });
  };
}
