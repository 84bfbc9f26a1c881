/** Reads and changes the stored settings: for the extension's own pages, and for the service worker where such a page asks it to. */

import { browser } from './browser';
import type { SettingGroups, Settings } from './settings';

/** Of these as well, what was never set is not there. */
type Groups = keyof SettingGroups;

/** What is stored: only what was ever set. */
export type StoredSettings = Partial<Omit<Settings, Groups>> & { readonly [Name in Groups]?: Partial<Settings[Name]> };

/** So that two pages that change something at once both find their change there. */
const LOCK = 'settings';

const isFields = (value: unknown): value is StoredSettings => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is stored under `settings`, whatever it is. */
export async function readStoredSettings(): Promise<unknown> {
  const { settings } = await browser.storage.local.get('settings');
  return settings;
}

/** What of them was ever set; nothing where something else is stored in their place. */
export async function storedSettings(): Promise<StoredSettings> {
  const stored = await readStoredSettings();
  return isFields(stored) ? stored : {};
}

/** Resolves once it is stored; what counts then is told to whoever watches the settings. */
export async function changeSettings(change: (stored: StoredSettings) => StoredSettings): Promise<void> {
  // So that of two changes of one page the first comes first (see lock-turns.ts).
  await navigator.locks.query();
  await navigator.locks.request(LOCK, async () => {
    await browser.storage.local.set({ settings: change(await storedSettings()) });
  });
}

/** The record with the member, or without it where the value is undefined. */
export function withMember<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  name: string,
  value: Value | undefined,
): Record<string, Value> {
  const { [name]: _, ...others } = record ?? {};
  return value === undefined ? others : { ...others, [name]: value };
}
