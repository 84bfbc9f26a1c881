/** For Playwright: `import { test, expect } from 'shared-storage-lab/playwright'`. */

import { type BrowserContext, test as base, expect as baseExpect, type LaunchOptions, type Worker } from '@playwright/test';
import { extensionPath } from './extension-path';
import { matchers } from './matchers';
import { isServiceWorkerOfLab } from './service-worker-realm';
import { SharedStorageLab } from './shared-storage-lab';

export * from './public-types';

/**
 * The options of `chromium.launchPersistentContext(profile, options)` for a browser with the extension, made of those that you would use
 * without it. Playwright itself switches extensions off, and its headless shell has none; where no browser is named it is its whole Chromium.
 */
export function withSharedStorageLab(options: LaunchOptions = {}): LaunchOptions {
  const { args = [], ignoreDefaultArgs = [], ...others } = options;
  return {
    ...others,
    ...(options.executablePath || options.channel ? {} : { channel: 'chromium' }),
    args: [`--disable-extensions-except=${extensionPath}`, `--load-extension=${extensionPath}`, ...args],
    ignoreDefaultArgs: ignoreDefaultArgs === true || [...(ignoreDefaultArgs || []), '--disable-extensions'],
  };
}

/** The kit for a context that was launched with `withSharedStorageLab()`. Rejects where the extension does not start within the context's default time-out. */
export async function attachSharedStorageLab(context: BrowserContext): Promise<SharedStorageLab> {
  await serviceWorkerOf(context);
  // The worker may be another one at the next request: the extension can have been reloaded.
  return new SharedStorageLab({ evaluate: async (expression) => (await serviceWorkerOf(context)).evaluate(expression) });
}

async function serviceWorkerOf(context: BrowserContext): Promise<Worker> {
  const isOurs = (worker: Worker) => isServiceWorkerOfLab(worker.url());
  return context.serviceWorkers().find(isOurs) ?? (await context.waitForEvent('serviceworker', isOurs));
}

/** Playwright's `test`: each test's `context` is a browser of its own, with the extension, and `sharedStorage` is the kit for it. */
export const test = base.extend<{ sharedStorage: SharedStorageLab }>({
  // Playwright adds the other options of the test's `use` to every context that is made in the test.
  context: async ({ playwright, launchOptions, headless, channel }, use) => {
    const options = withSharedStorageLab({ headless, ...(channel ? { channel } : {}), ...launchOptions });
    const context = await playwright.chromium.launchPersistentContext('', options);
    await use(context);
    await context.close();
  },
  sharedStorage: async ({ context }, use) => use(await attachSharedStorageLab(context)),
});

/** Playwright's `expect` with the kit's matchers. */
export const expect = baseExpect.extend(matchers);
