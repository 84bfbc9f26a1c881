/** Worklets of a tab, for the extension's own pages. */

import { Refusal } from '../../../protocol/envelope';
import type { WorkletRecord, WorkletsRequests } from '../../../protocol/extension-pages/worklets';
import type { WorkletRecords } from '../../../store/worklets/worklet-records';
import type { WorkletHost } from '../../worklets/worklet-host';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly workletRecords: WorkletRecords;
  readonly workletHost: WorkletHost;
}

/** When the worklet did something last, as far as that is known. */
const lastSeen = ({ created, loaded, runs, lines }: WorkletRecord): number =>
  Math.max(created, loaded?.time ?? 0, ...runs.map(({ started, ended }) => ended ?? started), ...lines.map(({ time }) => time));

export function workletsHandlers({ workletRecords, workletHost }: Services): ExtensionPageHandlersOf<keyof WorkletsRequests> {
  return {
    'worklets.list': async ({ tabId }) => {
      // Asked in this order: a worklet that is made meanwhile is in neither.
      const records = await workletRecords.ofTab(tabId);
      if (records.every(({ ended }) => ended !== null)) return records;
      const answer = await workletHost.call('host.alive', {});
      // Without its host no worklet is alive.
      const alive = new Set(answer.ok ? (answer.value as string[]) : []);
      const isAlive = ({ documentId, workletId }: WorkletRecord) => alive.has(`${documentId}/${workletId}`);
      // The browser, or its host, ended without a word about it.
      return records.map((record) => (record.ended === null && !isAlive(record) ? { ...record, ended: lastSeen(record) } : record));
    },

    'worklets.end': async ({ documentId, workletId }) => {
      const answer = await workletHost.call('host.end', { worklet: { documentId, workletId } });
      if (!answer.ok) throw new Refusal(answer.error.name, answer.error.message);
      return null;
    },
  };
}
