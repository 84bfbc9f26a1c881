/** Changes of the settings that somebody waits for. */

import { decodeSettings } from '../../../extension/decode-settings';
import type { LiveSettings } from '../../../extension/live-settings';
import type { Settings } from '../../../extension/settings';
import { changeSettings, type StoredSettings } from '../../../extension/stored-settings';
import type { SettingsCopy } from '../../../store/settings-copy';
import type { OptionalScripts } from '../../browser/optional-scripts';

export interface SettingsInForce {
  readonly settings: LiveSettings;
  readonly settingsCopy: SettingsCopy;
  readonly optionalScripts: Pick<OptionalScripts, 'apply'>;
}

/**
 * Resolves to the settings once they are in force, for the next document as well: whoever asked goes on at once, and what the browser tells all parts of
 * the extension of a change may come later.
 */
export async function putInForce(
  { settings, settingsCopy, optionalScripts }: SettingsInForce,
  change: (stored: StoredSettings) => StoredSettings,
): Promise<Settings> {
  let written: StoredSettings = {};
  await changeSettings((stored) => {
    written = change(stored);
    return written;
  });
  const { settings: inForce } = decodeSettings(written);
  settings.set(inForce);
  await Promise.all([settingsCopy.write(inForce), optionalScripts.apply(inForce)]);
  return inForce;
}
