/** What a person is told of each setting, and what it is set with. The compiler names a setting that has none. */

import type { TextName } from '../../components/text';
import type { SettingPath } from '../../extension/settings';

/** `json`: a text, which is JSON. */
export type Control = { readonly type: 'switch' | 'number' | 'json' } | { readonly type: 'choice'; readonly values: readonly string[] };

export interface Description {
  readonly control: Control;
  readonly meaning: TextName;
}

const SWITCH: Control = { type: 'switch' };
const NUMBER: Control = { type: 'number' };
const JSON_TEXT: Control = { type: 'json' };

const choiceOf = (...values: string[]): Control => ({ type: 'choice', values });

/** In the order in which they are shown. */
export const DESCRIPTIONS: { readonly [Path in SettingPath]: Description } = {
  enabled: { control: SWITCH, meaning: 'settingEnabled' },
  enrollment: { control: JSON_TEXT, meaning: 'settingEnrollment' },
  blockedSites: { control: JSON_TEXT, meaning: 'settingBlockedSites' },
  durability: { control: choiceOf('relaxed', 'strict'), meaning: 'settingDurability' },
  quotaBytes: { control: NUMBER, meaning: 'settingQuotaBytes' },
  retentionDays: { control: NUMBER, meaning: 'settingRetentionDays' },
  clockOffsetMs: { control: NUMBER, meaning: 'settingClockOffsetMs' },
  'budgets.pageBits': { control: NUMBER, meaning: 'settingPageBits' },
  'budgets.sitePageBits': { control: NUMBER, meaning: 'settingSitePageBits' },
  'budgets.siteDailyBits': { control: NUMBER, meaning: 'settingSiteDailyBits' },
  'selectUrl.reveal': { control: SWITCH, meaning: 'settingReveal' },
  'selectUrl.forceIndex': { control: JSON_TEXT, meaning: 'settingForceIndex' },
  'privateAggregation.delay': { control: choiceOf('none', 'native', 'manual'), meaning: 'settingDelay' },
  'privateAggregation.keys': { control: JSON_TEXT, meaning: 'settingKeys' },
  'privateAggregation.tenMinuteBudget': { control: NUMBER, meaning: 'settingTenMinuteBudget' },
  'privateAggregation.dailyBudget': { control: NUMBER, meaning: 'settingDailyBudget' },
  interestGroups: { control: SWITCH, meaning: 'settingInterestGroups' },
  'possibilities.eventHandlers': { control: SWITCH, meaning: 'settingEventHandlers' },
  eventLogSize: { control: NUMBER, meaning: 'settingEventLogSize' },
  preferPolyfill: { control: SWITCH, meaning: 'settingPreferPolyfill' },
  isolation: { control: JSON_TEXT, meaning: 'settingIsolation' },
  simulations: { control: JSON_TEXT, meaning: 'settingSimulations' },
};
