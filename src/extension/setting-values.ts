/** Single settings by their paths. */

import { problemsOfSettings } from './decode-settings';
import { DEFAULT_SETTINGS, type SettingPath } from './settings';
import type { StoredSettings } from './stored-settings';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function at(fields: unknown, path: SettingPath): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined), fields);
}

export const defaultOf = (path: SettingPath): unknown => at(DEFAULT_SETTINGS, path);

/** What is stored for it, valid or not; undefined where nothing is. */
export const storedAt = (stored: unknown, path: SettingPath): unknown => at(stored, path);

/** The settings with that value, or without any where it is undefined. */
export function withSetting(stored: StoredSettings, path: SettingPath, value: unknown): StoredSettings {
  const [name = '', field] = path.split('.');
  const fields: Fields = { ...stored };
  const { [name]: before, ...others } = fields;
  if (field === undefined) return value === undefined ? others : { ...others, [name]: value };
  const { [field]: _, ...siblings } = isFields(before) ? before : {};
  const group = value === undefined ? siblings : { ...siblings, [field]: value };
  return Object.keys(group).length === 0 ? others : { ...others, [name]: group };
}

/** Whether the value counts for the setting: the decoder that reads it says so. */
export const isValidSetting = (path: SettingPath, value: unknown): boolean => problemsOfSettings(withSetting({}, path, value)).length === 0;
