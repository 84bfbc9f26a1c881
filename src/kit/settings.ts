/** The settings, as tests write them: docs/settings.md says what each of them does. The types go into the package, which has no others of the extension's. */

/** What is made to happen to the data of an origin; what is absent is off. */
export interface Simulation {
  readonly notEnrolled?: boolean;
  readonly userDisabled?: boolean;
  readonly budgetExhausted?: boolean;
  readonly storageFull?: boolean;
  readonly slowWorkletMs?: number;
  readonly reportEndpointDown?: boolean;
}

/** All of them, as they are in force. */
export interface Settings {
  readonly blockedSites: readonly string[];
  readonly budgets: { readonly pageBits: number; readonly sitePageBits: number; readonly siteDailyBits: number };
  readonly clockOffsetMs: number;
  readonly durability: 'relaxed' | 'strict';
  readonly enabled: boolean;
  readonly enrollment: 'all' | readonly string[];
  readonly eventLogSize: number;
  readonly interestGroups: boolean;
  /** By origin. */
  readonly isolation: Readonly<Record<string, 'origin-keyed' | 'site-keyed' | 'respect'>>;
  readonly possibilities: { readonly eventHandlers: boolean };
  readonly preferPolyfill: boolean;
  readonly privateAggregation: {
    readonly dailyBudget: number;
    readonly delay: 'none' | 'native' | 'manual';
    /** By the coordinator's origin: a URL, or `local`. */
    readonly keys: Readonly<Record<string, string>>;
    readonly tenMinuteBudget: number;
  };
  readonly quotaBytes: number;
  readonly retentionDays: number;
  readonly selectUrl: {
    /** By data origin and name of the operation. */
    readonly forceIndex: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly reveal: boolean;
  };
  /** By data origin. */
  readonly simulations: Readonly<Record<string, Simulation>>;
}

type Groups = 'budgets' | 'selectUrl' | 'privateAggregation' | 'possibilities';

/** Some of them: of a group, too, only the members that are to change. */
export type SettingsPatch = Partial<Omit<Settings, Groups>> & { readonly [Name in Groups]?: Partial<Settings[Name]> };

/** @internal The extension answers with all of them, decoded. */
export const readSettings = (answer: Readonly<Record<string, unknown>>): Settings => answer as Readonly<Record<string, unknown>> & Settings;
