/** What pages that may join interest groups ask for. https://wicg.github.io/turtledove/#joining-interest-groups */

import type { LiveSettings } from '../../extension/live-settings';
import { Refusal, succeed } from '../../protocol/envelope';
import { adoptFormerNames } from '../../spec/interest-groups/former-names';
import type { GivenInterestGroup, InterestGroup } from '../../spec/interest-groups/interest-group';
import { InvalidInterestGroup, ownerOrigin } from '../../spec/interest-groups/invalid';
import { resolveInterestGroup } from '../../spec/interest-groups/resolve';
import { validateInterestGroup } from '../../spec/interest-groups/validate';
import { isAggregationCoordinator } from '../../spec/private-aggregation/coordinators';
import { because, type Reason, said } from '../../spec/reason';
import type { InterestGroups } from '../../store/interest-groups';
import { isPermittedByOwner } from '../interest-groups/owner-permission';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { Caller } from '../requests/caller';
import type { Gate } from '../requests/gate';
import type { HandlersOf } from './table';

interface Services {
  readonly gate: Gate;
  readonly policies: PermissionsPolicies;
  readonly interestGroups: InterestGroups;
  readonly settings: LiveSettings;
  readonly coordinators: () => Promise<readonly string[]>;
}

type Method = 'joinAdInterestGroup' | 'leaveAdInterestGroup' | 'clearOriginJoinedAdInterestGroups';

const contextOf = (method: Method): string => `Failed to execute '${method}' on 'Navigator'`;

/** Native's words for what a policy or an owner denies. */
const refusal = (name: string, method: Method, text: string) => new Refusal(name, `${contextOf(method)}: ${text}`);

/** The owner's origin. */
function requireOwner(given: string, name: string | null, method: Method): string {
  const named = name === null ? '' : ` for AuctionAdInterestGroup with name '${name}'`;
  const owner = ownerOrigin(given);
  if (owner === null) throw refusal('TypeError', method, `owner '${given}'${named} must be a valid https origin.`);
  return owner;
}

interface Joining {
  readonly group: InterestGroup;
  readonly lifetimeMs: number;
}

function requireValid(given: GivenInterestGroup, base: string, coordinators: readonly string[]): Joining {
  try {
    const named = adoptFormerNames(given);
    const group = resolveInterestGroup(named, base, (origin) => isAggregationCoordinator(origin, coordinators));
    validateInterestGroup(group);
    return { group, lifetimeMs: named.lifetimeMs };
  } catch (error) {
    throw error instanceof InvalidInterestGroup ? refusal(error.errorName, 'joinAdInterestGroup', error.message) : error;
  }
}

async function topOrigin({ tabId, origin }: Caller): Promise<string> {
  const top = await chrome.webNavigation.getFrame({ tabId, frameId: 0 });
  const url = top && URL.parse(top.url);
  return url && url.origin !== 'null' ? url.origin : origin;
}

export function interestGroupHandlers({
  gate,
  policies,
  interestGroups,
  settings,
  coordinators,
}: Services): HandlersOf<'interest.join' | 'interest.leave' | 'interest.clear'> {
  const requirePolicy = async (caller: Caller, method: Method) => {
    if (await policies.isEnabled(caller, 'join-ad-interest-group', caller.origin)) return;
    throw refusal('NotAllowedError', method, 'Feature join-ad-interest-group is not enabled by Permissions Policy');
  };

  /** Carries it out, and notes in the event log what came of it. */
  const noted = async (caller: Caller, method: Method, parameters: unknown, task: () => Promise<void>) => {
    const { tabId, documentId, origin: dataOrigin } = caller;
    const note = (why: Reason | null) => gate.note(method, { scope: 'window', tabId, documentId, dataOrigin, parameters, refusal: why });
    try {
      // Only a page that has made up our script's half of the channel asks then.
      if (!(await settings.get()).interestGroups)
        throw new Refusal('NotSupportedError', 'settings.interestGroups is false', because('reasonInterestGroupsOff'));
      await requirePolicy(caller, method);
      await task();
    } catch (error) {
      note(error instanceof Refusal ? error.reason : said(String(error)));
      throw error;
    }
    note(null);
    return succeed(undefined);
  };

  return {
    'interest.join': ({ group: given, base }, caller) =>
      noted(caller, 'joinAdInterestGroup', { owner: given.owner, name: given.name }, async () => {
        const { group, lifetimeMs } = requireValid(given, base, await coordinators());
        if (!(await isPermittedByOwner(group.owner, caller.origin, 'joinAdInterestGroup')))
          throw new Refusal('NotAllowedError', 'Permission to join interest group denied.');
        await interestGroups.join(group, lifetimeMs, await topOrigin(caller));
      }),

    'interest.leave': ({ owner: given, name }, caller) =>
      noted(caller, 'leaveAdInterestGroup', { owner: given, name }, async () => {
        const owner = requireOwner(given, name, 'leaveAdInterestGroup');
        if (!(await isPermittedByOwner(owner, caller.origin, 'leaveAdInterestGroup')))
          throw new Refusal('NotAllowedError', 'Permission to leave interest group denied.');
        await interestGroups.leave(owner, name);
      }),

    'interest.clear': ({ owner: given, keep }, caller) =>
      noted(caller, 'clearOriginJoinedAdInterestGroups', { owner: given, keep: keep.length }, async () => {
        const owner = requireOwner(given, null, 'clearOriginJoinedAdInterestGroups');
        if (!(await isPermittedByOwner(owner, caller.origin, 'leaveAdInterestGroup')))
          throw new Refusal('NotAllowedError', 'Permission to leave interest groups denied.');
        await interestGroups.clear(owner, await topOrigin(caller), keep);
      }),
  };
}
