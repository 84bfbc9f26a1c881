/** Fetches a worklet's module and has the worklet made. https://wicg.github.io/shared-storage/#add-module-monkey-patch */

import { type Envelope, fail } from '../../protocol/envelope';
import type { PageRequests } from '../../protocol/page-channel';
import type { OwnFacts } from '../permissions-policy/facts';
import { NO_ANSWER, type ServiceWorkerChannel } from '../requests/service-worker-channel';
import type { HostPort } from './host-port';
import { fetchModuleScript } from './module-script';
import { createWorkletConsole } from './worklet-console';

type Params = PageRequests['worklet.addModule'];

/** What did not go well has no value. */
type Made = Envelope & { readonly value?: unknown };

/** How often the service worker may be stopped, or the offscreen document go away, in between before we give up. */
const MAXIMUM_ATTEMPTS = 5;

/**
 * Where nothing can refuse the module, its request goes out before this returns. `keepAlive` says, when the module has been fetched, whether operations
 * may still run in the worklet; `created` is called when there is one.
 */
export type LoadModule = (params: Params, keepAlive: () => boolean, created: () => void) => Promise<Envelope>;

export function createLoadModule({ send }: ServiceWorkerChannel, ownFacts: OwnFacts, { open, giveModule }: HostPort): LoadModule {
  /** Resolves to null where the attempt has to be repeated. */
  const attempt: (...call: Parameters<LoadModule>) => Promise<Envelope | null> = async (params, keepAlive, onCreated) => {
    const create = async () => {
      const made: Made = await send('worklet.create', params);
      if (made.value) {
        open();
        onCreated();
      }
      return made;
    };
    let created: Promise<Made> | null = null;
    let token: string | null = null;
    if (params.dataOrigin !== 'context-origin' || ownFacts()) {
      // The policy may say no, or another origin's data is at stake: the service worker wants to see for itself what that origin answers.
      const prepared = await send('worklet.prepare', params);
      if (!prepared.ok) return prepared;
      token = prepared.value as string | null;
    } else {
      // The worklet is made while its module is fetched.
      created = create();
    }
    const script = await fetchModuleScript(params.moduleURL, params.credentials, token);
    if (!script.ok) {
      void Promise.resolve(created).then(() => send('worklet.abandon', params));
      return script;
    }
    const give = () => giveModule({ workletId: params.workletId, source: script.value, keepAlive: keepAlive() });
    // The worklet may be there before the service worker has said so.
    const early = created && (await give());
    const made = await (created ?? create());
    if (made.value === undefined) return made;
    // Null where the worklet has to be prepared once more.
    return made.value && (early ?? (await give()));
  };

  const workletConsole = createWorkletConsole();
  return async (...call) => {
    // Before the worklet is asked for anything: its module may log while it loads. Listening again changes nothing.
    chrome.runtime.onMessage.addListener(workletConsole);
    for (let attempts = 0; attempts < MAXIMUM_ATTEMPTS; attempts++) {
      const envelope = await attempt(...call);
      if (envelope) return envelope;
    }
    return fail('UnknownError', NO_ANSWER);
  };
}
