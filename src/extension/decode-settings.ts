/** What of stored settings is valid, and what is said of the rest. */

import type { ReportDelay } from '../spec/private-aggregation/scheduling';
import { because, type OwnReason, type Reason } from '../spec/reason';
import { MAXIMUM_URLS } from '../spec/select-url';
import { DEFAULT_SETTINGS, type Isolation, isSettingGroup, type SettingGroups, type Settings } from './settings';
import { SIMULATION_VALIDATORS } from './simulations';

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

/** Each of their fields is decoded on its own. */
const groupValidators: { [Name in keyof SettingGroups]: Validators<SettingGroups[Name]> } = {
  budgets: { pageBits: isBudget, sitePageBits: isBudget, siteDailyBits: isBudget },
  selectUrl: { reveal: isBoolean, forceIndex: isForceIndex },
  privateAggregation: { delay: isDelay, keys: isKeys, tenMinuteBudget: isContributionBudget, dailyBudget: isContributionBudget },
  possibilities: { eventHandlers: isBoolean },
};

type AnyValidators = Readonly<Record<string, (value: unknown) => boolean>>;

/** Settings that are records by origin, of which each field is decoded on its own. */
type ByOrigin = Pick<Settings, 'simulations'>;

const byOriginValidators: { [Name in keyof ByOrigin]: AnyValidators } = { simulations: SIMULATION_VALIDATORS };

const validators: Validators<Omit<Settings, keyof SettingGroups | keyof ByOrigin>> = {
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

/** What is wrong with a field. */
export interface SettingProblem {
  readonly path: readonly string[];
  readonly problem: OwnReason;
}

export interface DecodedSettings {
  readonly settings: Settings;
  /** One for each field that was ignored. */
  readonly warnings: Reason[];
}

type Path = readonly string[];

/** What is valid of the given fields; `path` leads to them. */
function decodeFields(given: Fields, decode: (name: string, value: unknown, path: Path) => Fields | null, path: Path): Fields {
  return Object.assign({}, ...Object.entries(given).map(([name, value]) => decode(name, value, [...path, name])));
}

/** The settings one by one: each is given with a path, and comes back under its name, unless it is ignored. */
class SettingsDecoder {
  readonly problems: SettingProblem[] = [];

  decodeSetting(name: string, value: unknown, path: Path): Fields | null {
    if (isFields(value) && isSettingGroup(name)) {
      const decoded = decodeFields(value, (field, one, at) => this.#decodeField(groupValidators[name], field, one, at), path);
      return { [name]: { ...DEFAULT_SETTINGS[name], ...decoded } };
    }
    if (isFields(value) && Object.hasOwn(byOriginValidators, name))
      return this.#decodeByOrigin(name, byOriginValidators[name as keyof ByOrigin], value, path);
    if (isSettingGroup(name) || Object.hasOwn(byOriginValidators, name)) return this.#invalid(value, path);
    return this.#decodeField(validators, name, value, path);
  }

  #decodeByOrigin(name: string, fields: AnyValidators, value: Fields, path: Path): Fields | null {
    if (Object.keys(value).length > MAXIMUM_ORIGINS) return this.#invalid(value, path);
    const decodeOrigin = (origin: string, given: unknown, at: Path) => {
      if (!isSerializedOrigin(origin) || !isFields(given)) return this.#invalid(given, at);
      return { [origin]: decodeFields(given, (field, one, place) => this.#decodeField(fields, field, one, place), at) };
    };
    return { [name]: decodeFields(value, decodeOrigin, path) };
  }

  #decodeField(known: AnyValidators, name: string, value: unknown, path: Path): Fields | null {
    if (Object.hasOwn(known, name)) return known[name]?.(value) ? { [name]: value } : this.#invalid(value, path);
    this.problems.push({ path, problem: because('problemUnknown') });
    return null;
  }

  #invalid(value: unknown, path: Path): null {
    this.problems.push({ path, problem: because('problemInvalid', JSON.stringify(value)) });
    return null;
  }
}

function decodeAll(stored: unknown): { settings: Settings; problems: readonly SettingProblem[] } {
  if (stored === undefined) return { settings: DEFAULT_SETTINGS, problems: [] };
  if (!isFields(stored)) return { settings: DEFAULT_SETTINGS, problems: [{ path: [], problem: because('problemNoObject') }] };
  const decoder = new SettingsDecoder();
  const decoded = decodeFields(stored, (name, value, path) => decoder.decodeSetting(name, value, path), []);
  return { settings: { ...DEFAULT_SETTINGS, ...decoded }, problems: decoder.problems };
}

function warningOf({ path, problem: { text, values } }: SettingProblem): Reason {
  if (path.length === 0) return because('warningNoObject');
  return because(text === 'problemUnknown' ? 'warningUnknown' : 'warningInvalid', ['settings', ...path].join('.'), ...values);
}

export function decodeSettings(stored: unknown): DecodedSettings {
  const { settings, problems } = decodeAll(stored);
  return { settings, warnings: problems.map(warningOf) };
}

/** What is wrong with them, place by place. */
export const problemsOfSettings = (stored: unknown): readonly SettingProblem[] => decodeAll(stored).problems;
