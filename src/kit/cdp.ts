/** For whoever speaks the Chrome DevTools Protocol: `import { attachSharedStorageLab } from 'shared-storage-lab/cdp'`. */

import { isServiceWorkerOfLab } from './service-worker-realm';
import { SharedStorageLab } from './shared-storage-lab';

export * from './public-types';
export { openWebSocket } from './web-socket';

/** A connection to the browser, not to one of its pages, with flat sessions. */
export interface CdpConnection {
  /** Sends a command, to a session where one is named, and resolves with its result. */
  send(method: string, params?: Record<string, unknown>, sessionId?: string): Promise<Record<string, unknown>>;
}

interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly url: string;
}

/** How long the extension may take to start, in milliseconds. */
const START_TIME = 15_000;

/** One of the extension's pages: a message from it wakes the service worker. */
const WAKING_PAGE = '/panel.html';
const WAKE = `chrome.runtime?.sendMessage({ to: 'nobody' }).then(() => '', () => '')`;

/** The kit for a browser with the extension. Rejects where the extension has not started within 15 seconds. */
export async function attachSharedStorageLab(connection: CdpConnection): Promise<SharedStorageLab> {
  const { url } = await findServiceWorker(connection, undefined);
  const evaluate = async (expression: string): Promise<string> => {
    const { targetId } = await findServiceWorker(connection, url);
    try {
      return await evaluateIn(connection, targetId, expression);
    } catch (error) {
      if (await isThere(connection, targetId)) throw error;
      // The worker was stopped, or the extension reloaded: what was asked for there has to be asked for again.
      return evaluateIn(connection, (await findServiceWorker(connection, url)).targetId, expression);
    }
  };
  return new SharedStorageLab({ evaluate });
}

async function targetsOf(connection: CdpConnection): Promise<TargetInfo[]> {
  const { targetInfos } = await connection.send('Target.getTargets', { filter: [{}] });
  return targetInfos as TargetInfo[];
}

const isThere = async (connection: CdpConnection, targetId: string): Promise<boolean> =>
  (await targetsOf(connection)).some((target) => target.targetId === targetId);

/** `known`: the URL that the worker has, where it was seen before: then one that sleeps is woken. */
async function findServiceWorker(connection: CdpConnection, known: string | undefined): Promise<TargetInfo> {
  const deadline = Date.now() + START_TIME;
  let wakingPage: string | undefined;
  try {
    for (;;) {
      const target = (await targetsOf(connection)).find(({ type, url }) => type === 'service_worker' && isServiceWorkerOfLab(url));
      if (target) return target;
      if (Date.now() > deadline) throw new Error(`Shared Storage Lab has not started within ${START_TIME} ms: does the browser have it?`);
      if (known) {
        const url = new URL(WAKING_PAGE, known).href;
        wakingPage ??= String((await connection.send('Target.createTarget', { url, background: true })).targetId);
        await evaluateIn(connection, wakingPage, WAKE);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    if (wakingPage) await connection.send('Target.closeTarget', { targetId: wakingPage });
  }
}

/** Attached for no longer than that: a worker that is attached to is never stopped for being idle. */
async function evaluateIn(connection: CdpConnection, targetId: string, expression: string): Promise<string> {
  const { sessionId } = await connection.send('Target.attachToTarget', { targetId, flatten: true });
  try {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await connection.send('Runtime.evaluate', params, String(sessionId));
    if (exceptionDetails) throw new Error(`Shared Storage Lab: ${JSON.stringify(exceptionDetails)}`);
    return String((result as { value: unknown }).value);
  } finally {
    // Where the worker has gone there is nothing left to detach from.
    await connection.send('Target.detachFromTarget', { sessionId }).catch(() => undefined);
  }
}
