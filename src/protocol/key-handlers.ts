/** Handlers of changes of entries (docs/possibilities.md): what pages register, and what the offscreen document asks before it calls one. */

import { KEY_ACTIONS, type KeyHandler } from '../spec/possibilities/key-handlers';
import type { Reason } from '../spec/reason';
import { type Facts, facts } from './document-facts';
import { reason } from './reason';
import { array, boolean, count, decode, nullable, object, oneOf, string } from './schema';
import { key } from './updates';

/** As a page says it, of one of its document's worklets. */
export interface GivenHandler extends KeyHandler {
  readonly workletId: number;
  /** Whether addModule() had settled, in whichever way: without a module nothing is registered that could be called. */
  readonly isModuleLoaded: boolean;
}

const keyHandler = { name: string, key, actions: array(oneOf(KEY_ACTIONS), KEY_ACTIONS.length, 1) };

export const givenHandler = object({ ...keyHandler, workletId: count, isModuleLoaded: boolean });

/** By the browser's word, when the handler was registered: each call is asked for once more in this document's name (background/requests/caller.ts). */
export interface HandlerDocument {
  readonly origin: string;
  readonly documentId: string;
  readonly tabId: number;
  readonly frameId: number;
  readonly facts: Facts | null;
}

const handlerDocument = object({ origin: string, documentId: string, tabId: count, frameId: count, facts: nullable(facts) });

/** The members of the service worker's request for a new handler, beside its worklet. */
export const newHandler = { ...keyHandler, isModuleLoaded: boolean, dataOrigin: string, document: handlerDocument, asked: count };

export const oldHandler = keyHandler;

/** Whether handlers of the document may be called now, for a change of this origin's data. */
export interface HandlerCall {
  readonly document: HandlerDocument;
  readonly dataOrigin: string;
}

const handlerCall = object({ document: handlerDocument, dataOrigin: string });

/** Null on anything that the offscreen document does not send. */
export const decodeHandlerCall = (message: unknown): HandlerCall | null => decode(handlerCall, message);

/** Why not; null where they may. */
export interface HandlerAnswer {
  readonly refusal: Reason | null;
}

const handlerAnswer = object({ refusal: nullable(reason) });

/** Null on anything that the service worker does not answer. */
export const decodeHandlerAnswer = (message: unknown): HandlerAnswer | null => decode(handlerAnswer, message);
