/** Worklets of a document, and the operations that it runs in them. */

import { Refusal, succeed } from '../../protocol/envelope';
import { checkIfAddModuleIsAllowed } from '../../spec/data-origin';
import { shorten } from '../../store/events/event-log';
import { loggedData } from '../../store/events/logged-data';
import { siteOf } from '../../store/site';
import type { Fence } from '../fenced-frames/fence';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { ArrivalOrder } from '../requests/arrival-order';
import type { Caller } from '../requests/caller';
import type { Gate } from '../requests/gate';
import type { FrameRecords } from '../select-url/frame-records';
import type { SelectedFrames } from '../select-url/selected-frames';
import type { SelectedURLs } from '../select-url/selected-urls';
import type { WindowUpdates } from '../updates/window-updates';
import { checkDataOrigin, type NewWorklet, type WorkletDataOrigins } from '../worklets/worklet-data-origins';
import type { WorkletHost } from '../worklets/worklet-host';
import { requireValidConfig } from './private-aggregation-config';
import type { Handlers, HandlersOf } from './table';

interface Services {
  readonly gate: Gate;
  readonly fence: Fence;
  readonly frameRecords: FrameRecords;
  readonly order: ArrivalOrder;
  readonly policies: PermissionsPolicies;
  readonly updates: WindowUpdates;
  readonly dataOrigins: WorkletDataOrigins;
  readonly selectedFrames: SelectedFrames;
  readonly selectedURLs: SelectedURLs;
  readonly coordinators: () => Promise<readonly string[]>;
  readonly workletHost: WorkletHost;
}

/** The origin whose data a new worklet may be for. */
function wantedDataOrigin({ dataOrigin, moduleURL }: NewWorklet, caller: Caller): string {
  const checked = checkIfAddModuleIsAllowed(dataOrigin, moduleURL, caller.origin);
  return checked.result === 'Allowed' ? checked.dataOrigin : caller.origin;
}

type RequirePolicy = (worklet: NewWorklet, caller: Caller) => Promise<void>;

function createWorklet(services: Services, requirePolicy: RequirePolicy): Handlers['worklet.create'] {
  const { gate, fence, policies, dataOrigins, selectedFrames, selectedURLs, workletHost } = services;
  return (params, caller) => {
    workletHost.prepare();
    const { workletId, moduleURL } = params;
    const parameters = { workletId, moduleURL: shorten(moduleURL), dataOrigin: shorten(params.dataOrigin) };
    return gate.pass(
      caller,
      { method: 'addModule', parameters },
      async ({ wait, about, requireAccess }) => {
        about(wantedDataOrigin(params, caller));
        await wait('policy', requirePolicy(params, caller));
        await requireAccess();
      },
      async () => {
        const dataOrigin = await dataOrigins.decide(params, caller);
        if (dataOrigin === null) return succeed(null);
        void selectedURLs.prepare(caller);
        const { documentId, tabId } = caller;
        const worklet = { documentId, workletId };
        const site = siteOf(dataOrigin) ?? dataOrigin;
        const context = await fence.contextFor(caller);
        const mayContribute = await policies.isEnabled(caller, 'private-aggregation', dataOrigin);
        const about = { worklet, tabId, dataOrigin, site, moduleURL };
        const created = workletHost.call('host.create', { ...about, context, mayContribute });
        selectedFrames.prepare(caller);
        const answer = await created;
        return answer.ok ? succeed(true) : answer;
      },
    );
  };
}

type Methods = 'worklet.prepare' | 'worklet.abandon' | 'worklet.create' | 'worklet.run';

export function workletHandlers(services: Services): HandlersOf<Methods> {
  const { gate, frameRecords, order, policies, updates, dataOrigins, workletHost } = services;

  /**
   * DEVIATION: the specification asks for the document as well. As natively, it is the origin whose data the worklet is to work on that counts, after
   * what is wrong with that.
   */
  const requirePolicy = async (worklet: NewWorklet, caller: Caller) => {
    await policies.requireFeatureForWorklet(caller, 'shared-storage', checkDataOrigin(worklet, caller).dataOrigin);
  };

  return {
    'worklet.prepare': async (params, caller) => {
      workletHost.prepare();
      await requirePolicy(params, caller);
      // The module would not be loaded either; but it is we who ask the data origin, whose name may say what the frame has read.
      if (await frameRecords.isWithoutNetwork(caller.tabId, caller.frameId))
        throw new Refusal('OperationError', `Failed to load ${params.moduleURL} error = net::ERR_NETWORK_ACCESS_REVOKED.`);
      return succeed(await dataOrigins.prepare(params, caller));
    },

    'worklet.abandon': async ({ workletId }, caller) => {
      dataOrigins.abandon(workletId, caller);
      return workletHost.call('host.abandon', { worklet: { documentId: caller.documentId, workletId } });
    },

    'worklet.create': createWorklet(services, requirePolicy),

    'worklet.run': ({ workletId, name, ...operation }, caller, { sequence: runId }) => {
      const { documentId, tabId } = caller;
      const worklet = { documentId, workletId };
      return gate.pass(
        caller,
        {
          method: 'run',
          parameters: { workletId, runId, name: shorten(name), keepAlive: operation.keepAlive, ...loggedData(operation.data) },
        },
        async ({ wait, about, requireAccess }) => {
          const dataOrigin = await wait('data origin', dataOrigins.of(workletId, caller));
          about(dataOrigin);
          const config = await wait('fenced frames', requireValidConfig(operation.config, caller, services));
          // An opaque context may run what it could create: a worklet for another origin's data.
          await wait('policy', policies.requireFeatureForWorklet(caller, 'shared-storage', dataOrigin));
          await requireAccess();
          return { dataOrigin, config };
        },
        async ({ dataOrigin, config }) => {
          // The operation sees whatever was written before it was asked for. Nothing of how it went is told to the page.
          await updates.kept();
          const isSettled = updates.isSettled(dataOrigin);
          const run = { ...operation, worklet, runId, name, tabId, dataOrigin, isSettled, config };
          order.keep(documentId, workletHost.call('host.run', run));
          return succeed(await gate.maySettleAtQueueing());
        },
      );
    },
  };
}
