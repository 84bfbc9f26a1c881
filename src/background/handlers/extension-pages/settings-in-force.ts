/** Changes of the settings that somebody waits for. */

import { decodeSettings } from '../../../extension/decode-settings';
import type { LiveSettings } from '../../../extension/live-settings';
import type { Settings } from '../../../extension/settings';
import { changeSettings, type StoredSettings } from '../../../extension/stored-settings';
import type { SettingsCopy } from '../../../store/settings-copy';

export interface SettingsInForce {
  readonly settings: LiveSettings;
  readonly settingsCopy: SettingsCopy;
}

/**
 * Resolves to the settings once they are in force: whoever asked goes on at once, and what the browser tells all parts of the extension of a change may
 * come later.
 */
export async function putInForce(
  { settings, settingsCopy }: SettingsInForce,
  change: (stored: StoredSettings) => StoredSettings,
): Promise<Settings> {
  let written: StoredSettings = {};
  await changeSettings((stored) => {
    written = change(stored);
    return written;
  });
  const { settings: inForce } = decodeSettings(written);
  settings.set(inForce);
  await settingsCopy.write(inForce);
  return inForce;
}
