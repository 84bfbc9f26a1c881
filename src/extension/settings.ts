/** The settings contract: `chrome.storage.local` key `settings`, read live (watch-settings.ts), defaults for whatever is absent or invalid (decode-settings.ts). */

import { NAVIGATION_ENTROPY_ALLOWANCE, OVERALL_PAGE_ENTROPY_ALLOWANCE, SITE_PAGE_ENTROPY_ALLOWANCE } from '../spec/budgets';
import { DEFAULT_QUOTA } from '../spec/database';
import { NATIVE_BUDGETS } from '../spec/private-aggregation/budget';
import type { ReportDelay } from '../spec/private-aggregation/scheduling';
import type { Simulations } from './simulations';

/** How the documents of an origin are to be keyed; `respect` leaves it to the origin's policy and its server. */
export type Isolation = 'origin-keyed' | 'site-keyed' | 'respect';

export interface Settings {
  /** False refuses everything, as a browser does whose user has switched the API off. */
  readonly enabled: boolean;
  /** The sites that are enrolled; the others are refused. */
  readonly enrollment: 'all' | readonly string[];
  /** Sites that the user does not allow to use the API. */
  readonly blockedSites: readonly string[];
  /**
   * When the promises of a window's updates and of `run()` settle: once they are on their way to be carried out, or, `strict`, once they are kept in the
   * database and with the worklet.
   */
  readonly durability: 'relaxed' | 'strict';
  /** How many bytes the keys and values of one data origin may have, in UTF-16. */
  readonly quotaBytes: number;
  /** How many days after its last write an entry expires. */
  readonly retentionDays: number;
  /** Added to the clock, for everything that expires or is budgeted by time. */
  readonly clockOffsetMs: number;
  /** How many bits selectURL() may reveal: on a page in all, on a page for each site, in 24 hours for each site. */
  readonly budgets: { readonly pageBits: number; readonly sitePageBits: number; readonly siteDailyBits: number };
  readonly selectUrl: {
    /** Whether the event log says which index was selected. */
    readonly reveal: boolean;
    /** The index to select instead, by data origin and name of the operation. */
    readonly forceIndex: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  readonly privateAggregation: {
    readonly delay: ReportDelay;
    /**
     * Where the public keys of a coordinator, a serialized origin, are: a URL, or `local` for the key pair of this profile, which those that
     * are absent have as well. Whoever has a key here may be asked for as `aggregationCoordinatorOrigin`.
     */
    readonly keys: Readonly<Record<string, string>>;
    /** What the origins of a site may contribute in ten minutes, and in 24 hours. */
    readonly tenMinuteBudget: number;
    readonly dailyBudget: number;
  };
  /** How many events the event log keeps; 0 switches it off. */
  readonly eventLogSize: number;
  /** Let pages join interest groups, which worklets are then told of. */
  readonly interestGroups: boolean;
  /** What the explainer says might be added to the API one day, and no browser has ever had (docs/possibilities.md). */
  readonly possibilities: {
    /** `sharedStorage.addEventListener('key', …)` and `removeEventListener()`. */
    readonly eventHandlers: boolean;
  };
  /** Replace a native `window.sharedStorage` where the browser still has one. */
  readonly preferPolyfill: boolean;
  /** By origin; those that are absent are respected. Stronger than the origin's `Origin-Policy` and `Origin-Agent-Cluster`. */
  readonly isolation: Readonly<Record<string, Isolation>>;
  /** By data origin. */
  readonly simulations: Simulations;
}

/** Settings that are objects, and whose fields are settings by themselves. */
export const SETTING_GROUPS = [
  'budgets',
  'selectUrl',
  'privateAggregation',
  'possibilities',
] as const satisfies readonly (keyof Settings)[];
export type SettingGroups = Pick<Settings, (typeof SETTING_GROUPS)[number]>;

export const isSettingGroup = (name: string): name is keyof SettingGroups => (SETTING_GROUPS as readonly string[]).includes(name);

/** The name of each setting; of a field of a group, with the group's before it. */
export type SettingPath =
  | Exclude<keyof Settings, keyof SettingGroups>
  | { [Group in keyof SettingGroups]: `${Group}.${Extract<keyof SettingGroups[Group], string>}` }[keyof SettingGroups];

export const DEFAULT_SETTINGS: Settings = {
  enabled: true,
  enrollment: 'all',
  blockedSites: [],
  durability: 'relaxed',
  quotaBytes: DEFAULT_QUOTA,
  retentionDays: 30,
  clockOffsetMs: 0,
  budgets: {
    pageBits: OVERALL_PAGE_ENTROPY_ALLOWANCE,
    sitePageBits: SITE_PAGE_ENTROPY_ALLOWANCE,
    siteDailyBits: NAVIGATION_ENTROPY_ALLOWANCE,
  },
  selectUrl: { reveal: true, forceIndex: {} },
  privateAggregation: {
    delay: 'none',
    keys: {},
    tenMinuteBudget: NATIVE_BUDGETS.tenMinutes,
    dailyBudget: NATIVE_BUDGETS.day,
  },
  eventLogSize: 10_000,
  interestGroups: false,
  possibilities: { eventHandlers: false },
  preferPolyfill: false,
  isolation: {},
  simulations: {},
};
