/** The settings, for the extension's own pages. */

import { changeSettings } from '../../../extension/change-settings';
import { decodeSettings } from '../../../extension/decode-settings';
import type { LiveSettings } from '../../../extension/live-settings';
import { DEFAULT_SETTINGS } from '../../../extension/settings';
import type { SettingsFields, SettingsRequests } from '../../../protocol/extension-pages/settings';
import { isFields } from '../../../protocol/schema';
import type { SettingsCopy } from '../../../store/settings-copy';
import type { ExtensionPageHandlersOf } from './table';

interface Services {
  readonly settings: LiveSettings;
  readonly settingsCopy: SettingsCopy;
}

const isGroup = (value: unknown): value is SettingsFields => isFields(value) && !Array.isArray(value);

/** The groups that settings are in are changed member by member. A group whose members are names of a page's (by origin) is a member itself. */
function merge(stored: SettingsFields, given: SettingsFields, groups: SettingsFields): SettingsFields {
  const merged: Record<string, unknown> = { ...stored };
  for (const [name, value] of Object.entries(given)) {
    const before = merged[name];
    merged[name] = isGroup(groups[name]) && isGroup(value) && isGroup(before) ? { ...before, ...value } : value;
  }
  return merged;
}

/** Of the settings' own groups every member has a default. */
const groupsOf = (defaults: SettingsFields): SettingsFields =>
  Object.fromEntries(Object.entries(defaults).filter(([, value]) => isGroup(value) && Object.keys(value).length > 0));

export function settingsHandlers({ settings, settingsCopy }: Services): ExtensionPageHandlersOf<keyof SettingsRequests> {
  return {
    'settings.read': async () => ({ ...(await settings.get()) }),
    'settings.write': async ({ settings: given, isWhole }) => {
      const { warnings } = decodeSettings(given);
      if (warnings.length > 0) throw new TypeError(warnings.join('; '));
      const groups = groupsOf({ ...DEFAULT_SETTINGS });
      let written: SettingsFields = {};
      await changeSettings((stored) => {
        written = merge(isWhole ? {} : { ...stored }, given, groups);
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
