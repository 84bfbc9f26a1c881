/** The setting `isolation`, one origin at a time. Only pages of the extension can change it. */

import { changeSettings, withMember } from '../extension/change-settings';
import type { Isolation, Settings } from '../extension/settings';

export async function isolationOf(origin: string): Promise<Isolation> {
  const { settings } = await chrome.storage.local.get<{ settings?: Partial<Settings> }>('settings');
  return settings?.isolation?.[origin] ?? 'respect';
}

/** "respect" takes the origin off the list. */
export async function setIsolation(origin: string, keying: Isolation): Promise<void> {
  await changeSettings((stored) => ({
    ...stored,
    isolation: withMember(stored.isolation, origin, keying === 'respect' ? undefined : keying),
  }));
}
