/** The bridge's end of the port that the service worker opens to this document. */

import { REQUEST_PORT } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';

type Answered = (answer: unknown) => void;

/** Undefined while there is no port. */
let post: ((message: Message, answered: Answered) => void) | undefined;
let lastId = 0;

function onConnect(port: chrome.runtime.Port): void {
  if (port.name !== REQUEST_PORT) return;
  const asked = new Map<number, Answered>();
  const own: typeof post = (message, answered) => {
    const id = ++lastId;
    port.postMessage([id, message]);
    asked.set(id, answered);
  };
  port.onMessage.addListener(([id, answer]: [number, unknown]) => {
    const answered = asked.get(id);
    asked.delete(id);
    answered?.(answer);
  });
  port.onDisconnect.addListener(() => {
    if (post === own) post = undefined;
    for (const answered of asked.values()) answered(undefined);
  });
  post = own;
}

/** Listening again changes nothing. */
export const listenForPort = (): void => chrome.runtime.onConnect.addListener(onConnect);

/** Whoever waits for an answer asks again. */
export function forgetPort(): void {
  post = undefined;
}

/** False where there is no port, or the message cannot be sent through it; otherwise `answered` gets the answer, or undefined if it got lost. */
export function postToPort(message: Message, answered: Answered): boolean {
  try {
    post?.(message, answered);
    return post !== undefined;
  } catch {
    // It is closed, or the message cannot be cloned: whoever sends it otherwise will see.
    return false;
  }
}
