/** Options of Playwright's `use` that a browser with the extension does not get by itself. */

import type { BrowserContext, PlaywrightTestOptions } from '@playwright/test';

type StorageState = PlaywrightTestOptions['storageState'];

/** Throws for a browser that the extension is not for: the test would pass in Chromium, under another name. */
export function checkBrowserName(browserName: string): void {
  if (browserName === 'chromium') return;
  throw new Error(
    `browserName is ${browserName}, and the extension works in Chromium only: leave the tests of the fixture sharedStorage out of this project ` +
      '(testIgnore), or take `test` from @playwright/test there.',
  );
}

/** A context with a profile of its own cannot be launched with the state. */
export async function applyStorageState(context: Partial<Pick<BrowserContext, 'setStorageState'>>, state: StorageState): Promise<void> {
  if (state === undefined) return;
  if (!context.setStorageState)
    throw new Error(
      'This version of Playwright cannot set the option storageState of a running browser: update @playwright/test, or leave the option out and ' +
        'use context.addCookies() and context.addInitScript().',
    );
  await context.setStorageState(state);
}
