/** selectURL(), whose promise settles before anything has run. */

import { Refusal, succeed } from '../../protocol/envelope';
import type { Requests } from '../../protocol/messages';
import type { PrivateAggregationConfig } from '../../spec/private-aggregation/contributions';
import { said } from '../../spec/reason';
import { shorten } from '../../store/events/event-log';
import { loggedData } from '../../store/events/logged-data';
import type { StoredSelection } from '../../store/select-url/schema';
import type { Fence } from '../fenced-frames/fence';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { Caller } from '../requests/caller';
import type { Gate } from '../requests/gate';
import type { SelectedFrames } from '../select-url/selected-frames';
import { newUrn, type SelectedURLs } from '../select-url/selected-urls';
import type { WindowUpdates } from '../updates/window-updates';
import type { WorkletDataOrigins } from '../worklets/worklet-data-origins';
import { NO_WORKLET, type WorkletHost } from '../worklets/worklet-host';
import { requireValidConfig } from './private-aggregation-config';
import type { Handlers, HandlersOf } from './table';

/** How many fenced frames a caller of selectURL() may be in. */
const MAXIMUM_FENCED_FRAME_DEPTH = 1;

/** How many calls of selectURL() a document may make before it has heard from us again. */
const ISSUED = 32;

interface Services {
  readonly gate: Gate;
  readonly fence: Fence;
  readonly policies: PermissionsPolicies;
  readonly updates: WindowUpdates;
  readonly dataOrigins: WorkletDataOrigins;
  readonly selectedFrames: SelectedFrames;
  readonly selectedURLs: SelectedURLs;
  readonly coordinators: () => Promise<readonly string[]>;
  readonly workletHost: WorkletHost;
}

/** URNs for the next calls of a document that is not in too many fenced frames; none where something else than the settings may refuse them. */
async function issueUrns(gate: Gate, caller: Caller, dataOrigin: string): Promise<string[]> {
  return (await gate.isOpen(caller, dataOrigin)) ? Array.from({ length: ISSUED }, newUrn) : [];
}

/** URNs for the document's first calls. */
async function issueFirstUrns({ gate, fence }: Services, caller: Caller, dataOrigin: string): Promise<string[]> {
  const [urns, depth] = await Promise.all([issueUrns(gate, caller, dataOrigin), fence.depthOf(caller)]);
  return depth <= MAXIMUM_FENCED_FRAME_DEPTH ? urns : [];
}

/** Each fenced frame could learn some more bits from the one around it. */
export async function requireFewFencedFrames(fence: Fence, caller: Caller): Promise<void> {
  const depth = await fence.depthOf(caller);
  if (depth <= MAXIMUM_FENCED_FRAME_DEPTH) return;
  const text = `selectURL() is called in a context with a fenced frame depth (${depth}) exceeding the maximum allowed number (${MAXIMUM_FENCED_FRAME_DEPTH}).`;
  throw new Refusal('OperationError', text);
}

interface Admitted {
  readonly selection: StoredSelection;
  readonly config: PrivateAggregationConfig;
}

/** For the event log. */
function describe({ workletId, name, urls, savedQuery, operation: { keepAlive, data } }: Requests['worklet.selectURL']['params']) {
  const given = { urls: urls.map(({ url }) => shorten(url)), savedQuery: shorten(savedQuery), keepAlive };
  return { workletId, name: shorten(name), ...given, ...loggedData(data) };
}

async function requirePolicies(policies: PermissionsPolicies, caller: Caller, dataOrigin: string): Promise<void> {
  await policies.requireFeatureForWorklet(caller, 'shared-storage', dataOrigin);
  await policies.requireFeatureForWorklet(caller, 'shared-storage-select-url', dataOrigin);
}

function issueUrnsInAdvance(services: Services): Handlers['worklet.urns'] {
  const { dataOrigins, selectedFrames } = services;
  return async ({ workletId }, caller) => {
    const urns = await issueFirstUrns(services, caller, await dataOrigins.of(workletId, caller));
    await selectedFrames.prepared(caller);
    return succeed(urns);
  };
}

export function selectURLHandlers(services: Services): HandlersOf<'worklet.selectURL' | 'worklet.urns'> {
  const { gate, fence, policies, updates, dataOrigins, selectedFrames, selectedURLs, workletHost } = services;

  type Params = Requests['worklet.selectURL']['params'];

  /** True where the operation is on its way, or needs none: the call has a result. */
  const handOver = async ({ workletId, operation }: Params, { selection, config }: Admitted, runId: number): Promise<boolean> => {
    if (selection.result) return true;
    const { documentId, urn, operation: name, urls, savedQuery, dataOrigin, page } = selection;
    const call = { ...operation, config, urn, name, urls: urls.map(({ url }) => url), savedQuery };
    await updates.kept();
    const isSettled = updates.isSettled(dataOrigin);
    const about = { worklet: { documentId, workletId }, tabId: page.tabId, dataOrigin };
    const answer = await workletHost.call('host.select', { ...about, runId, call, isSettled });
    if (answer.ok || answer.error.name !== NO_WORKLET) return answer.ok;
    await selectedURLs.settleByDefault(urn, said(answer.error.message));
    return true;
  };

  return {
    'worklet.urns': issueUrnsInAdvance(services),

    'worklet.selectURL': async (params, caller, { sequence, repeated }) => {
      const { workletId, urn } = params;
      const parameters = { runId: sequence, ...describe(params) };
      const call = selectedURLs.hear(params, caller, repeated);
      let dataOrigin = caller.origin;
      const answer = await gate
        .pass(
          caller,
          { method: 'selectURL', parameters },
          async ({ wait, about, requireAccess }) => {
            dataOrigin = await wait('data origin', dataOrigins.of(workletId, caller));
            about(dataOrigin);
            await wait('fenced frames', requireFewFencedFrames(fence, caller));
            const config = await wait('fenced frames', requireValidConfig(params.operation.config, caller, services));
            await wait('policy', requirePolicies(policies, caller, dataOrigin));
            await requireAccess();
            return { config, selection: await wait('storage', call.store(dataOrigin)) };
          },
          async (admitted) => {
            // Unanswered, the request is delivered again: this worker is being stopped.
            if (!(await handOver(params, admitted, sequence))) return undefined;
            await selectedFrames.prepared(caller);
            return succeed([admitted.selection.urn, ...(await issueUrns(gate, caller, dataOrigin))]);
          },
        )
        .catch((error: unknown) => {
          // Who has the URN already cannot be told any more.
          if (!urn || !(error instanceof Refusal)) throw error;
          return succeed(undefined);
        })
        .finally(call.forget);
      // A refusal that the caller must not notice: nothing is run for the call.
      return answer?.ok && answer.value === undefined ? succeed([(await call.refuse(dataOrigin)).urn]) : answer;
    },
  };
}
