/** Fetches a worklet's module and has the worklet made. https://wicg.github.io/shared-storage/#add-module-monkey-patch */

import { type Envelope, fail, succeed } from '../../protocol/envelope';
import { PREPARE_AGAIN } from '../../protocol/messages';
import type { PageRequests } from '../../protocol/page-channel';
import { requirePolicy } from '../permissions-policy/permissions-policy';
import { send } from '../requests/service-worker-channel';
import { fetchModuleScript } from './module-script';
import { keepIssued } from './selection-requests';
import { listenToWorklets, openWorkletPort } from './worklet-console';

type Params = PageRequests['worklet.addModule'];

/** How often the service worker may be stopped in between before we give up. */
const MAXIMUM_ATTEMPTS = 5;

/** One attempt; the envelope's value is PREPARE_AGAIN where it has to be repeated. */
async function attempt({ workletId, moduleURL, credentials, dataOrigin }: Params, keepAlive: () => boolean): Promise<Envelope> {
  let token: string | null = null;
  if (dataOrigin !== 'context-origin') {
    // Another origin's data is at stake: the service worker wants to see for itself what that origin answers.
    const prepared = await send('worklet.prepare', { workletId, moduleURL, dataOrigin });
    if (!prepared.ok) return prepared;
    token = prepared.value as string | null;
  }
  const script = await fetchModuleScript(moduleURL, credentials, token ?? '');
  if (!script.ok) {
    if (token) void send('worklet.abandon', { workletId });
    return script;
  }
  // A module may take long to load, and its worklet's host wants to see that somebody is here.
  const waiting = setInterval(openWorkletPort, 1000);
  const created = await send('worklet.create', { workletId, moduleURL, dataOrigin, source: script.value, keepAlive: keepAlive() });
  clearInterval(waiting);
  return created;
}

/** `keepAlive` says, when the module has been fetched, whether operations may still run in the worklet. */
export async function addModule(params: Params, keepAlive: () => boolean): Promise<Envelope> {
  listenToWorklets();
  const allowed = await requirePolicy();
  if (!allowed.ok) return allowed;
  for (let attempts = 0; attempts < MAXIMUM_ATTEMPTS; attempts++) {
    const envelope = await attempt(params, keepAlive);
    if (!envelope.ok) return envelope;
    if (envelope.value === PREPARE_AGAIN) continue;
    openWorkletPort();
    keepIssued(params.workletId, envelope.value);
    return succeed(undefined);
  }
  return fail('UnknownError', 'The Shared Storage Lab service worker stops again and again.');
}
