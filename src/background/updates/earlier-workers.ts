/** A service worker that is being stopped may go on for a moment when the next one has begun. */

import type { Locks } from './locked-updates';

/** Each worker has it until it has ended. No data origin's lock has such a name. */
const WORKER = 'service worker';

/** Call once. Resolves when no earlier worker is there any more. */
export const untilAlone = (locks: Locks): Promise<void> =>
  new Promise((resolve, reject) => {
    const keep = () => {
      resolve();
      return new Promise<never>(() => undefined);
    };
    locks.request(WORKER, keep).catch(reject);
  });
