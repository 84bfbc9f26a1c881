/** The settings contract: `chrome.storage.local` key `settings`, read live, defaults for whatever is absent or invalid. */

import { browser } from './browser';

export interface Settings {
  /** Replace a native `window.sharedStorage` where the browser still has one. */
  readonly preferPolyfill: boolean;
}

export const DEFAULT_SETTINGS: Settings = { preferPolyfill: false };

type Validators = { [Name in keyof Settings]: (value: unknown) => value is Settings[Name] };

const validators: Validators = {
  preferPolyfill: (value) => typeof value === 'boolean',
};

export interface DecodedSettings {
  readonly settings: Settings;
  /** One line for each field that was ignored. */
  readonly warnings: string[];
}

export function decodeSettings(stored: unknown): DecodedSettings {
  const warnings: string[] = [];
  const settings: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  if (stored === undefined) return { settings: DEFAULT_SETTINGS, warnings };
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored))
    return { settings: DEFAULT_SETTINGS, warnings: ['"settings" is not an object; the defaults apply'] };
  for (const [name, value] of Object.entries(stored)) {
    if (!Object.hasOwn(validators, name)) warnings.push(`settings.${name} is unknown and ignored`);
    else if (validators[name as keyof Settings](value)) settings[name] = value;
    else warnings.push(`settings.${name} is invalid and ignored: ${JSON.stringify(value)}`);
  }
  return { settings: settings as unknown as Settings, warnings };
}

/** Calls back with the settings now, and again after each change. */
export function watchSettings(listener: (decoded: DecodedSettings) => void): void {
  browser.storage.local.onChanged.addListener((changes) => {
    if (changes.settings) listener(decodeSettings(changes.settings.newValue));
  });
  browser.storage.local.get('settings').then(({ settings }) => listener(decodeSettings(settings)));
}
