/**
 * Whether the settings allow the use of shared storage. What native told its caller is told; why, is for the event log.
 * https://wicg.github.io/shared-storage/#check-if-user-preference-setting-allows-access-to-shared-storage
 */

import type { Settings } from '../../extension/settings';
import { Refusal } from '../../protocol/envelope';
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

/** A refusal by the settings. `hidden`: the caller is told that all went well. */
export class AccessRefusal extends Refusal {
  readonly hidden: boolean;

  constructor(message: string, reason: string, hidden: boolean) {
    super('OperationError', message, reason);
    this.hidden = hidden;
  }
}

/** Why the settings refuse the data origin, or null where they do not. */
export function reasonOfRefusal(
  { enabled, enrollment, blockedSites }: Settings,
  dataOrigin: string,
): { reason: string; ofSite: boolean } | null {
  if (!enabled) return { reason: 'settings.enabled is false', ofSite: false };
  // If the result of obtaining a site with origin is not enrolled, then return false. ("Allowed by context": never hidden.)
  if (enrollment !== 'all' && !isSiteIn(enrollment, dataOrigin)) return { reason: 'The site is not in settings.enrollment', ofSite: false };
  if (isSiteIn(blockedSites, dataOrigin)) return { reason: 'The site is in settings.blockedSites', ofSite: true };
  return null;
}

/**
 * Throws an AccessRefusal where the settings refuse. That a user blocked a site is hidden from the documents of other origins:
 * "The error will only be exposed to the caller for a same-origin worklet."
 */
export function requireAccess(settings: Settings, origin: string, dataOrigin: string, method: string): void {
  const refused = reasonOfRefusal(settings, dataOrigin);
  if (!refused) return;
  const { reason, ofSite } = refused;
  throw new AccessRefusal(MESSAGES.get(method) ?? DISABLED, reason, ofSite && origin !== dataOrigin);
}
