/** What would be refused to a page, and why, in words. */

import type { WhyNot, WhyNotReason } from '../protocol/extension-pages/why-not';
import { formatMoment, formatNumber } from './format';
import { type TextName, text } from './text';

const WHAT: Readonly<Record<WhyNot['what'], TextName>> = {
  everything: 'whatEverything',
  'shared-storage': 'whatSharedStorage',
  'shared-storage-select-url': 'whatSelectURL',
  'private-aggregation': 'whatPrivateAggregation',
  'join-ad-interest-group': 'whatInterestGroups',
  'fenced-unpartitioned-storage-read': 'whatStorageRead',
};

export const nameOf = (what: WhyNot['what']): string => text(WHAT[what]);

const BY = { header: 'policyHeader', element: 'policyElement', unknown: 'policyUnknown' } as const;
const BUDGETS = { page: 'budgetPage', sitePage: 'budgetSitePage', siteDaily: 'budgetSiteDaily' } as const;

const refillOf = (refill: number | null): string => (refill === null ? '' : text('budgetRefill', formatMoment(refill)));

/** What is left, and what a call of the page's takes. */
const budgetShort = ({ budget, left, urls }: Extract<WhyNotReason, { type: 'budget' }>): string =>
  text(BUDGETS[budget], formatNumber(Math.max(0, left)), urls, formatNumber(Math.log2(urls)));

export function explain(reason: WhyNotReason): string {
  switch (reason.type) {
    case 'unreachable':
      return text('whyUnreachable');
    case 'insecure':
      return text('whyInsecure', reason.url);
    case 'opaque':
      return text('whyOpaque');
    case 'policy':
      return reason.url === null ? text('policyUnknown') : text(BY[reason.by], reason.url);
    case 'setting':
      return text('whySetting', reason.said);
    case 'depth':
      return text('whyDepth', reason.said);
    case 'budget':
      return `${budgetShort(reason)} ${refillOf(reason.refill)}`;
    case 'contributions':
      return `${text('budgetContributions')} ${refillOf(reason.refill)}`;
  }
}
