/** Matchers for `expect` of Playwright and Vitest: `expect.extend(matchers)`. Their messages show what was there instead. */

import { describeEntries, describeReports, quoted } from './describe';
import { describeNothingAt } from './nothing-there';
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

/** Tests often give the page, whose fixture has the shorter name. */
function checkLab(given: unknown): void {
  if (typeof (given as Partial<SharedStorageLab> | null | undefined)?.reports === 'function') return;
  throw new TypeError(
    "expect() wants the test kit here: the fixture sharedStorage of Playwright's test, or what attachSharedStorageLab() resolves with.",
  );
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
  async toHaveSharedStorageEntry(
    this: MatcherState,
    lab: SharedStorageLab,
    origin: string,
    key: string,
    value?: string,
    options?: WaitOptions,
  ): Promise<MatcherResult> {
    checkLab(lab);
    const find = async () =>
      (await lab.entries(origin)).some((entry) => entry.key === key && (value === undefined || entry.value === value));
    const wanted = value === undefined ? quoted(key) : `${quoted(key)}: ${quoted(value)}`;
    const describe = async () => {
      const entries = await lab.entries(origin);
      return describeEntries(entries) + (entries.length === 0 ? await describeNothingAt(lab, origin) : '');
    };
    return judge(this, `An entry ${wanted} of ${origin}`, find, describe, options);
  },

  /** Passes once an operation of the origin has made a contribution like this one. */
  async toHaveContributed(
    this: MatcherState,
    lab: SharedStorageLab,
    origin: string,
    contribution: Partial<Contribution> = {},
    options?: WaitOptions,
  ): Promise<MatcherResult> {
    checkLab(lab);
    checkContribution(contribution);
    const reports = () => lab.reports({ reportingOrigin: origin });
    const find = async () => (await reports()).some(({ contributions }) => contributions.some((one) => isContribution(one, contribution)));
    const describe = async () => {
      const seen = await reports();
      return describeReports(seen) + (seen.length === 0 ? await describeNothingAt(lab, origin) : '');
    };
    return judge(this, `A contribution ${quoted(contribution)} of ${origin}`, find, describe, options);
  },
};
