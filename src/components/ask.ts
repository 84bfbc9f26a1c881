/** The way from the extension's own pages to the service worker (protocol/extension-pages). */

import { decodeEnvelope } from '../protocol/envelope';
import { CHANGES, type Change, change, type Topic } from '../protocol/extension-pages/changes';
import type { ExtensionPageMethod, ExtensionPageRequests } from '../protocol/extension-pages/requests';
import type { Message } from '../protocol/recipients';
import { decode } from '../protocol/schema';
import { text } from './text';

/** How often the service worker may be stopped before it has answered. */
const MAXIMUM_ATTEMPTS = 3;

/** Resolves to the result; rejects with the error of the service worker. */
export async function ask<Name extends ExtensionPageMethod>(
  method: Name,
  params: ExtensionPageRequests[Name]['params'],
): Promise<ExtensionPageRequests[Name]['result']> {
  const message = { to: 'extension-page', method, params } as Message<'extension-page'>;
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
    const envelope = decodeEnvelope(await chrome.runtime.sendMessage(message).catch(() => undefined));
    if (envelope?.ok) return envelope.value as ExtensionPageRequests[Name]['result'];
    if (envelope) throw new Error(envelope.error.message);
  }
  throw new Error(text('noAnswer'));
}

/** Calls back after each change of one of the topics, until the function that it returns is called. */
export function watch(topics: readonly Topic[], listener: (change: Change) => void): () => void {
  const channel = new BroadcastChannel(CHANGES);
  channel.addEventListener('message', ({ data }) => {
    const heard = decode(change, data);
    if (heard && topics.includes(heard.topic)) listener(heard);
  });
  return () => channel.close();
}
