/** For Playwright: `import { test, expect } from 'shared-storage-lab/playwright'`. */

import { type BrowserContext, test as base, expect as baseExpect, errors, type LaunchOptions, type Worker } from '@playwright/test';
import { extensionPath } from './extension-path';
import { matchers } from './matchers';
import { applyStorageState, checkBrowserName } from './playwright-options';
import { isServiceWorkerOfLab, notStarted, START_TIME } from './service-worker-realm';
import { SharedStorageLab } from './shared-storage-lab';

export * from './public-types';

const LOADING = ['--disable-extensions-except', '--load-extension'];

/** Of two such switches only the last would count: the extensions that are loaded already stay in it. */
function withExtension(args: readonly string[], name: string): string[] {
  const isMeant = (arg: string) => arg.startsWith(`${name}=`);
  const others = args.filter(isMeant).map((arg) => arg.slice(name.length + 1));
  return [`${name}=${[extensionPath, ...others].join(',')}`, ...args.filter((arg) => !isMeant(arg))];
}

/**
 * The options of `chromium.launchPersistentContext(profile, options)` for a browser with the extension, made of those that you would use
 * without it. Playwright itself switches extensions off, and its headless shell has none; where no browser is named it is its whole Chromium.
 */
export function withSharedStorageLab(options: LaunchOptions = {}): LaunchOptions {
  const { args = [], ignoreDefaultArgs = [], ...others } = options;
  return {
    ...others,
    ...(options.executablePath || options.channel ? {} : { channel: 'chromium' }),
    args: LOADING.reduce(withExtension, args),
    ignoreDefaultArgs: ignoreDefaultArgs === true || [...(ignoreDefaultArgs || []), '--disable-extensions'],
  };
}

/** The kit for a context that was launched with `withSharedStorageLab()`. Rejects where the extension does not start within 15 seconds. */
export async function attachSharedStorageLab(context: BrowserContext): Promise<SharedStorageLab> {
  let isClosed = false;
  context.once('close', () => {
    isClosed = true;
  });
  const evaluate = async (expression: string): Promise<string> => {
    // Nobody would ever answer.
    if (isClosed) throw new Error('The browser context was closed.');
    // The worker may be another one at the next request: the extension can have been reloaded.
    return (await serviceWorkerOf(context)).evaluate(expression);
  };
  await serviceWorkerOf(context);
  return new SharedStorageLab({ evaluate });
}

async function serviceWorkerOf(context: BrowserContext): Promise<Worker> {
  const isOurs = (worker: Worker) => isServiceWorkerOfLab(worker.url());
  const there = context.serviceWorkers().find(isOurs);
  if (there) return there;
  try {
    return await context.waitForEvent('serviceworker', { predicate: isOurs, timeout: START_TIME });
  } catch (error) {
    throw error instanceof errors.TimeoutError ? notStarted(context.serviceWorkers().map((worker) => worker.url())) : error;
  }
}

/** Playwright's `test`: each test's `context` is a browser of its own, with the extension, and `sharedStorage` is the kit for it. */
export const test = base.extend<{ sharedStorage: SharedStorageLab }>({
  // Playwright adds the other options of the test's `use` to every context that is made in the test, but not these two.
  context: async ({ playwright, browserName, launchOptions, headless, channel, storageState }, use) => {
    checkBrowserName(browserName);
    const options = withSharedStorageLab({ headless, ...(channel ? { channel } : {}), ...launchOptions });
    const context = await playwright.chromium.launchPersistentContext('', options);
    await applyStorageState(context, storageState);
    await use(context);
    await context.close();
  },
  sharedStorage: async ({ context }, use) => use(await attachSharedStorageLab(context)),
});

/** Playwright's `expect` with the kit's matchers. */
export const expect = baseExpect.extend(matchers);
