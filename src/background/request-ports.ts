/**
 * Ports to the documents that use the API. The service worker opens them, so that nobody else is at their end: who sends through
 * one is the document that it was opened to, by the browser's word when its first message came.
 */

import { REQUEST_PORT } from '../protocol/messages';
import type { Caller } from './caller';

type Answer = (message: unknown, caller: Caller) => Promise<unknown>;

export class RequestPorts {
  readonly #answer: Answer;
  readonly #documents = new Set<string>();

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  /** Opens a port to the caller's document, unless there is one. */
  open(caller: Caller): void {
    const { tabId, documentId } = caller;
    if (this.#documents.has(documentId)) return;
    this.#documents.add(documentId);
    const port = chrome.tabs.connect(tabId, { documentId, name: REQUEST_PORT });
    port.onDisconnect.addListener(() => {
      this.#documents.delete(documentId);
      // A document that went away meanwhile is no error; reading this says so.
      void chrome.runtime.lastError;
    });
    port.onMessage.addListener(([id, message]: [number, unknown]) => {
      void this.#answer(message, caller).then((answer) => {
        // A document that has gone wants no answer.
        if (this.#documents.has(documentId)) port.postMessage([id, answer]);
      });
    });
  }
}
