/** The settings contract: `chrome.storage.local` key `settings`, read live, defaults for whatever is absent or invalid. */

import { NAVIGATION_ENTROPY_ALLOWANCE, OVERALL_PAGE_ENTROPY_ALLOWANCE, SITE_PAGE_ENTROPY_ALLOWANCE } from '../spec/budgets';
import { DEFAULT_QUOTA } from '../spec/database';
import { NATIVE_BUDGETS } from '../spec/private-aggregation/budget';
import type { ReportDelay } from '../spec/private-aggregation/scheduling';
import { MAXIMUM_URLS } from '../spec/select-url';
import { browser } from './browser';

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
  /** Replace a native `window.sharedStorage` where the browser still has one. */
  readonly preferPolyfill: boolean;
  /** By origin; those that are absent are respected. Stronger than the origin's `Origin-Policy` and `Origin-Agent-Cluster`. */
  readonly isolation: Readonly<Record<string, Isolation>>;
}

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
  preferPolyfill: false,
  isolation: {},
};

type Validators<Part> = { [Name in keyof Part]: (value: unknown) => value is Part[Name] };

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isBudget = (value: unknown): value is number => isNumber(value) && value >= 0;
const isIndex = (value: unknown): value is number => isCount(value) && value < MAXIMUM_URLS;

/** Sites as `https://example.com` or, with the scheme left out, `example.com`; what is under them belongs to them. */
const isListOfSites = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((site) => typeof site === 'string' && site !== '');

const ISOLATION: ReadonlySet<unknown> = new Set<Isolation>(['origin-keyed', 'site-keyed', 'respect']);

/** Each origin becomes a rule of the browser's, which takes a few thousand. */
const MAXIMUM_ORIGINS = 1000;

const isSerializedOrigin = (text: string): boolean => /^https?:/.test(text) && URL.parse(text)?.origin === text;

/** By serialized origin: `https://a.example`, without a path. */
function isIsolation(value: unknown): value is Settings['isolation'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MAXIMUM_ORIGINS && entries.every(([origin, keying]) => isSerializedOrigin(origin) && ISOLATION.has(keying));
}

const DELAYS: ReadonlySet<unknown> = new Set<ReportDelay>(['none', 'native', 'manual']);
const isDelay = (value: unknown): value is ReportDelay => DELAYS.has(value);

const isKeySource = (value: unknown): boolean =>
  value === 'local' || (typeof value === 'string' && /^https?:/.test(URL.parse(value)?.protocol ?? ''));

const isKeys = (value: unknown): value is Settings['privateAggregation']['keys'] =>
  isFields(value) && Object.entries(value).every(([origin, source]) => isSerializedOrigin(origin) && isKeySource(source));

/** No sum of contributions may exceed the four bytes that it has in a report. */
const isContributionBudget = (value: unknown): value is number => isCount(value) && value < 2 ** 32;

const isForceIndex = (value: unknown): value is Settings['selectUrl']['forceIndex'] =>
  isFields(value) && Object.values(value).every((operations) => isFields(operations) && Object.values(operations).every(isIndex));

/** A hundred years: dates stay dates. */
const LONGEST_OFFSET = 100 * 366 * 24 * 60 * 60 * 1000;

/** Settings that are objects; each of their fields is decoded on its own. */
type Groups = Pick<Settings, 'budgets' | 'selectUrl' | 'privateAggregation'>;

const groupValidators: { [Name in keyof Groups]: Validators<Groups[Name]> } = {
  budgets: { pageBits: isBudget, sitePageBits: isBudget, siteDailyBits: isBudget },
  selectUrl: { reveal: isBoolean, forceIndex: isForceIndex },
  privateAggregation: { delay: isDelay, keys: isKeys, tenMinuteBudget: isContributionBudget, dailyBudget: isContributionBudget },
};

const validators: Validators<Omit<Settings, keyof Groups>> = {
  enabled: isBoolean,
  enrollment: (value): value is 'all' | string[] => value === 'all' || isListOfSites(value),
  blockedSites: isListOfSites,
  durability: (value): value is Settings['durability'] => value === 'relaxed' || value === 'strict',
  quotaBytes: isCount,
  retentionDays: (value): value is number => isNumber(value) && value > 0,
  clockOffsetMs: (value): value is number => isNumber(value) && Math.abs(value) <= LONGEST_OFFSET,
  eventLogSize: isCount,
  interestGroups: isBoolean,
  preferPolyfill: isBoolean,
  isolation: isIsolation,
};

export interface DecodedSettings {
  readonly settings: Settings;
  /** One line for each field that was ignored. */
  readonly warnings: string[];
}

type AnyValidators = Readonly<Record<string, (value: unknown) => boolean>>;

/** The defaults, and what is valid of the given fields; `path` leads to them. */
function decodeFields<Defaults extends object>(
  given: Fields,
  defaults: Defaults,
  validators: AnyValidators,
  path: string,
  warnings: string[],
): Defaults {
  const decoded: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const group = path === 'settings' && Object.hasOwn(groupValidators, name) ? (name as keyof Groups) : null;
    if (group && isFields(value))
      decoded[name] = decodeFields(value, DEFAULT_SETTINGS[group], groupValidators[group], `${path}.${name}`, warnings);
    else if (!group && !Object.hasOwn(validators, name)) warnings.push(`${path}.${name} is unknown and ignored`);
    else if (!group && validators[name]?.(value)) decoded[name] = value;
    else warnings.push(`${path}.${name} is invalid and ignored: ${JSON.stringify(value)}`);
  }
  return { ...defaults, ...decoded };
}

export function decodeSettings(stored: unknown): DecodedSettings {
  const warnings: string[] = [];
  if (stored === undefined) return { settings: DEFAULT_SETTINGS, warnings };
  if (!isFields(stored)) return { settings: DEFAULT_SETTINGS, warnings: ['"settings" is not an object; the defaults apply'] };
  const settings = decodeFields(stored, DEFAULT_SETTINGS, validators, 'settings', warnings);
  return { settings, warnings };
}

/** A record that is written only to hear of it. */
const PROBE = 'listening';

/** How long after a write somebody who listens has heard of it, in milliseconds. */
const HEARD_WITHIN = 50;

/**
 * Resolves once changes are heard. For some milliseconds after its installation nobody knows that an extension listens, and a change that
 * comes then is told to nobody.
 */
async function untilHeard(): Promise<void> {
  let isHeard = false;
  const hear = (changes: Record<string, unknown>) => {
    isHeard ||= PROBE in changes;
  };
  browser.storage.local.onChanged.addListener(hear);
  for (let count = 0; !isHeard; count++) {
    await browser.storage.local.set({ [PROBE]: count });
    await new Promise((resolve) => setTimeout(resolve, HEARD_WITHIN));
  }
  browser.storage.local.onChanged.removeListener(hear);
  await browser.storage.local.remove(PROBE);
}

/** Calls back with the settings now, and again after each change; with those `before` a change that was heard of, which may have started this worker. */
export function watchSettings(listener: (decoded: DecodedSettings, before?: Settings) => void): void {
  let changed = false;
  browser.storage.local.onChanged.addListener((changes) => {
    if (!changes.settings) return;
    changed = true;
    listener(decodeSettings(changes.settings.newValue), decodeSettings(changes.settings.oldValue).settings);
  });
  browser.storage.local.get('settings').then(({ settings }) => {
    // What was asked for before a change may be answered after it.
    if (!changed) listener(decodeSettings(settings));
  });
  browser.runtime.onInstalled?.addListener(async () => {
    await untilHeard();
    const { settings } = await browser.storage.local.get('settings');
    listener(decodeSettings(settings));
  });
}
