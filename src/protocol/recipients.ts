/**
 * Who hears which message. Every part of the extension hears everything that `runtime.sendMessage()` sends, and `to` keeps the others from
 * answering.
 */

import type { ShownLine } from './console-lines';
import type { Facts } from './document-facts';
import type { ExtensionPageRequest } from './extension-pages/requests';
import type { Sighting } from './isolation';
import type { HandlerCall } from './key-handlers';
import type { ConsoleRequest, HostMethod, NumberedRequest } from './messages';
import type { Delivery, OperationContributions } from './private-aggregation';

export interface URNRequest {
  readonly urn: string;
  readonly isOwn: boolean;
  readonly isSent: boolean;
}

/** What each part of the extension (a folder of src) listens to: the `to` of the message, and the message's other members. */
export interface Recipients {
  readonly background: {
    /** From a bridge. Answered with an envelope for each request, or undefined for one that has to be delivered again. */
    'service-worker': { readonly facts: Facts | null; readonly requests: readonly NumberedRequest[] };
    /** From the offscreen document, whose scripts are there; nobody answers. */
    'worklet-host': object;
    /** From the offscreen document; answered with true once the document has the lines, or nobody waits for it any more. */
    'console-relay': { readonly params: ConsoleRequest };
    /**
     * From the offscreen document; answered with true once the writes to the data origin so far are stored, or wait for a lock that somebody else gets
     * first. With `mayBeAhead`, already when they are kept, where reads can tell what they come to (protocol/entries-ahead.ts).
     */
    'window-updates': { readonly dataOrigin: string; readonly mayBeAhead: boolean };
    /** From the offscreen document; answered with true once it has been told of all that the document has asked for so far. */
    'arrival-order': { readonly documentId: string };
    /** From the offscreen document; answered with a HandlerAnswer. */
    'key-handlers': HandlerCall;
    /** From the offscreen document; answered with true once they are stored (protocol/private-aggregation.ts). */
    contributions: { readonly contributions: OperationContributions; readonly delivery: Delivery };
    /** From src/content/guard-reports.iife.ts; answered with the line for the document's console. */
    isolation: { readonly params: Sighting };
    /** From the extension's own pages; answered with an Envelope of the result (protocol/extension-pages/requests.ts). */
    'extension-page': ExtensionPageRequest;
    /** A frame has got to the passage (background/select-url/navigate.ts). Answered with an Envelope of the URL that it leads to, or of undefined. */
    passage: { readonly params: { readonly token: string } };
    /**
     * From src/content/selected-frames.iife.ts, about a frame of its document. Answered with an Envelope of the URL that the frame is to be led
     * to, once that is decided, or of null where it is to show nothing. `isOwn`: it is the frame that the document is in, which is led from here.
     * `isSent`: a form sends something there, and the URL is one that leads there once.
     */
    'selected-url': { readonly params: URNRequest };
  };
  readonly offscreen: {
    /** From the service worker; answered with an Envelope. */
    offscreen: { readonly method: HostMethod; readonly params: unknown };
  };
  readonly content: {
    /** From the service worker, to one document; nobody answers. The same `id` once more: the same lines, delivered again. */
    bridge: { readonly id: string; readonly lines: readonly ShownLine[] };
  };
}

type Part = keyof Recipients;

type MessageIn<Heard> = { [To in keyof Heard]: { readonly to: To } & Heard[To] }[keyof Heard];

type AnyMessage = { [Name in Part]: MessageIn<Recipients[Name]> }[Part];

/** What goes over the wire. */
export type Message<To extends AnyMessage['to'] = AnyMessage['to']> = Extract<AnyMessage, { readonly to: To }>;

/** How the name of a port from the service worker to the offscreen document begins, no two of which have the same: each asks the other through it (protocol/questions.ts), in Messages. */
export const QUESTIONS_PORT = 'questions';

/**
 * Of a message of the service worker to the offscreen document, `[DIRECT_PORT, name of that port]`, and a MessagePort with it: another way between the
 * two, which does not go through the browser's process. It keeps no worker alive, and does not tell when one has been stopped.
 */
export const DIRECT_PORT = 'direct port';

/** One listener for each recipient in a part of the extension; it gets the message as it came, and decodes it. */
export type Listeners<Name extends Part, Sender> = {
  readonly [To in keyof Recipients[Name]]: (message: unknown, sender: Sender) => Promise<unknown> | undefined;
};

/** Calls the listener that a message is for; undefined, which answers nothing, where that is somebody else's. */
export function hear<To extends string, Sender>(
  listeners: { readonly [Name in To]: (message: unknown, sender: Sender) => Promise<unknown> | undefined },
  message: unknown,
  sender: Sender,
): Promise<unknown> | undefined {
  const to = (message as { to?: To } | null | undefined)?.to as To;
  return Object.hasOwn(listeners, to) ? listeners[to](message, sender) : undefined;
}
