import { describe, expect, test } from 'vitest';
import { decodeContributions } from '../../src/protocol/private-aggregation';
import { ContributionCache, MAXIMUM_DIFFERENT_CONTRIBUTIONS } from '../../src/spec/private-aggregation/contribution-cache';
import { DEFAULT_CONFIG, determineTheMaxContributions, isSentDeterministically } from '../../src/spec/private-aggregation/contributions';

const CONTRIBUTION = { bucket: 2n ** 128n - 1n, value: 2 ** 31 - 1, filteringId: 255n, errorEvent: null, count: 1 };
const OPERATION = {
  id: 'document 1 2',
  worklet: { documentId: 'document', workletId: 0 },
  tabId: 1,
  moduleURL: 'https://a.example/worklet.js',
  operationName: 'operation',
  reportingOrigin: 'https://a.example',
  contributions: [CONTRIBUTION],
  dropped: 0,
  debugMode: { enabled: true, key: 2n ** 64n - 1n },
  config: DEFAULT_CONFIG,
  startTime: 1_700_000_000_000,
  end: 'finished',
};
const decodeWith = (changes: object) => decodeContributions({ to: 'contributions', contributions: { ...OPERATION, ...changes } });

describe('contributions handed over', () => {
  test.each([
    ['the largest bucket, value, filtering id and debug key', {}],
    ['none', { contributions: [], debugMode: { enabled: false, key: null } }],
    [
      'a config',
      {
        config: { contextId: '', filteringIdMaxBytes: 8, maxContributions: 2 ** 53 - 1, aggregationCoordinatorOrigin: 'https://b.example' },
      },
    ],
    [
      'a filtering id as wide as asked for',
      { contributions: [{ ...CONTRIBUTION, filteringId: 2n ** 64n - 1n }], config: { ...DEFAULT_CONFIG, filteringIdMaxBytes: 8 } },
    ],
    ['one conditional on an error', { contributions: [{ ...CONTRIBUTION, errorEvent: 'insufficient-budget', count: 1000 }] }],
  ])('are understood: %s', (_what, changes) => {
    expect(decodeWith(changes)).toEqual({ ...OPERATION, ...changes });
  });

  test.each([
    ['a number as the bucket', { contributions: [{ ...CONTRIBUTION, bucket: 1 }] }],
    ['a bucket beyond 128 bits', { contributions: [{ ...CONTRIBUTION, bucket: 2n ** 128n }] }],
    ['a negative value', { contributions: [{ ...CONTRIBUTION, value: -1 }] }],
    ['a value beyond a long', { contributions: [{ ...CONTRIBUTION, value: 2 ** 31 }] }],
    ['a filtering id that is wider than asked for', { contributions: [{ ...CONTRIBUTION, filteringId: 256n }] }],
    ['an unknown error event', { contributions: [{ ...CONTRIBUTION, errorEvent: 'no-such-event' }] }],
    ['a contribution that was never made', { contributions: [{ ...CONTRIBUTION, count: 0 }] }],
    ['too many', { contributions: Array(MAXIMUM_DIFFERENT_CONTRIBUTIONS + 1).fill(CONTRIBUTION) }],
    ['a debug key without debug mode', { debugMode: { enabled: false, key: 1n } }],
    ['a URL for an origin', { reportingOrigin: 'https://a.example/' }],
    ['a context id that is too long', { config: { ...DEFAULT_CONFIG, contextId: 'a'.repeat(65) } }],
    ['filtering ids of no bytes', { config: { ...DEFAULT_CONFIG, filteringIdMaxBytes: 0 } }],
    ['reports of no contributions', { config: { ...DEFAULT_CONFIG, maxContributions: 0 } }],
    ['an id of another form', { id: 'id' }],
    ['an unknown end', { end: 'vanished' }],
  ])('are refused: %s', (_what, changes) => {
    expect(decodeWith(changes)).toBeNull();
  });
});

describe('a contribution cache', () => {
  const contribution = { bucket: 1n, value: 2, filteringId: 0n };

  test('counts equal contributions, in the order in which each was first made', () => {
    const cache = new ContributionCache();
    cache.append(contribution, null);
    cache.append({ ...contribution, bucket: 3n }, null);
    cache.append(contribution, null);
    cache.append(contribution, 'report-success');
    expect(cache.entries()).toEqual([
      { ...contribution, errorEvent: null, count: 2 },
      { ...contribution, bucket: 3n, errorEvent: null, count: 1 },
      { ...contribution, errorEvent: 'report-success', count: 1 },
    ]);
  });

  test('has no room for contributions of nothing', () => {
    const cache = new ContributionCache();
    cache.append({ ...contribution, value: 0 }, null);
    expect(cache.entries()).toEqual([]);
    expect(cache.dropped).toBe(0);
  });

  test('stays bounded, and says how many contributions it dropped', () => {
    const cache = new ContributionCache();
    for (let value = 1; value <= 1_000_000; value++) cache.append({ ...contribution, value }, null);
    cache.append({ ...contribution, value: 1 }, null);
    expect(cache.entries()).toHaveLength(MAXIMUM_DIFFERENT_CONTRIBUTIONS);
    expect(cache.entries()[0]?.count).toBe(2);
    expect(cache.dropped).toBe(1_000_000 - MAXIMUM_DIFFERENT_CONTRIBUTIONS);
  });
});

describe('a report', () => {
  test.each([
    [{ contextId: '' }, true],
    [{ filteringIdMaxBytes: 1 }, false],
    [{ filteringIdMaxBytes: 2 }, true],
    [{ maxContributions: 20 }, false],
    [{ maxContributions: 21 }, true],
    [{ aggregationCoordinatorOrigin: 'https://b.example' }, false],
    [{}, false],
  ])('asked for with %j is sent whatever happens: %s', (config, isSent) => {
    expect(isSentDeterministically({ ...DEFAULT_CONFIG, ...config })).toBe(isSent);
  });

  test('has twenty contributions, or as many as were asked for, up to a hundred', () => {
    expect(determineTheMaxContributions(DEFAULT_CONFIG)).toBe(20);
    expect(determineTheMaxContributions({ ...DEFAULT_CONFIG, maxContributions: 1 })).toBe(1);
    expect(determineTheMaxContributions({ ...DEFAULT_CONFIG, maxContributions: 1000 })).toBe(100);
  });
});
