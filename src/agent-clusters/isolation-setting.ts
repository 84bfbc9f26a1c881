/** The setting `isolation`, one origin at a time. Only pages of the extension can change it. */

import type { Isolation, Settings } from '../extension/settings';

async function read(): Promise<Partial<Settings>> {
  const { settings } = await chrome.storage.local.get<{ settings?: Partial<Settings> }>('settings');
  return settings ?? {};
}

export async function isolationOf(origin: string): Promise<Isolation> {
  return (await read()).isolation?.[origin] ?? 'respect';
}

/** "respect" takes the origin off the list. */
export async function setIsolation(origin: string, keying: Isolation): Promise<void> {
  const settings = await read();
  const { [origin]: _, ...others } = settings.isolation ?? {};
  const isolation = keying === 'respect' ? others : { ...others, [origin]: keying };
  await chrome.storage.local.set({ settings: { ...settings, isolation } });
}
