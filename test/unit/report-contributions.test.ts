import { describe, expect, test } from 'vitest';
import { NATIVE_BUDGETS, remainingBudget } from '../../src/spec/private-aggregation/budget';
import { type CountedContribution, DEFAULT_CONFIG, type PrivateAggregationConfig } from '../../src/spec/private-aggregation/contributions';
import { contributionsOfReport } from '../../src/spec/private-aggregation/report-contributions';

const contribution = (bucket: number, value: number, more: Partial<CountedContribution> = {}): CountedContribution => ({
  bucket: BigInt(bucket),
  value,
  filteringId: 0n,
  errorEvent: null,
  count: 1,
  ...more,
});

interface Given {
  readonly config?: Partial<PrivateAggregationConfig>;
  readonly budget?: number;
  readonly isLast?: boolean;
  readonly isTimedOut?: boolean;
}

function reportOf(
  contributions: readonly CountedContribution[],
  { config, budget = 2 ** 16, isLast = false, isTimedOut = false }: Given = {},
) {
  const pending = { contributions, config: { ...DEFAULT_CONFIG, ...config }, isTimedOut };
  const { contributions: merged, ...others } = contributionsOfReport(pending, { budget, isPendingReportLimitReached: isLast });
  return { buckets: merged?.map(({ bucket, value, filteringId }) => [Number(bucket), value, Number(filteringId)]) ?? null, ...others };
}

const differing = (count: number, first = 0) => Array.from({ length: count }, (_, index) => contribution(first + index, 1));

describe('contributions', () => {
  test('are merged by bucket and filtering id, in their order', () => {
    const given = [contribution(2, 3), contribution(1, 1), contribution(2, 4, { filteringId: 7n }), contribution(2, 5, { count: 10 })];
    const { buckets, spent } = reportOf(given);
    expect(buckets).toEqual([
      [2, 53, 0],
      [1, 1, 0],
      [2, 4, 7],
    ]);
    expect(spent).toBe(58);
  });

  test.each([
    [{}, 20],
    [{ maxContributions: 100 }, 100],
    [{ maxContributions: 1000 }, 100],
    [{ maxContributions: 3 }, 3],
  ])('with %j are truncated to %d different ones', (config, maximum) => {
    const { buckets, truncated, errorEvents, spent } = reportOf([...differing(150), contribution(0, 6)], { config });
    expect(buckets).toHaveLength(maximum);
    // What merges with one that is in the report is in it.
    expect(buckets?.[0]).toEqual([0, 7, 0]);
    expect(truncated).toBe(150 - maximum);
    expect(spent).toBe(maximum + 6);
    expect(errorEvents).toEqual(['too-many-contributions']);
  });

  test('are dropped one by one where the budget does not suffice, and smaller ones after them are not', () => {
    const { buckets, overBudget, spent, errorEvents } = reportOf(
      [contribution(1, 40_000), contribution(1, 40_000), contribution(2, 20_000), contribution(3, 1000, { count: 10 })],
      {},
    );
    expect(buckets).toEqual([
      [1, 40_000, 0],
      [2, 20_000, 0],
      [3, 5000, 0],
    ]);
    expect(overBudget).toBe(6);
    expect(spent).toBe(65_000);
    expect(errorEvents).toEqual(['insufficient-budget']);
  });

  test('that are all over budget make no report', () => {
    expect(reportOf([contribution(1, 1)], { budget: 0 })).toMatchObject({ buckets: null, spent: 0, overBudget: 1 });
  });

  test('of nothing make no report', () => {
    expect(reportOf([contribution(1, 0)])).toMatchObject({
      buckets: null,
      errorEvents: ['report-success', 'empty-report-dropped'].slice(1),
    });
  });

  test.each([[{ contextId: '' }], [{ filteringIdMaxBytes: 2 }], [{ maxContributions: 5 }]])(
    'with %j make a report even where there are none',
    (config) => {
      expect(reportOf([], { config })).toMatchObject({ buckets: [], spent: 0, errorEvents: ['report-success'] });
      expect(reportOf([contribution(1, 1)], { config, budget: 0 })).toMatchObject({ buckets: [], errorEvents: ['insufficient-budget'] });
    },
  );
});

describe('contributions that depend on an event', () => {
  const on = (errorEvent: CountedContribution['errorEvent'], bucket: number) => contribution(bucket, 1, { errorEvent });
  const all = [on('insufficient-budget', 15), on('too-many-contributions', 12), on('empty-report-dropped', 13), on('report-success', 11)];

  test('come first, in the order of the events', () => {
    expect(reportOf([...all, contribution(1, 1)]).buckets).toEqual([
      [11, 1, 0],
      [1, 1, 0],
    ]);
    expect(reportOf([...all, ...differing(30, 100), contribution(99, 2 ** 16)]).buckets?.slice(0, 3)).toEqual([
      [12, 1, 0],
      [15, 1, 0],
      [100, 1, 0],
    ]);
  });

  test('are reported where nothing else is', () => {
    expect(reportOf(all).buckets).toEqual([[13, 1, 0]]);
  });

  test('know of the last report for which there is room, and of operations that took too long', () => {
    const given = [on('pending-report-limit-reached', 14), on('contribution-timeout-reached', 16), contribution(1, 1)];
    expect(reportOf(given, { isLast: true, isTimedOut: true, config: { contextId: '' } }).buckets).toEqual([
      [14, 1, 0],
      [16, 1, 0],
      [1, 1, 0],
    ]);
    expect(reportOf(given).buckets).toEqual([[1, 1, 0]]);
  });
});

describe('the budget', () => {
  const NOW = 1_700_000_000_000;
  const MINUTE = 60_000;
  const spentBefore = (minutes: number, value: number) => ({ value, time: NOW - minutes * MINUTE });

  test.each([
    ['nothing was contributed', [], 2 ** 16],
    ['some was, nine minutes ago', [spentBefore(9, 60_000)], 5536],
    ['some was, ten minutes ago', [spentBefore(10, 60_000)], 2 ** 16],
    ['a day has almost all of it', [spentBefore(20, 2 ** 20 - 100)], 100],
    ['a day has passed', [spentBefore(24 * 60, 2 ** 20)], 2 ** 16],
    ['the settings were more generous before', [spentBefore(1, 2 ** 20)], 0],
  ])('is what it is where %s', (_when, spendings, remaining) => {
    expect(remainingBudget(spendings, NATIVE_BUDGETS, NOW)).toBe(remaining);
  });
});
