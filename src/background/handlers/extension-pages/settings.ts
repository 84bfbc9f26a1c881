/** The settings, for the extension's own pages. */

import { changeSettings } from '../../../extension/stored-settings';
import { decodeSettings } from '../../../extension/decode-settings';
import type { LiveSettings } from '../../../extension/live-settings';
import { isSettingGroup } from '../../../extension/settings';
import type { SettingsFields, SettingsRequests } from '../../../protocol/extension-pages/settings';
import { isFields } from '../../../protocol/schema';
import type { SettingsCopy } from '../../../store/settings-copy';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly settings: LiveSettings;
  readonly settingsCopy: SettingsCopy;
}

const isGroup = (value: unknown): value is SettingsFields => isFields(value) && !Array.isArray(value);

/** The groups that settings are in are changed member by member; records by origin are not. */
function merge(stored: SettingsFields, given: SettingsFields): SettingsFields {
  const merged: Record<string, unknown> = { ...stored };
  for (const [name, value] of Object.entries(given)) {
    const before = merged[name];
    merged[name] = isSettingGroup(name) && isGroup(value) && isGroup(before) ? { ...before, ...value } : value;
  }
  return merged;
}

export function settingsHandlers({ settings, settingsCopy }: Services): ExtensionPageHandlersOf<keyof SettingsRequests> {
  return {
    'settings.read': async () => ({ ...(await settings.get()) }),
    'settings.write': async ({ settings: given, isWhole }) => {
      const { warnings } = decodeSettings(given);
      if (warnings.length > 0) throw new TypeError(warnings.join('; '));
      let written: SettingsFields = {};
      await changeSettings((stored) => {
        written = merge(isWhole ? {} : { ...stored }, given);
        return written;
      });
      // Whoever asked goes on at once: what the browser tells all parts of the extension may come later.
      const { settings: inForce } = decodeSettings(written);
      settings.set(inForce);
      await settingsCopy.write(inForce);
      return { ...inForce };
    },
  };
}
