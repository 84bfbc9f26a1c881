/** "A timer to periodically purge expired entries from the database"; what the journal does not need any more goes with them. */

import { browser } from '../../extension/browser';

const NAME = 'purge expired entries';
const PERIOD_IN_MINUTES = 60;

/** Call before anything waits, so that the alarm can wake the service worker. */
export function purgeByAlarm(purge: () => Promise<void>): void {
  browser.alarms.onAlarm.addListener(({ name }) => {
    if (name === NAME) purge().catch((error: unknown) => console.error(NAME, error));
  });
  // Alarms may not outlive the browser, or an update of the extension.
  const ensure = () => browser.alarms.create(NAME, { periodInMinutes: PERIOD_IN_MINUTES });
  browser.runtime.onInstalled.addListener(ensure);
  browser.runtime.onStartup.addListener(ensure);
}
