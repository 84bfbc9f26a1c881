/** Every message between the parts of the extension: who gets it, its parameters and its result. */

import type { ModifierMethod } from '../spec/modifier-methods';
import type { Facts } from './document-facts';

export interface RepeatedRequest {
  readonly url: string;
  /** What the server is told the request is for; the empty string for fetch(). */
  readonly destination: '' | 'image' | 'iframe';
  readonly mode: 'cors' | 'no-cors' | 'same-origin';
  readonly credentials: RequestCredentials;
}

/** Bridge to service worker. Neither origin nor document is among the parameters: the browser's `sender` says them. */
export interface Requests {
  'database.update': { params: { methods: ModifierMethod[]; withLock: string | null }; result: undefined };
  /** Before the module of a worklet with a data origin other than "context-origin" is fetched; the result marks that request. */
  'worklet.prepare': { params: { workletId: number; moduleURL: string; dataOrigin: string }; result: string | null };
  'worklet.create': {
    params: { workletId: number; moduleURL: string; dataOrigin: string; source: string };
    result: undefined | typeof PREPARE_AGAIN;
  };
  /** The module of a prepared worklet could not be fetched. */
  'worklet.abandon': { params: { workletId: number }; result: undefined };
  'worklet.run': {
    params: { workletId: number; name: string; data: { value: unknown } | null; keepAlive: boolean };
    result: undefined;
  };
  /** Fails where the document's permissions policy denies it shared storage. */
  'policy.require': { params: object; result: undefined };
  /**
   * Before a marked request goes out. The URL is the page's own word; each response's origin is then checked by the browser's.
   * `byURL`: the request cannot carry its mark, because the page's own service worker would see it.
   */
  'header.expect': { params: { token: string; url: string; byURL: boolean }; result: undefined };
  /**
   * When the response has come: resolves once what it wrote is stored. `repeat` is what may be asked for again where no marked
   * response came; null where that is not safe. Fails where a frame has to be navigated again.
   */
  'header.settle': { params: { token: string; repeat: RepeatedRequest | null }; result: undefined };
  /** Asks for a resource once more, with the mark: the first request went out without one. */
  'header.repeat': { params: RepeatedRequest; result: undefined };
}

/** The service worker was stopped since the worklet was prepared, and has not seen the module's response. */
export const PREPARE_AGAIN = 'prepare again';

export type Method = keyof Requests;

/** A worklet's name outside its page: the document that made it, and its number there. */
export interface WorkletId {
  readonly documentId: string;
  readonly workletId: number;
}

/** Service worker to offscreen document. */
export interface HostRequests {
  'host.create': {
    params: { worklet: WorkletId; tabId: number; dataOrigin: string; moduleURL: string; source: string };
    result: undefined;
  };
  'host.run': {
    params: { worklet: WorkletId; runId: number; name: string; data: { value: unknown } | null; keepAlive: boolean };
    result: undefined;
  };
  /** Whose data the worklet works on; null where there is no such worklet. */
  'host.dataOrigin': { params: { worklet: WorkletId }; result: string | null };
}

export type HostMethod = keyof HostRequests;

export type ConsoleLevel = 'debug' | 'error' | 'info' | 'log' | 'trace' | 'warn';

/** Offscreen document to service worker, and on from there to the bridge of the document that made the worklet. */
export interface ConsoleMessage {
  readonly operation: string;
  readonly level: ConsoleLevel;
  readonly args: unknown[];
}

export interface ConsoleRequest extends ConsoleMessage {
  readonly tabId: number;
  readonly documentId: string;
}

/** One of the requests of a message. Its number in its document: the same number means the same request, delivered again. */
export interface NumberedRequest {
  readonly method: Method;
  readonly sequence: number;
  /** The number of the write before it, where that one was not answered yet; 0 otherwise. */
  after: number;
  readonly params: unknown;
}

/** What goes over the wire: `to` keeps the parts of the extension, who all hear everything, from answering for each other. */
export type Message =
  /** Answered with an envelope for each request, or undefined for one that has to be delivered again. */
  | { readonly to: 'service-worker'; readonly facts: Facts | null; readonly requests: readonly NumberedRequest[] }
  | { readonly to: 'offscreen'; readonly method: HostMethod; readonly params: unknown }
  | { readonly to: 'console-relay'; readonly params: unknown }
  | { readonly to: 'bridge'; readonly params: unknown };

/** The name of the port that the bridge opens to the offscreen document: it closes with the document. */
export const DOCUMENT_PORT = 'worklet-document';

/**
 * The name of the port that the service worker opens to a document that sent it something: a message takes a third of the time
 * through it. It closes when the worker stops. Bridge to worker: [id, Message]; worker to bridge: [id, answer].
 */
export const REQUEST_PORT = 'requests';
