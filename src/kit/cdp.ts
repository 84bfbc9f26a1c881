/** For whoever speaks the Chrome DevTools Protocol: `import { attachSharedStorageLab } from 'shared-storage-lab/cdp'`. */

import { AttachedWorker } from './attached-worker';
import { type CdpConnection, findServiceWorker, isThere } from './cdp-targets';
import { START_TIME } from './service-worker-realm';
import { SharedStorageLab } from './shared-storage-lab';
import { withinTime } from './waiting';

export type { CdpConnection } from './cdp-targets';
export * from './public-types';
export { openWebSocket } from './web-socket';

/** A browser that answers has said by then that the extension is not there. In milliseconds. */
const LONGEST_SEARCH = 2 * START_TIME;

/** The kit for a browser with the extension. Rejects where the extension has not started within 15 seconds. */
export async function attachSharedStorageLab(connection: CdpConnection): Promise<SharedStorageLab> {
  const found = await withinTime(findServiceWorker(connection), LONGEST_SEARCH);
  if (!found) throw new Error(`The browser has not answered within ${LONGEST_SEARCH} ms.`);
  const { url, targetId } = found.answer;
  let worker = new AttachedWorker(connection, targetId);
  const evaluate = async (expression: string): Promise<string> => {
    const asked = worker;
    try {
      return await asked.evaluate(expression);
    } catch (error) {
      if (await isThere(connection, asked.targetId)) throw error;
      // The worker was stopped, or the extension reloaded: what was asked for there has to be asked for again.
      const found = await findServiceWorker(connection, url);
      if (worker.targetId !== found.targetId) worker = new AttachedWorker(connection, found.targetId);
      return worker.evaluate(expression);
    }
  };
  return new SharedStorageLab({ evaluate });
}
