/** What is made to happen to the data of an origin, so that a page can be tested with it. */

/** Switches; what is absent is off. */
export interface Simulation {
  /** The origin's site is not enrolled. */
  readonly notEnrolled?: boolean;
  /** The user has switched the API off. */
  readonly userDisabled?: boolean;
  /** selectURL() has no bits left to reveal, and Private Aggregation no contributions left to make. */
  readonly budgetExhausted?: boolean;
  /** Whatever makes the entries larger exceeds the quota. */
  readonly storageFull?: boolean;
  /** How much later the module and each operation of a worklet start than they could, in milliseconds; 0 is off. */
  readonly slowWorkletMs?: number;
  /** Nobody answers where reports are sent to. */
  readonly reportEndpointDown?: boolean;
}

/** By serialized data origin. */
export type Simulations = Readonly<Record<string, Simulation>>;

/** A minute: longer than whatever waits for a worklet. */
export const SLOWEST_WORKLET = 60_000;

const NOTHING: Simulation = {};

export const simulationOf = (simulations: Simulations, origin: string): Simulation =>
  Object.hasOwn(simulations, origin) ? (simulations[origin] ?? NOTHING) : NOTHING;

/** The names of the switches that are on for the origin. */
export const simulatedFor = (simulations: Simulations, origin: string): string[] =>
  Object.entries(simulationOf(simulations, origin)).flatMap(([name, value]) => (value ? [name] : []));

const isSwitch = (value: unknown): boolean => typeof value === 'boolean';
const isDelay = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0 && (value as number) <= SLOWEST_WORKLET;

/** What each switch may be. */
export const SIMULATION_VALIDATORS: { readonly [Name in keyof Required<Simulation>]: (value: unknown) => boolean } = {
  notEnrolled: isSwitch,
  userDisabled: isSwitch,
  budgetExhausted: isSwitch,
  storageFull: isSwitch,
  slowWorkletMs: isDelay,
  reportEndpointDown: isSwitch,
};
