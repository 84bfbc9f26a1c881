/** For selenium-webdriver: `import { addSharedStorageLab, attachSharedStorageLab } from 'shared-storage-lab/webdriver'`. */

import type { WebDriver } from 'selenium-webdriver';
import type { Options } from 'selenium-webdriver/chrome.js';
import { attachSharedStorageLab as attach } from './cdp';
import { extensionArchive } from './extension-path';
import { START_TIME } from './service-worker-realm';
import type { SharedStorageLab } from './shared-storage-lab';
import { openWebSocket } from './web-socket';

export * from './public-types';

/**
 * Adds the extension to the options of a Chromium or a Chrome for Testing, on this machine or on a Selenium Grid: it travels with the options.
 * Returns the same options. Branded Chrome and Edge take no extensions in this way.
 */
export function addSharedStorageLab(options: Options): Options {
  options.addExtensions(extensionArchive);
  return options;
}

/**
 * The kit for a driver whose options went through `addSharedStorageLab()`. It has a connection of its own to the browser's developer tools, on a
 * Selenium Grid through the grid: `close()` ends it. Call this right after the driver was built, while the extension is awake.
 */
export async function attachSharedStorageLab(driver: WebDriver): Promise<SharedStorageLab & { close(): void }> {
  const capabilities = await driver.getCapabilities();
  const socket = await openWebSocket(await addressOf(capabilities.get('se:cdp'), capabilities.get('goog:chromeOptions')));
  try {
    return Object.assign(await attach(socket), { close: () => socket.close() });
  } catch (error) {
    // It would keep the process from ending.
    socket.close();
    throw error;
  }
}

async function addressOf(gridAddress: unknown, chromeOptions: unknown): Promise<string> {
  if (typeof gridAddress === 'string') return gridAddress;
  const address = (chromeOptions as { debuggerAddress?: unknown } | null)?.debuggerAddress;
  if (typeof address !== 'string')
    throw new Error('This driver does not say where the developer tools of its browser are: is it Chromium?');
  const url = `http://${address}/json/version`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(START_TIME) });
    const { webSocketDebuggerUrl } = (await response.json()) as { webSocketDebuggerUrl: string };
    return webSocketDebuggerUrl;
  } catch (error) {
    throw new Error(`The browser does not say at ${url} where its developer tools are: ${(error as Error).message}`, { cause: error });
  }
}
