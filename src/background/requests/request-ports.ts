/**
 * Ports to the documents that use the API. The service worker opens them, so that nobody else is at their end: who sends through
 * one is the document that it was opened to, by the browser's word when its first message came.
 */

import { REQUEST_PORT } from '../../protocol/messages';
import type { Caller } from './caller';

type Answer = (message: unknown, caller: Caller) => Promise<unknown>;

export class RequestPorts {
  readonly #answer: Answer;
  readonly #gone: (documentId: string) => void;
  readonly #ports = new Map<string, chrome.runtime.Port>();

  /** `gone` is told of each document that had a port and went away. */
  constructor(answer: Answer, gone: (documentId: string) => void) {
    this.#answer = answer;
    this.#gone = gone;
  }

  /** Opens a port to the caller's document, unless there is one. */
  open(caller: Caller): void {
    const { tabId, documentId } = caller;
    if (this.#ports.has(documentId)) return;
    const port = chrome.tabs.connect(tabId, { documentId, name: REQUEST_PORT });
    this.#ports.set(documentId, port);
    port.onDisconnect.addListener(() => {
      this.#ports.delete(documentId);
      this.#gone(documentId);
      // A document that went away meanwhile is no error; reading this says so.
      void chrome.runtime.lastError;
    });
    port.onMessage.addListener(([id, message]: [number, unknown]) => {
      void this.#answer(message, caller).then((answer) => {
        // A document that has gone wants no answer. One that was away, and has another port, asks again.
        if (this.#ports.get(documentId) === port) port.postMessage([id, answer]);
      });
    });
  }
}
