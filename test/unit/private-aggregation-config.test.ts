/** What is wrong with a `privateAggregationConfig`, in native's words and native's order. */

import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/background/handlers/private-aggregation-config';
import { DEFAULT_CONFIG } from '../../src/spec/private-aggregation/contributions';

const AWS = 'https://publickeyservice.msmt.aws.privacysandboxservices.com';
const OWN = 'https://coordinator.example';

const check = (config: Parameters<typeof checkConfig>[0], isFenced = false) => checkConfig(config, isFenced, [OWN]);

function refusalOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
  return 'none';
}

describe('is taken:', () => {
  test.each([
    {},
    { contextId: '' },
    { contextId: 'c'.repeat(64) },
    { contextId: '\u{1f600}'.repeat(32) },
    { filteringIdMaxBytes: 1 },
    { filteringIdMaxBytes: 8 },
    { maxContributions: 1 },
    { maxContributions: 2 ** 53 - 1 },
    { aggregationCoordinatorOrigin: AWS },
    { aggregationCoordinatorOrigin: OWN },
  ])('%j', (config) => {
    expect(check(config)).toEqual({ ...DEFAULT_CONFIG, ...config });
  });

  test('of a coordinator the origin counts', () => {
    expect(check({ aggregationCoordinatorOrigin: `${AWS}:443/path` })).toEqual({ ...DEFAULT_CONFIG, aggregationCoordinatorOrigin: AWS });
  });
});

describe('is refused:', () => {
  const TOO_LONG = 'c'.repeat(65);
  test.each([
    [{ contextId: TOO_LONG }, 'DataError: contextId length cannot be larger than 64'],
    [{ contextId: '\u{1f600}'.repeat(33) }, 'DataError: contextId length cannot be larger than 64'],
    [{ filteringIdMaxBytes: 0 }, 'DataError: filteringIdMaxBytes must be positive'],
    [{ filteringIdMaxBytes: 9 }, 'DataError: filteringIdMaxBytes is too big'],
    [{ maxContributions: 0 }, 'DataError: maxContributions must be positive'],
    [{ aggregationCoordinatorOrigin: '' }, 'SyntaxError: aggregationCoordinatorOrigin must be a valid origin'],
    [{ aggregationCoordinatorOrigin: '/path' }, 'SyntaxError: aggregationCoordinatorOrigin must be a valid origin'],
    [{ aggregationCoordinatorOrigin: 'data:,x' }, 'SyntaxError: aggregationCoordinatorOrigin must be a valid origin'],
    [{ aggregationCoordinatorOrigin: 'https://other.example' }, 'DataError: aggregationCoordinatorOrigin must be on the allowlist'],
    [{ aggregationCoordinatorOrigin: 'http://coordinator.example' }, 'DataError: aggregationCoordinatorOrigin must be on the allowlist'],
    [
      { contextId: TOO_LONG, aggregationCoordinatorOrigin: 'x', filteringIdMaxBytes: 9, maxContributions: 0 },
      'DataError: contextId length cannot be larger than 64',
    ],
    [
      { aggregationCoordinatorOrigin: 'x', filteringIdMaxBytes: 9, maxContributions: 0 },
      'SyntaxError: aggregationCoordinatorOrigin must be a valid origin',
    ],
    [{ filteringIdMaxBytes: 9, maxContributions: 0 }, 'DataError: filteringIdMaxBytes is too big'],
  ])('%j', (config, refusal) => {
    expect(refusalOf(() => check(config))).toBe(refusal);
  });
});

test('a fenced frame gives no context ID and no size of filtering IDs, whatever they are', () => {
  expect(refusalOf(() => check({ contextId: '' }, true))).toBe('DataError: contextId cannot be set inside of fenced frames.');
  expect(refusalOf(() => check({ filteringIdMaxBytes: 1 }, true))).toBe(
    'DataError: filteringIdMaxBytes cannot be set inside of fenced frames.',
  );
  expect(check({ maxContributions: 5 }, true)).toEqual({ ...DEFAULT_CONFIG, maxContributions: 5 });
});
