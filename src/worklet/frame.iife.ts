/** The sandboxed frame: starts and ends the workers of all worklets, and answers pings so that a dead renderer is noticed. */

import type { FrameMessage, FromFrame } from '../protocol/sandbox-port';

/** The text of realm.iife.ts; the build puts it before this script. */
declare const REALM: string;

const url = URL.createObjectURL(new Blob([REALM], { type: 'text/javascript' }));
const workers = new Map<number, Worker>();

/** The first one starts before the offscreen document has asked for any: its realm is locked down while that document's script is being loaded. */
let first: Worker | null = new Worker(url);
let hasFirstFailed = false;
first.onerror = () => {
  hasFirstFailed = true;
};

addEventListener('message', ({ source, ports: [control] }: MessageEvent) => {
  if (source !== parent || !control) return;
  const tell = (message: FromFrame) => control.postMessage(message);
  const start = (id: number, port: MessagePort) => {
    const fail = () => tell({ type: 'failed', id });
    const worker = first ?? new Worker(url);
    if (first && hasFirstFailed) fail();
    first = null;
    workers.set(id, worker);
    worker.onerror = fail;
    worker.postMessage(null, [port]);
  };
  control.onmessage = ({ data, ports: [port] }: MessageEvent<FrameMessage>) => {
    if (data.type === 'ping') tell({ type: 'alive' });
    else if (data.type === 'end') {
      workers.get(data.id)?.terminate();
      workers.delete(data.id);
    } else if (port) start(data.id, port);
  };
});
