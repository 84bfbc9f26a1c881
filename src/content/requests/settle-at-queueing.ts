/**
 * Updates and operations whose promises settle once they are on their way, as natively: nothing that becomes of them is told to the page. Where
 * something may still refuse them, or they are not certain to arrive, the page waits for the service worker's answer.
 */

import { type Envelope, succeed } from '../../protocol/envelope';
import type { Requests } from '../../protocol/messages';
import type { ServiceWorkerChannel } from './service-worker-channel';
import { hearOfSettings } from './settings-changes';
import { weightOfMethods } from './transport';

/** What the service worker answers with whether the next one of the kind may settle at queueing. */
type Queued = 'database.update' | 'worklet.run';

/**
 * So many may be ahead of the service worker's answers, and fewer where they are large: a page that writes faster than we do waits until one of these has come.
 */
const MAXIMUM_AHEAD = 1000;

/** As much of keys and values, in UTF-16 code units, counts as one more: 20 million of them are ahead at most, and one call. */
const COUNTS_AS_ONE = 20_000;

/**
 * `kind`: what was allowed once is allowed until a setting changes: updates, 0, or the operations of a worklet, its number. Null for what may be refused
 * for what it says.
 */
export type SettleAtQueueing = <Name extends Queued>(
  method: Name,
  params: Requests[Name]['params'],
  kind: number | null,
) => Promise<Envelope>;

/** It went well. */
export const DONE = succeed(undefined);

/** Settles a call that may be ahead; false where it has to wait. */
type GoAhead = () => boolean;

export function createSettleAtQueueing({ send }: ServiceWorkerChannel): SettleAtQueueing {
  let allowed = new Set<number | null>();
  /** How many more may be ahead. */
  let room = MAXIMUM_AHEAD;
  /** What the page waits for. Each settles after those before it, as natively. */
  const unsettled: Partial<Record<Queued, Set<GoAhead>>> = {};
  const forget = () => {
    // What is on its way was asked for before the change.
    allowed = new Set();
  };
  return (method, params, kind) =>
    new Promise((resolve) => {
      const current = allowed;
      const queue: Set<GoAhead> = unsettled[method] ?? new Set();
      unsettled[method] = queue;
      const cost = 1 + weightOfMethods(params as object) / COUNTS_AS_ONE;
      let isOnItsWay = false;
      let isAhead = false;
      const goAhead: GoAhead = () => {
        if (!isOnItsWay || room < 1 || !current.has(kind)) return false;
        room -= cost;
        isAhead = true;
        resolve(DONE);
        return queue.delete(goAhead);
      };
      const advance = () => {
        for (const next of queue) if (!next()) return;
      };
      queue.add(goAhead);
      send(method, params, () => {
        isOnItsWay = true;
        advance();
      }).then((envelope) => {
        if (isAhead) room += cost;
        if (!envelope.ok) {
          current.delete(kind);
          // The page has been told that all is well, and its developer is told otherwise.
          if (isAhead) console.error(envelope.error.message);
        } else if (envelope.value && kind !== null) {
          hearOfSettings(forget);
          current.add(kind);
        }
        resolve(envelope.ok ? DONE : envelope);
        queue.delete(goAhead);
        advance();
      });
    });
}
