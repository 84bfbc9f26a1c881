/**
 * Operations of this document's worklets. Each request is on its way before the page's call returns, in the order of the calls: what it has to
 * wait for, the service worker waits for.
 */

import { type Envelope, succeed } from '../../protocol/envelope';
import type { OperationRequest } from '../../protocol/messages';
import type { PageRequests } from '../../protocol/page-channel';
import { isOrphan } from '../orphan';
import type { OwnFacts } from '../permissions-policy/facts';
import { dataCloneError, isProcessBound } from '../requests/process-bound';
import type { ServiceWorkerChannel } from '../requests/service-worker-channel';
import { hearOfSettings } from '../requests/settings-changes';
import type { SettleAtQueueing } from '../requests/settle-at-queueing';
import type { LoadModule } from './load-module';

export interface WorkletOperations {
  addModule(params: PageRequests['worklet.addModule']): Promise<Envelope>;
  run(params: PageRequests['worklet.run']): Promise<Envelope>;
  /**
   * Settles at once where nothing can refuse the call, with a URN that the service worker has issued in advance. The call is then on its way,
   * and reaches the service worker whatever happens to it.
   */
  selectURL(params: PageRequests['worklet.selectURL']): Promise<Envelope>;
}

/** The URNs for the next calls of selectURL() on each worklet. */
function createIssuedUrns(ownFacts: OwnFacts) {
  const issued = new Map<number, string[]>();
  const forget = (): void => issued.clear();
  return {
    /** Takes the URNs that the service worker has issued; they are void as soon as a setting may refuse a call. */
    keep(workletId: number, urns: string[]): void {
      issued.set(workletId, urns);
      // Listening again changes nothing.
      hearOfSettings(forget);
    },

    /** Null where nobody may have one without asking, and where the extension was reloaded or removed: nobody would hear of the call. */
    take: (workletId: number): string | null => (!isOrphan() && !ownFacts() && issued.get(workletId)?.shift()) || null,
  };
}

export function createWorkletOperations(
  { send }: ServiceWorkerChannel,
  settleAtQueueing: SettleAtQueueing,
  ownFacts: OwnFacts,
  loadModule: LoadModule,
): WorkletOperations {
  const urns = createIssuedUrns(ownFacts);

  /** Worklets that an operation has used up before their modules were loaded. */
  const usedUp = new Set<number>();
  const note = (workletId: number, { isModuleLoaded, keepAlive }: OperationRequest) => {
    if (!isModuleLoaded && !keepAlive) usedUp.add(workletId);
  };

  return {
    addModule(params) {
      const { workletId } = params;
      const issue = () =>
        void send('worklet.urns', { workletId }).then((issued) => issued.ok && urns.keep(workletId, issued.value as string[]));
      return loadModule(params, () => !usedUp.has(workletId), issue);
    },

    async run(params) {
      note(params.workletId, params);
      if (isProcessBound(params.data?.value)) return dataCloneError('run');
      // Only the service worker can tell whether a config makes sense.
      return settleAtQueueing('worklet.run', params, params.config ? null : params.workletId);
    },

    async selectURL(call) {
      const { workletId, operation } = call;
      note(workletId, operation);
      if (isProcessBound(operation.data?.value)) return dataCloneError('selectURL');
      // Only the service worker can tell whether a config makes sense.
      const urn = operation.config ? null : urns.take(workletId);
      const answered = send('worklet.selectURL', { ...call, urn });
      const settled = answered.then((envelope): Envelope => {
        if (!envelope.ok) return envelope;
        const [first, ...next] = envelope.value as string[];
        urns.keep(workletId, next);
        return succeed(first);
      });
      return urn ? succeed(urn) : settled;
    },
  };
}
