/** One handler for each request of the page's realm. */

import type { BridgeGlobals } from '../../protocol/document-facts';
import { type Envelope, fail, succeed } from '../../protocol/envelope';
import type { Method } from '../../protocol/messages';
import {
  FRAME,
  MAY_BE_DENIED,
  MESSAGE,
  type PageRequest,
  type PageRequests,
  type PageResponse,
  REQUEST,
  RESPONSE,
} from '../../protocol/page-channel';
import { ownFacts } from '../permissions-policy/facts';
import { requirePolicy } from '../permissions-policy/permissions-policy';
import { addModule } from '../worklets/add-module';
import { selectURL } from '../worklets/selection-requests';
import { dataCloneError, isProcessBound } from './process-bound';
import { send } from './service-worker-channel';

/** Each worklet's addModule; operations wait for it, so that they reach the worklet after its module. */
const addedModules = new Map<number, Promise<Envelope>>();

type Handlers = { [Name in keyof PageRequests]?: (params: PageRequests[Name]) => Promise<Envelope> };

/** What takes more than passing it on. */
const handlers: Handlers = {
  'worklet.addModule': (params) => {
    const added = addModule(params);
    addedModules.set(params.workletId, added);
    return added;
  },
  'worklet.run': async ({ workletId, name, data, keepAlive }) => {
    const allowed = await requirePolicy();
    if (!allowed.ok) return allowed;
    if (isProcessBound(data?.value)) return dataCloneError('run');
    const added = await addedModules.get(workletId);
    // A worklet whose module failed to load has no operations, and says nothing about it.
    return added?.ok ? send('worklet.run', { workletId, name, data, keepAlive }) : succeed(undefined);
  },
  'worklet.selectURL': (params) => selectURL(params, async () => addedModules.get(params.workletId)),
  'policy.require': ({ feature }) => requirePolicy(feature),
};

/** What is only passed on: it says nothing but what the page itself may ask, and the service worker decodes it. */
const PASSED_ON = /^(?:database|header|frame|fence)\./;

async function handle({ method, params }: PageRequest): Promise<Envelope> {
  if (Object.hasOwn(handlers, method)) return (handlers[method] as (params: unknown) => Promise<Envelope>)(params);
  if (PASSED_ON.test(method)) return send(method as Method, params as never);
  return fail('NotSupportedError', `There is no ${method}.`);
}

/** Answers each request of the page on the port; the request is on its way to the service worker before the event ends. */
export function openChannel(port: EventTarget): void {
  const globals = globalThis as Partial<BridgeGlobals>;
  port.addEventListener(FRAME, (event) => {
    globals.sharedStorageLabHosts ??= [];
    globals.sharedStorageLabHosts.push((event as MouseEvent).relatedTarget);
  });
  port.addEventListener(MESSAGE, () => globals.sharedStorageLabGuard?.(event as MessageEvent));
  port.addEventListener(MAY_BE_DENIED, (event) => {
    if (ownFacts()) event.preventDefault();
  });
  port.addEventListener(REQUEST, (event) => {
    const request = (event as CustomEvent).detail as PageRequest | null;
    // Null where it cannot be cloned into this world; the page is told by the event that nobody took it.
    if (!request) return;
    event.preventDefault();
    const { id } = request;
    handle(request)
      .catch((error: unknown) => fail('UnknownError', String(error)))
      .then((envelope) => {
        const detail: PageResponse = envelope.ok
          ? { id, error: null, value: envelope.value as string | undefined }
          : { id, error: envelope.error };
        port.dispatchEvent(new CustomEvent(RESPONSE, { detail }));
      });
  });
}
