/** The connections that a fenced frame's document opens, to be closed when its network is cut, or at once from then on: no policy keeps the browser from asking the servers of an RTCPeerConnection. */

import { append, apply, construct, defineProperty, getOwnPropertyDescriptor, Proxy } from '../../webidl/primordials';
import { addEventListener } from '../bridge/dom';

type Connection = 'EventSource' | 'RTCPeerConnection' | 'WebSocket' | 'WebTransport';
type Constructor = new (...args: unknown[]) => object;
type Close = (this: object) => void;

/** Of the document at `cut`, the name of an event that only the extension knows when to fire; early, it closes too much. */
export function closeConnectionsOn(cut: string): void {
  const open: { readonly connection: object; readonly close: Close }[] = [];
  let isCut = false;
  const names: Connection[] = ['EventSource', 'RTCPeerConnection', 'WebSocket', 'WebTransport'];
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as Connection;
    const descriptor = getOwnPropertyDescriptor(globalThis, name);
    const native = descriptor?.value as Constructor | undefined;
    const close = native && (getOwnPropertyDescriptor(native.prototype, 'close')?.value as Close | undefined);
    if (!native || !close) continue;
    const handler = {
      __proto__: null,
      construct(target: Constructor, args: unknown[], newTarget: Constructor) {
        const connection = construct(target, args, newTarget) as object;
        if (isCut) apply(close, connection, []);
        else append(open, { connection, close });
        return connection;
      },
    };
    const value = new Proxy(native, handler as ProxyHandler<Constructor>);
    defineProperty(globalThis, name, { __proto__: null, ...descriptor, value } as PropertyDescriptor);
    defineProperty(native.prototype, 'constructor', { __proto__: null, value } as PropertyDescriptor);
  }
  addEventListener(globalThis, cut, () => {
    isCut = true;
    for (let index = 0; index < open.length; index++) {
      const { connection, close } = open[index] as (typeof open)[0];
      apply(close, connection, []);
    }
  });
}
