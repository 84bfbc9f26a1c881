/** Fetches a worklet's module and has the worklet made. https://wicg.github.io/shared-storage/#add-module-monkey-patch */

import { type Envelope, fail } from '../../protocol/envelope';
import { PREPARE_AGAIN } from '../../protocol/messages';
import type { PageRequests } from '../../protocol/page-channel';
import type { OwnFacts } from '../permissions-policy/facts';
import { NO_ANSWER, type ServiceWorkerChannel } from '../requests/service-worker-channel';
import { fetchModuleScript } from './module-script';
import { type LifetimePort, listenToWorklets } from './worklet-console';

type Params = PageRequests['worklet.addModule'];

/** How often the service worker may be stopped in between before we give up. */
const MAXIMUM_ATTEMPTS = 5;

/**
 * Resolves to the URNs that selectURL() may use. Where nothing can refuse the module, its request goes out before this returns. `keepAlive` says,
 * when the module has been fetched, whether operations may still run in the worklet.
 */
export type LoadModule = (params: Params, keepAlive: () => boolean) => Promise<Envelope>;

export function createLoadModule({ send }: ServiceWorkerChannel, ownFacts: OwnFacts, lifetime: LifetimePort): LoadModule {
  /** The envelope's value is PREPARE_AGAIN where the attempt has to be repeated. */
  const attempt: LoadModule = async ({ workletId, moduleURL, credentials, dataOrigin }, keepAlive) => {
    let token: string | null = null;
    if (dataOrigin !== 'context-origin' || ownFacts()) {
      // The policy may say no, or another origin's data is at stake: the service worker wants to see for itself what that origin answers.
      const prepared = await send('worklet.prepare', { workletId, moduleURL, dataOrigin });
      if (!prepared.ok) return prepared;
      token = prepared.value as string | null;
    }
    const script = await fetchModuleScript(moduleURL, credentials, token);
    if (!script.ok) {
      if (token) void send('worklet.abandon', { workletId });
      return script;
    }
    // A module may take long to load, and its worklet's host wants to see that somebody is here.
    const waiting = setInterval(lifetime.open, 1000);
    const created = await send('worklet.create', { workletId, moduleURL, dataOrigin, source: script.value, keepAlive: keepAlive() });
    clearInterval(waiting);
    return created;
  };

  return async (params, keepAlive) => {
    listenToWorklets();
    for (let attempts = 0; attempts < MAXIMUM_ATTEMPTS; attempts++) {
      const envelope = await attempt(params, keepAlive);
      if (envelope.ok && envelope.value === PREPARE_AGAIN) continue;
      if (envelope.ok) lifetime.open();
      return envelope;
    }
    return fail('UnknownError', NO_ANSWER);
  };
}
