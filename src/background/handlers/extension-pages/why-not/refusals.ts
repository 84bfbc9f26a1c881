/**
 * What would be refused to a document, found by asking whoever refuses: no rule is written down a second time here. A setting is to blame where the
 * refusal is another one, or none, once the setting is changed.
 */

import { schedulingEnvironment } from '../../../../extension/scheduling-environment';
import { selectionEnvironment } from '../../../../extension/selection-environment';
import type { Settings } from '../../../../extension/settings';
import { simulationOf } from '../../../../extension/simulations';
import { wordsOf } from '../../../../extension/words';
import { Refusal } from '../../../../protocol/envelope';
import type { WhyNot } from '../../../../protocol/extension-pages/why-not';
import type { Page } from '../../../../spec/fenced-frame-config';
import type { Feature } from '../../../../spec/permissions-policy/allowlist';
import { NATIVE_BUDGETS } from '../../../../spec/private-aggregation/budget';
import type { Reason } from '../../../../spec/reason';
import { type BudgetsLeft, MAXIMUM_URLS, pendingBitsOf } from '../../../../spec/select-url';
import { readContributionBudget } from '../../../../store/private-aggregation/read-reports';
import type { ReportsConnection } from '../../../../store/private-aggregation/schema';
import { type Refill, readBudgets, rehearseSelection } from '../../../../store/select-url/read-selections';
import type { SelectionsConnection } from '../../../../store/select-url/schema';
import { siteOf } from '../../../../store/site';
import type { Fence } from '../../../fenced-frames/fence';
import type { PermissionsPolicies } from '../../../permissions-policy/permissions-policy';
import { refusalOf as refusalBySettings } from '../../../requests/access';
import type { Caller } from '../../../requests/caller';
import { requireFewFencedFrames } from '../../select-url';
import { requireTupleOrigin } from '../../updates';
import { allowInAttribute, allowInHeader, allowSameOrigin, changeSetting, changesFor, stopSimulating } from './changes';
import type { Sandboxes } from './sandbox';

/** Without the frame that it is in. */
export type Found = Omit<WhyNot, 'frameId'>;

/** The reason of the Refusal that something throws or rejects with; null where it does not. */
async function reasonOf(attempt: () => unknown): Promise<Reason | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
}

export async function refusalsByOrigin(sandboxes: Sandboxes, caller: Caller): Promise<Found[]> {
  const said = await reasonOf(() => requireTupleOrigin(caller));
  if (said === null) return [];
  const sandbox = await sandboxes.of(caller);
  return [{ what: 'everything', reason: { type: 'opaque' }, change: sandbox && allowSameOrigin(sandbox) }];
}

export async function refusalsByPolicy(policies: PermissionsPolicies, caller: Caller, features: readonly Feature[]): Promise<Found[]> {
  const ofFeature = async (feature: Feature): Promise<Found[]> => {
    const reason = (by: 'header' | 'element' | 'unknown', url: string | null) => ({ type: 'policy', by, url }) as const;
    // It could not be read in time: then everything is refused.
    const denial = await policies.findDenial(caller, feature).catch(() => 'unknown' as const);
    if (denial === null) return [];
    if (denial === 'unknown' || denial.by === 'unknown') return [{ what: feature, reason: reason('unknown', null), change: null }];
    const { by, document, element, isOwn, origin } = denial;
    const change = by === 'header' ? allowInHeader(feature, isOwn ? null : origin) : allowInAttribute(feature, origin, element);
    return [{ what: feature, reason: reason(by, document?.url ?? null), change }];
  };
  return (await Promise.all(features.map(ofFeature))).flat();
}

/** All of them, though a page is told of the first one only. */
export function refusalsBySettings(settings: Settings, dataOrigin: string): Found[] {
  const found: Found[] = [];
  let current = settings;
  for (let refused = refusalBySettings(current, dataOrigin); refused; refused = refusalBySettings(current, dataOrigin)) {
    const said = wordsOf(refused.reason);
    const helps = changesFor(current, dataOrigin).find(({ settings: changed }) => {
      const others = refusalBySettings(changed, dataOrigin);
      return !others || wordsOf(others.reason) !== said;
    });
    found.push({ what: 'everything', reason: { type: 'setting', setting: helps?.setting ?? '', said }, change: helps?.change ?? null });
    if (!helps) break;
    current = helps.settings;
  }
  return found;
}

export async function refusalsByDepth(fence: Fence, caller: Caller): Promise<Found[]> {
  const said = await reasonOf(() => requireFewFencedFrames(fence, caller));
  return said === null ? [] : [{ what: 'shared-storage-select-url', reason: { type: 'depth', said: wordsOf(said) }, change: null }];
}

const SETTINGS: Readonly<Record<keyof BudgetsLeft, keyof Settings['budgets']>> = {
  page: 'pageBits',
  sitePage: 'sitePageBits',
  siteDaily: 'siteDailyBits',
};

/** When the refills are enough for what is missing. */
function refillTime(refills: readonly Refill[], missing: number): number | null {
  let filled = 0;
  for (const { bits, time } of refills) {
    filled += bits;
    if (filled >= missing) return time;
  }
  return null;
}

const isExhausted = ({ simulations }: Settings, dataOrigin: string): boolean =>
  simulationOf(simulations, dataOrigin).budgetExhausted === true;

/** What keeps a call of selectURL() from its result, with as many URLs as the page's calls have: `urls`. */
export async function refusalsByBudget(
  connection: SelectionsConnection,
  settings: Settings,
  page: Page,
  dataOrigin: string,
  urls: number,
): Promise<Found[]> {
  const found: Found[] = [];
  const [{ refills = [] } = {}] = await readBudgets(connection, selectionEnvironment(settings), page.documentId, [
    siteOf(dataOrigin) ?? '',
  ]);
  let current = settings;
  // There are three of them, and that all are exhausted may be simulated.
  for (const _budget of ['simulated', ...Object.keys(SETTINGS)]) {
    const account = await rehearseSelection(connection, selectionEnvironment(current), page, dataOrigin, urls);
    if (!account?.short) break;
    const { short: budget, before } = account;
    const left = before[budget];
    const refill = budget === 'siteDaily' ? refillTime(refills, pendingBitsOf(urls) - left) : null;
    if (isExhausted(current, dataOrigin)) {
      const { settings: others, change } = stopSimulating(current, dataOrigin, 'budgetExhausted');
      found.push({ what: 'shared-storage-select-url', reason: { type: 'budget', budget, left: 0, urls, refill: null }, change });
      current = others;
      continue;
    }
    // Enough for one call with as many URLs as there may be.
    const enough = Math.ceil(current.budgets[SETTINGS[budget]] - left + pendingBitsOf(MAXIMUM_URLS));
    const { settings: raised, change } = changeSetting(current, 'budgets', { ...current.budgets, [SETTINGS[budget]]: enough });
    found.push({ what: 'shared-storage-select-url', reason: { type: 'budget', budget, left, urls, refill }, change });
    current = raised;
  }
  return found;
}

/** What a site may natively contribute in ten minutes. */
const MORE = NATIVE_BUDGETS.tenMinutes;

export async function refusalsByContributionBudget(
  connection: ReportsConnection,
  settings: Settings,
  dataOrigin: string,
): Promise<Found[]> {
  const { left, refill } = await readContributionBudget(connection, schedulingEnvironment(settings), dataOrigin);
  if (isExhausted(settings, dataOrigin)) {
    const { change } = stopSimulating(settings, dataOrigin, 'budgetExhausted');
    return [{ what: 'private-aggregation', reason: { type: 'contributions', refill: null }, change }];
  }
  if (left > 0) return [];
  const { tenMinuteBudget, dailyBudget, ...others } = settings.privateAggregation;
  const raised = { ...others, tenMinuteBudget: tenMinuteBudget + MORE, dailyBudget: dailyBudget + MORE };
  const { change } = changeSetting(settings, 'privateAggregation', raised);
  return [{ what: 'private-aggregation', reason: { type: 'contributions', refill }, change }];
}
