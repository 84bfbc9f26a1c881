/** The sandboxed frame: starts and ends the workers of all worklets, and answers pings so that a dead renderer is noticed. */

import type { FrameMessage, FromFrame } from '../protocol/sandbox-port';

/** The text of realm.iife.ts; the build puts it before this script. */
declare const REALM: string;

const url = URL.createObjectURL(new Blob([REALM], { type: 'text/javascript' }));
class Workers {
  readonly #workers = new Map<number, Worker>();
  /** The first one starts before the offscreen document has asked for any: its realm is locked down while that document's script is being loaded. */
  #first: Worker | null = new Worker(url);
  #hasFirstFailed = false;

  constructor() {
    if (this.#first)
      this.#first.onerror = () => {
        this.#hasFirstFailed = true;
      };
  }

  start(id: number, port: MessagePort, fail: () => void): void {
    const worker = this.#first ?? new Worker(url);
    if (this.#first && this.#hasFirstFailed) fail();
    this.#first = null;
    this.#workers.set(id, worker);
    worker.onerror = fail;
    worker.postMessage(null, [port]);
  }

  end(id: number): void {
    this.#workers.get(id)?.terminate();
    this.#workers.delete(id);
  }
}

const workers = new Workers();

addEventListener('message', ({ source, ports: [control] }: MessageEvent) => {
  if (source !== parent || !control) return;
  const tell = (message: FromFrame) => control.postMessage(message);
  control.onmessage = ({ data, ports: [port] }: MessageEvent<FrameMessage>) => {
    if (data.type === 'ping') tell({ type: 'alive' });
    else if (data.type === 'end') workers.end(data.id);
    else if (port) workers.start(data.id, port, () => tell({ type: 'failed', id: data.id }));
  };
});
