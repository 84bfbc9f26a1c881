/** Fetches a worklet's module and has the worklet made. https://wicg.github.io/shared-storage/#add-module-monkey-patch */

import { type Envelope, fail } from '../../protocol/envelope';
import type { PageRequests } from '../../protocol/page-channel';
import type { OwnFacts } from '../permissions-policy/facts';
import { NO_ANSWER, type ServiceWorkerChannel } from '../requests/service-worker-channel';
import type { HostPort } from './host-port';
import { fetchModuleScript } from './module-script';
import { listenToWorklets } from './worklet-console';

type Params = PageRequests['worklet.addModule'];

/** How often the service worker may be stopped, or the offscreen document go away, in between before we give up. */
const MAXIMUM_ATTEMPTS = 5;

/**
 * Resolves to the URNs that selectURL() may use. Where nothing can refuse the module, its request goes out before this returns. `keepAlive` says,
 * when the module has been fetched, whether operations may still run in the worklet.
 */
export type LoadModule = (params: Params, keepAlive: () => boolean) => Promise<Envelope>;

export function createLoadModule({ send }: ServiceWorkerChannel, ownFacts: OwnFacts, { open, giveModule }: HostPort): LoadModule {
  /** Resolves to null where the attempt has to be repeated. */
  const attempt = async (params: Params, keepAlive: () => boolean): Promise<Envelope | null> => {
    let created: Promise<Envelope> | null = null;
    let token: string | null = null;
    if (params.dataOrigin !== 'context-origin' || ownFacts()) {
      // The policy may say no, or another origin's data is at stake: the service worker wants to see for itself what that origin answers.
      const prepared = await send('worklet.prepare', params);
      if (!prepared.ok) return prepared;
      token = prepared.value as string | null;
    } else {
      // The worklet is made while its module is fetched.
      created = send('worklet.create', params);
      void created.then((made) => made.ok && made.value && open());
    }
    const script = await fetchModuleScript(params.moduleURL, params.credentials, token);
    if (!script.ok) {
      void Promise.resolve(created).then(() => send('worklet.abandon', params));
      return script;
    }
    const made = await (created ?? send('worklet.create', params));
    if (!made.ok || made.value === undefined) return made;
    // Null where the worklet has to be prepared once more.
    const loaded = made.value && (await giveModule({ workletId: params.workletId, source: script.value, keepAlive: keepAlive() }));
    return loaded?.ok ? made : loaded;
  };

  return async (params, keepAlive) => {
    listenToWorklets();
    for (let attempts = 0; attempts < MAXIMUM_ATTEMPTS; attempts++) {
      const envelope = await attempt(params, keepAlive);
      if (envelope) return envelope;
    }
    return fail('UnknownError', NO_ANSWER);
  };
}
