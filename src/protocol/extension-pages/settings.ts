/** The settings, as the extension's own pages and the test kit read and change them. docs/settings.md names the fields. */

import { boolean, type Decoder, INVALID, isFields, object } from '../schema';
import type { DecodersOf } from './feature';

/** Settings by name; what is a group of settings is an object. */
export type SettingsFields = Readonly<Record<string, unknown>>;

export interface SettingsRequests {
  /** All settings, those that nobody has set by their defaults. */
  'settings.read': { params: object; result: SettingsFields };
  /**
   * Sets these, and leaves the others as they are or, where `isWhole`, gives them their defaults back. Fails with a TypeError that says what is
   * unknown or invalid, and changes nothing then. Resolves once they are in force, to all settings.
   */
  'settings.write': { params: { settings: SettingsFields; isWhole: boolean }; result: SettingsFields };
}

const fields: Decoder<SettingsFields> = (value) => (isFields(value) && !Array.isArray(value) ? { ...value } : INVALID);

export const settingsDecoders: DecodersOf<SettingsRequests> = {
  'settings.read': object({}),
  'settings.write': object({ settings: fields, isWhole: boolean }),
};
