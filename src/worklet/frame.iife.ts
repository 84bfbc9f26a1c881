/** The sandboxed frame of one worklet: starts its worker, and answers pings so that a dead renderer is noticed. */

import type { StartFrame } from '../protocol/worklet-port';

addEventListener('message', (event: MessageEvent<StartFrame>) => {
  if (event.source !== parent) return;
  const [control, port] = event.ports;
  if (!control || !port) return;
  const url = URL.createObjectURL(new Blob([event.data.realm], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.postMessage(null, [port]);
  worker.addEventListener('error', () => control.postMessage('failed'));
  control.onmessage = () => control.postMessage('alive');
});
