/** One handler for each request of the page's realm. */

import { type Envelope, fail } from '../../protocol/envelope';
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
  type WorkletRequests,
} from '../../protocol/page-channel';
import { ownFacts } from '../permissions-policy/facts';
import { requirePolicy } from '../permissions-policy/permissions-policy';
import { addModule } from '../worklets/add-module';
import { selectURL } from '../worklets/selection-requests';
import { dataCloneError, isProcessBound } from './process-bound';
import { send } from './service-worker-channel';

/** The worklets whose addModule() has not settled, and whether operations may run in them afterwards. */
const loading = new Map<number, boolean>();

/** DEVIATION: the specification lets an operation wait for the module. As natively, it is lost, and its page is told so in the console alone. */
function isModuleLoaded({ workletId, keepAlive }: PageRequests['worklet.run' | 'worklet.selectURL']): boolean {
  if (!loading.has(workletId)) return true;
  if (!keepAlive) loading.set(workletId, false);
  return false;
}

type Handler<Name extends keyof PageRequests> = (params: PageRequests[Name]) => Promise<Envelope>;

/** What takes more than passing it on. */
type Handlers = { [Name in keyof WorkletRequests | 'policy.require']: Handler<Name> };

const handlers: Handlers = {
  'worklet.addModule': (params) => {
    const { workletId } = params;
    loading.set(workletId, true);
    return addModule(params, () => !!loading.get(workletId)).finally(() => loading.delete(workletId));
  },
  'worklet.run': async (params) => {
    const run = { ...params, isModuleLoaded: isModuleLoaded(params) };
    const allowed = await requirePolicy();
    if (!allowed.ok) return allowed;
    return isProcessBound(run.data?.value) ? dataCloneError('run') : send('worklet.run', run);
  },
  'worklet.selectURL': (params) => selectURL(params, isModuleLoaded(params)),
  'policy.require': ({ feature }) => requirePolicy(feature),
};

async function handle({ method, params }: PageRequest): Promise<Envelope> {
  if (Object.hasOwn(handlers, method)) return (handlers[method as keyof Handlers] as (params: unknown) => Promise<Envelope>)(params);
  // The others of a worklet are the bridge's own.
  return method.startsWith('worklet') ? fail('NotSupportedError', `There is no ${method}.`) : send(method as Method, params as never);
}

/** Answers each request of the page on the port; the request is on its way to the service worker before the event ends. */
export function openChannel(port: EventTarget): void {
  port.addEventListener(FRAME, (event) => {
    self.sharedStorageLabHosts ??= [];
    self.sharedStorageLabHosts.push((event as MouseEvent).relatedTarget as HTMLElement);
  });
  port.addEventListener(MESSAGE, () => self.sharedStorageLabGuard?.(event as MessageEvent));
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
        const detail: PageResponse = { id, error: null, ...(envelope as Envelope<string | undefined>) };
        port.dispatchEvent(new CustomEvent(RESPONSE, { detail }));
      });
  });
}
