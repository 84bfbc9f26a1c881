/** One handler for each request of the page's realm. */

import { type Envelope, fail, succeed } from '../protocol/envelope';
import { MAY_BE_DENIED, type PageRequest, type PageRequests, type PageResponse, REQUEST, RESPONSE } from '../protocol/page-channel';
import { addModule } from './add-module';
import { ownFacts } from './facts';
import { requirePolicy } from './permissions-policy';
import { isProcessBound } from './process-bound';
import { selectURL } from './select-url';
import { send } from './service-worker-channel';

/** Each worklet's addModule; operations wait for it, so that they reach the worklet after its module. */
const addedModules = new Map<number, Promise<Envelope>>();

type Handlers = { [Name in keyof PageRequests]: (params: PageRequests[Name]) => Promise<Envelope> };

const handlers: Handlers = {
  // The service worker decodes what the page sends; here it is only passed on.
  'database.update': (params) => send('database.update', params as Parameters<typeof send<'database.update'>>[1]),
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
  'worklet.selectURL': (params) => selectURL(params, async () => addedModules.get(params.workletId)),
  'policy.require': ({ feature }) => requirePolicy(feature),
  'header.expect': ({ token, origin }) => send('header.expect', { token, origin }),
  'header.settle': ({ token }) => send('header.settle', { token }),
};

function handle({ method, params }: PageRequest): Promise<Envelope> {
  if (!Object.hasOwn(handlers, method)) return Promise.resolve(fail('NotSupportedError', `There is no method ${String(method)}.`));
  return (handlers[method] as (params: unknown) => Promise<Envelope>)(params);
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
    const respond = (error: PageResponse['error'], urn?: string) => {
      const detail: PageResponse = { id, error, urn };
      port.dispatchEvent(new CustomEvent(RESPONSE, { detail }));
    };
    handle({ id, method, params }).then(
      (envelope) => (envelope.ok ? respond(null, envelope.value as string | undefined) : respond(envelope.error)),
      (error: unknown) => respond({ name: 'UnknownError', message: String(error) }),
    );
  });
}
