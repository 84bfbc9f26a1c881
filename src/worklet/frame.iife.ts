/** The sandboxed frame: starts and ends the workers of all worklets, and answers pings so that a dead renderer is noticed. */

import type { FrameMessage, FromFrame } from '../protocol/sandbox-port';

const workers = new Map<number, Worker>();

function serve(realm: string, control: MessagePort): void {
  const url = URL.createObjectURL(new Blob([realm], { type: 'text/javascript' }));
  const tell = (message: FromFrame) => control.postMessage(message);
  control.onmessage = ({ data, ports: [port] }: MessageEvent<FrameMessage>) => {
    if (data.type === 'ping') tell({ type: 'alive' });
    else if (data.type === 'end') {
      workers.get(data.id)?.terminate();
      workers.delete(data.id);
    } else if (port) {
      const worker = new Worker(url);
      workers.set(data.id, worker);
      worker.addEventListener('error', () => tell({ type: 'failed', id: data.id }));
      worker.postMessage(null, [port]);
    }
  };
}

addEventListener('message', ({ source, data, ports: [control] }: MessageEvent<string>) => {
  if (source === parent && control) serve(data, control);
});
