/** The settings, for the extension's own pages. */

import { decodeSettings } from '../../../extension/decode-settings';
import { isSettingGroup } from '../../../extension/settings';
import { wordsOf } from '../../../extension/words';
import type { SettingsFields, SettingsRequests } from '../../../protocol/extension-pages/settings';
import { isFields } from '../../../protocol/schema';
import { putInForce, type SettingsInForce } from './settings-in-force';
import type { ExtensionPageHandlersOf } from './table';

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

export function settingsHandlers(services: SettingsInForce): ExtensionPageHandlersOf<keyof SettingsRequests> {
  return {
    'settings.read': async () => {
      const settings = await services.settings.get();
      // A worker that has just started may still be at it.
      await services.optionalScripts.apply(settings);
      return { ...settings };
    },
    'settings.write': async ({ settings: given, isWhole }) => {
      const { warnings } = decodeSettings(given);
      if (warnings.length > 0) throw new TypeError(warnings.map(wordsOf).join('; '));
      return { ...(await putInForce(services, (stored) => merge(isWhole ? {} : { ...stored }, given))) };
    },
  };
}
