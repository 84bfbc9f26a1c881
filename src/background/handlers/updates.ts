/** What windows write, and what fenced frames without a network may read. */

import { Refusal, succeed } from '../../protocol/envelope';
import type { IndexedDatabase } from '../../store/entries/indexed-database';
import type { Fence } from '../fenced-frames/fence';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { Caller } from '../requests/caller';
import type { Gate } from '../requests/gate';
import type { WindowUpdates } from '../updates/window-updates';
import type { WorkletHost } from '../worklets/worklet-host';
import type { HandlersOf } from './table';

interface Services {
  readonly database: IndexedDatabase;
  readonly updates: WindowUpdates;
  readonly policies: PermissionsPolicies;
  readonly gate: Gate;
  readonly fence: Fence;
  readonly workletHost: WorkletHost;
}

/** https://wicg.github.io/shared-storage/#determine-whether-shared-storage-is-allowed-by-context */
export function requireTupleOrigin({ origin }: Pick<Caller, 'origin'>): void {
  // If environment's origin is an opaque origin, then return false.
  if (origin === 'null') throw new Refusal('InvalidAccessError', 'The shared storage method is not allowed in an opaque origin context');
}

export function updateHandlers({
  database,
  updates,
  policies,
  gate,
  fence,
  workletHost,
}: Services): HandlersOf<'database.update' | 'database.get' | 'policy.require'> {
  const requirePolicy = (caller: Caller) => policies.requireFeature(caller, 'shared-storage', caller.origin);

  return {
    'database.update': ({ methods, withLock }, caller, { sequence }) => {
      workletHost.prepare();
      const { origin: dataOrigin, documentId, tabId } = caller;
      const update = { dataOrigin, methods, withLock, documentId, tabId, time: gate.arrivalTime() };
      return gate.pass(
        caller,
        { method: 'update', parameters: { count: methods.length, withLock } },
        async ({ wait, requireAccess }) => {
          requireTupleOrigin(caller);
          await wait('policy', requirePolicy(caller));
          await requireAccess();
        },
        async () => {
          // Outside worklets nothing is told of what becomes of it: that would say something about what is stored.
          await updates.add(update, { documentId, sequence });
          return succeed(await gate.maySettleAtQueueing());
        },
      );
    },

    'database.get': ({ key }, caller) =>
      gate.pass(
        caller,
        { method: 'get', parameters: null },
        async ({ wait, requireAccess }) => {
          requireTupleOrigin(caller);
          await wait('policy', requirePolicy(caller));
          await requireAccess();
          await wait('fenced frames', fence.requireNoNetwork(caller));
          await wait('policy', policies.requireFeature(caller, 'fenced-unpartitioned-storage-read', caller.origin));
        },
        async () => {
          await updates.settledUnlessBlocked(caller.origin);
          return succeed(await database.get(caller.origin, key));
        },
      ),

    'policy.require': async ({ feature }, caller) => {
      await requirePolicy(caller);
      if (feature !== 'shared-storage') await policies.requireFeature(caller, feature, caller.origin);
      return succeed(undefined);
    },
  };
}
