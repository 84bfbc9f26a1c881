/**
 * A copy of the settings in the database, for offscreen documents, which have no `chrome.storage`. The service worker writes it;
 * readers need not wake it, and hear of changes over a channel that only the extension's own origin has.
 */

import { openDatabase } from './entries/open';
import { Serial } from './serial';

const CHANNEL = 'settings';
const RECORD = 'current';

async function write(settings: unknown): Promise<void> {
  const connection = await openDatabase(() => undefined);
  try {
    // Most starts of the service worker change nothing.
    if (JSON.stringify(await connection.get('settings', RECORD)) === JSON.stringify(settings)) return;
    await connection.put('settings', settings, RECORD);
  } finally {
    connection.close();
  }
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

export class SettingsCopy {
  readonly #changes = new Serial();

  /** Resolves once the copy is these settings, or later ones, and those who watch it have been told. */
  write(settings: unknown): Promise<void> {
    return this.#changes.runNewest(() => write(settings));
  }
}

async function read(): Promise<unknown> {
  const connection = await openDatabase(() => undefined);
  try {
    return await connection.get('settings', RECORD);
  } finally {
    connection.close();
  }
}

/** Calls back with the copy as it is now, undefined where there is none, and again after each change. */
export function watchSettingsCopy(listener: (settings: unknown) => void, onError: (error: unknown) => void): void {
  let newest = 0;
  const update = () => {
    const number = ++newest;
    const listen = (settings: unknown) => {
      // A later reading may be faster.
      if (number === newest) listener(settings);
    };
    read().then(listen, onError);
  };
  new BroadcastChannel(CHANNEL).addEventListener('message', update);
  void update();
}
