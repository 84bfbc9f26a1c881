/** The isolated world's half of the channel: waits for the page's realm to hand over its ports, and costs nothing until then. */

import { handshakeOf, LEAVE, PAGE_SCRIPTS, type PageScript, PUT_AWAY, RETURN, WAKE } from '../protocol/page-channel';
import { isOrphan } from './orphan';
import { createOwnFacts } from './permissions-policy/facts';
import { type Answering, createOpenChannel } from './requests/page-requests';
import { createServiceWorkerChannel } from './requests/service-worker-channel';
import { createSettleAtQueueing, DONE } from './requests/settle-at-queueing';
import { createHostPort } from './worklets/host-port';
import { createLoadModule } from './worklets/load-module';
import { createWorkletOperations } from './worklets/worklet-operations';

/** A document may get the window, and this world with it, of the initial empty document before it: its realm is connected already. */
const isConnected = self.sharedStorageLabURL !== undefined;
// The page may change its address later; its header came from this one.
if (isSecureContext) self.sharedStorageLabURL = document.URL;

function createAnswering(): Answering {
  const ownFacts = createOwnFacts();
  const channel = createServiceWorkerChannel(ownFacts);
  const settleAtQueueing = createSettleAtQueueing(channel);
  const host = createHostPort();
  const loadModule = createLoadModule(channel, ownFacts, host);
  const { addModule, run, selectURL } = createWorkletOperations(channel, settleAtQueueing, ownFacts, loadModule);
  let isAway = false;
  const leave = ({ type, persisted }: PageTransitionEvent) => {
    if (isAway) return;
    isAway = true;
    channel.leave(persisted || type === PUT_AWAY);
  };
  const comeBack = () => {
    if (!isAway) return;
    isAway = false;
    channel.resume();
    host.reopen();
  };
  const hearOfTurns = (target: EventTarget) => {
    for (const type of [LEAVE, PUT_AWAY, RETURN])
      target.addEventListener(type, (event) => {
        // Pages dispatch such events to their window themselves, to try what they do then.
        if (target === self && !event.isTrusted) return;
        if (type === RETURN) comeBack();
        else leave(event as PageTransitionEvent);
      });
  };
  // The script that hears of it first is not there where the browser has an API of its own.
  hearOfTurns(self);
  return {
    handlers: {
      'database.update': (params) => settleAtQueueing('database.update', params, 0),
      'worklet.addModule': addModule,
      'worklet.run': run,
      'worklet.selectURL': selectURL,
      // The service worker, which enforces the policy, answers for what has to be refused before it gets there: where that may be no.
      'policy.require': async (params) => (ownFacts() ? channel.send('policy.require', params) : DONE),
    },
    passOn: channel.send,
    mayBeDenied: () => ownFacts() !== null,
    hearOfTurns,
  };
}

// An insecure page never gets the API, so nothing in it may find a bridge either.
if (isSecureContext && !isConnected) {
  let openChannel: ReturnType<typeof createOpenChannel> | null = null;
  /** Opens the script's port when it is first asked to: it is in the host only then. */
  const openWhenWoken = (host: HTMLElement, script: PageScript) => {
    let isOpened = false;
    host.addEventListener(WAKE, (wake) => {
      // An orphan of a reloaded extension cannot open anything, and has nothing to tell but that.
      const isLeftOver = isOrphan();
      const port = isLeftOver ? host : chrome.dom.openOrClosedShadowRoot(host);
      if (!port) return;
      if (!isLeftOver) wake.preventDefault();
      if (isOpened) return;
      isOpened = true;
      openChannel ??= createOpenChannel(createAnswering());
      openChannel(port, script);
    });
  };
  for (const script of PAGE_SCRIPTS) {
    const onHandshake = (handshake: Event) => {
      handshake.stopImmediatePropagation();
      const host = (handshake as SubmitEvent).submitter;
      if (script === 'page' && host) self.sharedStorageLabHost = host;
      if (host) openWhenWoken(host, script);
    };
    // Each script connects once.
    addEventListener(handshakeOf(script), onHandshake, { capture: true, once: true });
  }
}
