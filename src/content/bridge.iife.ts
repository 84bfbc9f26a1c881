/** The isolated world's half of the channel: waits for the page's realm to hand over its ports, and costs nothing until then. */

import { succeed } from '../protocol/envelope';
import { handshakeOf, PAGE_SCRIPTS } from '../protocol/page-channel';
import { createOwnFacts } from './permissions-policy/facts';
import { type Answering, openChannel } from './requests/page-requests';
import { createServiceWorkerChannel } from './requests/service-worker-channel';
import { createSettleAtQueueing } from './requests/settle-at-queueing';
import { createHostPort } from './worklets/host-port';
import { createLoadModule } from './worklets/load-module';
import { createWorkletOperations } from './worklets/worklet-operations';

/** A document may get the window, and this world with it, of the initial empty document before it: its realm is connected already. */
const isConnected = self.sharedStorageLabURL !== undefined;
// The page may change its address later; its header came from this one.
if (isSecureContext) self.sharedStorageLabURL = document.URL;

// An insecure page never gets the API, so nothing in it may find a bridge either.
if (isSecureContext && !isConnected) {
  const ownFacts = createOwnFacts();
  const channel = createServiceWorkerChannel(ownFacts);
  const settleAtQueueing = createSettleAtQueueing(channel);
  const host = createHostPort();
  const loadModule = createLoadModule(channel, ownFacts, host);
  const { addModule, run, selectURL } = createWorkletOperations(channel, settleAtQueueing, ownFacts, loadModule);
  const answering: Answering = {
    handlers: {
      'database.update': (params) => settleAtQueueing('database.update', params, 0),
      'worklet.addModule': addModule,
      'worklet.run': run,
      'worklet.selectURL': selectURL,
      // The service worker, which enforces the policy, answers for what has to be refused before it gets there: where that may be no.
      'policy.require': async (params) => (ownFacts() ? channel.send('policy.require', params) : succeed(undefined)),
    },
    passOn: channel.send,
    mayBeDenied: () => ownFacts() !== null,
  };
  for (const script of PAGE_SCRIPTS) {
    const onHandshake = (event: Event) => {
      event.stopImmediatePropagation();
      const element = (event as MouseEvent).relatedTarget;
      const port = element instanceof HTMLElement && chrome.dom.openOrClosedShadowRoot(element);
      if (port) openChannel(port, script, answering);
    };
    // Each script connects once.
    addEventListener(handshakeOf(script), onHandshake, { capture: true, once: true });
  }
  // Before any of the page's listeners, which may use the API.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    channel.resume();
    host.reopen();
  });
}
