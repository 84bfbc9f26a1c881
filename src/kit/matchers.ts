/** Matchers for `expect` of Playwright and Vitest: `expect.extend(matchers)`. Their messages show what was there instead. */

import { describeEntries, describeReports, quoted } from './describe';
import { type Contribution, checkContribution, isContribution } from './report';
import type { SharedStorageLab } from './shared-storage-lab';
import { TimeoutError, type WaitOptions, waitFor } from './waiting';

export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/** What libraries like Jest call a matcher on, as far as it is used here. */
export interface MatcherState {
  readonly isNot?: boolean;
}

/** With `not` there is nothing to wait for: one look. */
async function judge(
  { isNot = false }: MatcherState,
  what: string,
  find: () => Promise<boolean>,
  describe: () => Promise<string>,
  options: WaitOptions | undefined,
): Promise<MatcherResult> {
  try {
    await waitFor(what, async () => (await find()) || undefined, describe, isNot ? { timeout: 0 } : options);
    const seen = await describe();
    return { pass: true, message: () => `${what} was not expected. There ${seen}` };
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    return { pass: false, message: () => error.message };
  }
}

export const matchers = {
  /** Passes once the origin has an entry with this key and, where one is given, this value. */
  toHaveSharedStorageEntry(
    this: MatcherState,
    lab: SharedStorageLab,
    origin: string,
    key: string,
    value?: string,
    options?: WaitOptions,
  ): Promise<MatcherResult> {
    const find = async () =>
      (await lab.entries(origin)).some((entry) => entry.key === key && (value === undefined || entry.value === value));
    const wanted = value === undefined ? quoted(key) : `${quoted(key)}: ${quoted(value)}`;
    return judge(this, `An entry ${wanted} of ${origin}`, find, async () => describeEntries(await lab.entries(origin)), options);
  },

  /** Passes once an operation of the origin has made a contribution like this one. */
  async toHaveContributed(
    this: MatcherState,
    lab: SharedStorageLab,
    origin: string,
    contribution: Partial<Contribution> = {},
    options?: WaitOptions,
  ): Promise<MatcherResult> {
    checkContribution(contribution);
    const reports = () => lab.reports({ reportingOrigin: origin });
    const find = async () => (await reports()).some(({ contributions }) => contributions.some((one) => isContribution(one, contribution)));
    return judge(this, `A contribution ${quoted(contribution)} of ${origin}`, find, async () => describeReports(await reports()), options);
  },
};
