/** For Puppeteer: `import { withSharedStorageLab, attachSharedStorageLab } from 'shared-storage-lab/puppeteer'`. */

import type { Browser, LaunchOptions, Target, WebWorker } from 'puppeteer-core';
import { extensionPath } from './extension-path';
import { isServiceWorkerOfLab, notStarted, START_TIME } from './service-worker-realm';
import { SharedStorageLab } from './shared-storage-lab';

export * from './public-types';

/**
 * The options of `puppeteer.launch(options)` for a browser with the extension, made of those that you would use without it. Puppeteer needs
 * `enableExtensions`, and a pipe, for browsers that take no extensions from the command line.
 */
export function withSharedStorageLab(options: LaunchOptions = {}): LaunchOptions {
  const { enableExtensions } = options;
  return { ...options, pipe: true, enableExtensions: [...(Array.isArray(enableExtensions) ? enableExtensions : []), extensionPath] };
}

/** The kit for a browser that was launched with `withSharedStorageLab()`. Rejects where the extension does not start within 15 seconds. */
export async function attachSharedStorageLab(browser: Browser): Promise<SharedStorageLab> {
  await serviceWorkerOf(browser);
  // The worker may be another one at the next request: idle workers are stopped, and the extension can have been reloaded.
  return new SharedStorageLab({ evaluate: async (expression) => String(await (await serviceWorkerOf(browser)).evaluate(expression)) });
}

async function serviceWorkerOf(browser: Browser): Promise<WebWorker> {
  for (;;) {
    const worker = await (await targetOf(browser)).worker();
    if (worker) return worker;
  }
}

async function targetOf(browser: Browser): Promise<Target> {
  // No target would ever come.
  if (!browser.connected) throw new Error('The connection to the browser has ended.');
  const isWorker = (target: Target) => target.type() === 'service_worker';
  try {
    return await browser.waitForTarget((target) => isWorker(target) && isServiceWorkerOfLab(target.url()), { timeout: START_TIME });
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    throw isTimeout ? notStarted(browser.targets().flatMap((target) => (isWorker(target) ? target.url() : []))) : error;
  }
}
