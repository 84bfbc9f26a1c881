/** A MessagePort to the offscreen document, beside the port of the extension API: what comes through it does not pass the browser's process. */

import { DIRECT_PORT } from '../../protocol/recipients';

/** Of the service worker's global scope. */
interface Client {
  readonly url: string;
  postMessage(message: unknown, transfer: Transferable[]): void;
}
declare const clients: { matchAll(options: { readonly includeUncontrolled: true }): Promise<readonly Client[]> };

/** Opens one to the document of ours that has opened `port` as well; null where there is none. */
export async function openDirectPort(page: string, port: chrome.runtime.Port): Promise<MessagePort | null> {
  const host = (await clients.matchAll({ includeUncontrolled: true })).find(({ url }) => url === chrome.runtime.getURL(page));
  if (!host) return null;
  const { port1: own, port2: other } = new MessageChannel();
  host.postMessage([DIRECT_PORT, port.name], [other]);
  port.onDisconnect.addListener(() => own.close());
  return own;
}

/** How much later the browser is told that this worker is not idle, in milliseconds: what has come is in a hurry. */
const SOON = 50;

/** What comes that way is no event to the browser, which might stop this worker for being idle. */
export function stayAwake(): void {
  setTimeout(() => void chrome.runtime.getPlatformInfo(), SOON);
}
