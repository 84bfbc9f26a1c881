/** The Chrome DevTools Protocol over a WebSocket. */

import { WebSocket } from 'ws';
import type { CdpConnection } from './cdp-targets';
import { START_TIME } from './service-worker-realm';

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface Pending {
  resolve(result: Record<string, unknown>): void;
  reject(error: Error): void;
}

/**
 * Connects to the address that a browser gives as `webSocketDebuggerUrl`. Commands are rejected with the protocol's own words, and, once the
 * connection has ended, all of them.
 */
export async function openWebSocket(url: string): Promise<CdpConnection & { close(): void }> {
  // Entries of 5 MB are one message.
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 256 * 1024 * 1024, handshakeTimeout: START_TIME });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let ended: Error | undefined;
  await new Promise((resolve, reject) => {
    const refuse = ({ message }: Error) => reject(new Error(`No connection to the developer tools at ${url}: ${message}`));
    socket.once('open', resolve).once('error', refuse);
  });
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
  };
  socket.on('error', end);
  socket.on('close', () => end(new Error('The connection to the browser has ended.')));
  socket.on('message', (data) => {
    const { id = 0, result, error } = JSON.parse(String(data)) as Answer;
    const command = pending.get(id);
    pending.delete(id);
    if (error) command?.reject(new Error(error.message));
    else command?.resolve(result ?? {});
  });
  return {
    send: (method, params = {}, sessionId = undefined) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        pending.set(++lastId, { resolve, reject });
        socket.send(JSON.stringify({ id: lastId, method, params, sessionId }));
      }),
    close: () => socket.close(),
  };
}
