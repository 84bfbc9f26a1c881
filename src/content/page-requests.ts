/** One handler for each request of the page's realm. */

import { type Envelope, fail, succeed } from '../protocol/envelope';
import { MAY_BE_DENIED, type PageRequest, type PageRequests, type PageResponse, REQUEST, RESPONSE } from '../protocol/page-channel';
import { addModule } from './add-module';
import { ownFacts } from './facts';
import { requirePolicy } from './permissions-policy';
import { isProcessBound } from './process-bound';
import { send } from './service-worker-channel';

/** Each worklet's addModule; operations wait for it, so that they reach the worklet after its module. */
const addedModules = new Map<number, Promise<Envelope>>();

/** Only passed on: the service worker decodes what the page sends. */
const RELAYED = ['database.update', 'header.expect', 'header.settle', 'header.repeat'] as const;

type Relayed = (typeof RELAYED)[number];
type Handlers = { [Name in Exclude<keyof PageRequests, Relayed>]: (params: PageRequests[Name]) => Promise<Envelope> };

const handlers: Handlers = {
  'worklet.addModule': (params) => {
    const added = addModule(params);
    addedModules.set(params.workletId, added);
    return added;
  },
  'worklet.run': async ({ workletId, name, data, keepAlive }) => {
    const allowed = await requirePolicy();
    if (!allowed.ok) return allowed;
    if (isProcessBound(data?.value))
      return fail('DataCloneError', "Failed to execute 'run' on 'SharedStorage': The data could not be cloned.");
    const added = await addedModules.get(workletId);
    // A worklet whose module failed to load has no operations, and says nothing about it.
    return added?.ok ? send('worklet.run', { workletId, name, data, keepAlive }) : succeed(undefined);
  },
  'policy.require': () => requirePolicy(),
};

function handle({ method, params }: PageRequest): Promise<Envelope> {
  if (RELAYED.includes(method as Relayed)) return send(method as Relayed, params as Parameters<typeof send<Relayed>>[1]);
  if (!Object.hasOwn(handlers, method)) return Promise.resolve(fail('NotSupportedError', `There is no method ${String(method)}.`));
  return (handlers[method as keyof Handlers] as (params: unknown) => Promise<Envelope>)(params);
}

/** Answers each request of the page on the port; the request is on its way to the service worker before the event ends. */
export function openChannel(port: EventTarget): void {
  port.addEventListener(MAY_BE_DENIED, (event) => {
    if (ownFacts()) event.preventDefault();
  });
  port.addEventListener(REQUEST, (event) => {
    const request = (event as CustomEvent).detail as PageRequest | null;
    // Null where it cannot be cloned into this world; the page is told by the event that nobody took it.
    if (!request) return;
    event.preventDefault();
    const { id, method, params } = request;
    const respond = (error: PageResponse['error']) => {
      const detail: PageResponse = { id, error };
      port.dispatchEvent(new CustomEvent(RESPONSE, { detail }));
    };
    handle({ id, method, params }).then(
      (envelope) => respond(envelope.ok ? null : envelope.error),
      (error: unknown) => respond({ name: 'UnknownError', message: String(error) }),
    );
  });
}
