/**
 * A copy of the settings in the database, for offscreen documents, which have no `chrome.storage`. The service worker writes it;
 * readers need not wake it, and hear of changes over a channel that only the extension's own origin has.
 */

import type { EntriesConnection } from './entries/schema';
import { Serial } from './serial';

const CHANNEL = 'settings';
const RECORD = 'current';

/** A message without contents: whoever hears it reads the record. */
function tell(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** For whoever writes it, and whoever watches it. */
export class SettingsCopy {
  readonly #connection: EntriesConnection;
  readonly #changes = new Serial();

  constructor(connection: EntriesConnection) {
    this.#connection = connection;
  }

  /** Resolves once the copy is these settings, or later ones, and those who watch it have been told. */
  write(settings: unknown): Promise<void> {
    return this.#changes.runNewest(async () => {
      // Most starts of the service worker change nothing.
      if (JSON.stringify(await this.#read()) === JSON.stringify(settings)) return;
      await this.#connection.use((connection) => connection.put('settings', settings, RECORD));
      tell();
    });
  }

  /** Calls back with the copy as it is now, undefined where there is none, and again after each change, of which `onChange` hears first. */
  watch(listener: (settings: unknown) => void, onError: (error: unknown) => void, onChange: () => void): void {
    let newest = 0;
    const update = () => {
      const number = ++newest;
      const listen = (settings: unknown) => {
        // A later reading may be faster.
        if (number === newest) listener(settings);
      };
      this.#read().then(listen, onError);
    };
    new BroadcastChannel(CHANNEL).addEventListener('message', () => {
      onChange();
      update();
    });
    update();
  }

  #read(): Promise<unknown> {
    return this.#connection.use((connection) => connection.get('settings', RECORD));
  }
}
