/** Targets of the Chrome DevTools Protocol: the extension's service worker among them, which may have to be woken. */

import { isServiceWorkerOfLab, notStarted, START_TIME } from './service-worker-realm';

/** A connection to the browser, not to one of its pages, with flat sessions. */
export interface CdpConnection {
  /** Sends a command, to a session where one is named, and resolves with its result. */
  send(method: string, params?: Record<string, unknown>, sessionId?: string): Promise<Record<string, unknown>>;
}

export interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly url: string;
}

/** One of the extension's pages: a message from it wakes the service worker. */
const WAKING_PAGE = '/panel.html';
const WAKE = `chrome.runtime?.sendMessage({ to: 'nobody' }).then(() => '', () => '')`;

async function targetsOf(connection: CdpConnection): Promise<TargetInfo[]> {
  const { targetInfos } = await connection.send('Target.getTargets', { filter: [{}] });
  return targetInfos as TargetInfo[];
}

export const isThere = async (connection: CdpConnection, targetId: string): Promise<boolean> =>
  (await targetsOf(connection)).some((target) => target.targetId === targetId);

/** `known`: the URL that the worker has, where it was seen before: then one that sleeps is woken. */
export async function findServiceWorker(connection: CdpConnection, known?: string): Promise<TargetInfo> {
  const deadline = Date.now() + START_TIME;
  let wakingPage: string | undefined;
  try {
    for (;;) {
      const workers = (await targetsOf(connection)).filter(({ type }) => type === 'service_worker');
      const target = workers.find(({ url }) => isServiceWorkerOfLab(url));
      if (target) return target;
      if (Date.now() > deadline) throw notStarted(workers.map(({ url }) => url));
      if (known) {
        const url = new URL(WAKING_PAGE, known).href;
        wakingPage ??= String((await connection.send('Target.createTarget', { url, background: true })).targetId);
        await evaluateOnce(connection, wakingPage, WAKE);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    if (wakingPage) await connection.send('Target.closeTarget', { targetId: wakingPage });
  }
}

export async function evaluateIn(connection: CdpConnection, sessionId: string, expression: string): Promise<string> {
  const params = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await connection.send('Runtime.evaluate', params, sessionId);
  if (exceptionDetails) throw new Error(`Shared Storage Lab: ${JSON.stringify(exceptionDetails)}`);
  return String((result as { value: unknown }).value);
}

async function evaluateOnce(connection: CdpConnection, targetId: string, expression: string): Promise<string> {
  const { sessionId } = await connection.send('Target.attachToTarget', { targetId, flatten: true });
  try {
    return await evaluateIn(connection, String(sessionId), expression);
  } finally {
    await connection.send('Target.detachFromTarget', { sessionId }).catch(() => undefined);
  }
}
