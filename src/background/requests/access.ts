/**
 * Whether the settings allow the use of shared storage. What native told its caller is told; why, is for the event log.
 * https://wicg.github.io/shared-storage/#check-if-user-preference-setting-allows-access-to-shared-storage
 */

import type { Settings } from '../../extension/settings';
import { simulationOf } from '../../extension/simulations';
import { Refusal } from '../../protocol/envelope';
import { because, type Reason } from '../../spec/reason';
import { isSiteIn } from '../../store/site';

const DISABLED = 'sharedStorage is disabled';
const ADD_MODULE_DISABLED =
  'sharedStorage.worklet.addModule is disabled because either sharedStorage is disabled or both sharedStorage.selectURL and privateAggregation are disabled';

const SELECT_URL_DISABLED = 'sharedStorage.selectURL is disabled';

/** What the methods are told for which native has words of their own. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['addModule', ADD_MODULE_DISABLED],
  ['selectURL', SELECT_URL_DISABLED],
]);

/** Why the settings refuse a data origin. */
export interface SettingsRefusal {
  readonly reason: Reason;
  /** Whether it is a choice of the user's for the site alone. */
  readonly ofSite: boolean;
  /** What native says in the console, if anything. */
  readonly consoleText: string | null;
}

/** A refusal by the settings. `hidden`: the caller is told that all went well. */
export class AccessRefusal extends Refusal {
  readonly hidden: boolean;
  /** What native writes into the console of the document, as an error. */
  readonly consoleText: string | null;

  constructor(message: string, { reason, consoleText }: SettingsRefusal, hidden: boolean) {
    super('OperationError', message, reason);
    this.hidden = hidden;
    this.consoleText = consoleText;
  }
}

const notEnrolled = (dataOrigin: string, reason: Reason): SettingsRefusal => ({
  reason,
  ofSite: false,
  consoleText: `Attestation check for Shared Storage on ${dataOrigin} failed.`,
});

const refusal = (reason: Reason, ofSite = false): SettingsRefusal => ({ reason, ofSite, consoleText: null });

/** Null where the settings do not refuse the data origin. */
export function refusalOf({ enabled, enrollment, blockedSites, simulations }: Settings, dataOrigin: string): SettingsRefusal | null {
  const simulated = simulationOf(simulations, dataOrigin);
  if (!enabled) return refusal(because('reasonSwitchedOff'));
  // If the result of obtaining a site with origin is not enrolled, then return false. ("Allowed by context": never hidden.)
  if (enrollment !== 'all' && !isSiteIn(enrollment, dataOrigin)) return notEnrolled(dataOrigin, because('reasonNotEnrolled'));
  if (simulated.notEnrolled) return notEnrolled(dataOrigin, because('reasonSimulatedNotEnrolled'));
  if (simulated.userDisabled) return refusal(because('reasonSimulatedDisabled'));
  if (isSiteIn(blockedSites, dataOrigin)) return refusal(because('reasonBlockedSite'), true);
  return null;
}

/**
 * Throws an AccessRefusal where the settings refuse. That a user blocked a site is hidden from the documents of other origins:
 * "The error will only be exposed to the caller for a same-origin worklet."
 */
export function requireAccess(settings: Settings, origin: string, dataOrigin: string, method: string): void {
  const refused = refusalOf(settings, dataOrigin);
  if (refused) throw new AccessRefusal(MESSAGES.get(method) ?? DISABLED, refused, refused.ofSite && origin !== dataOrigin);
}
