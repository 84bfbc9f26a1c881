import { expect, test } from 'vitest';
import { judge, merge, outcomes } from '../../scripts/wpt/ratchet.mjs';

const result = (subtests: Record<string, string>, status = 'OK') => ({
  test: '/a.html',
  harness: { status },
  subtests: Object.entries(subtests).map(([name, state]) => ({ name, status: state, message: null })),
});

test('what is listed may fail, and nothing else', () => {
  const verdict = judge(outcomes([result({ good: 'PASS', known: 'FAIL', bad: 'TIMEOUT' })]), { '/a.html': { known: 'not yet' } });
  expect(verdict.unexpectedFailures.map(({ subtest }) => subtest)).toEqual(['bad']);
  expect(verdict).toMatchObject({ unexpectedPasses: [], unknown: [], passed: 2, expectedFailures: 1 });
});

test('what is listed must not pass, and must exist', () => {
  const verdict = judge(outcomes([result({ 'at https://a.test:8443': 'PASS' })]), {
    '/a.html': { 'at https://a.test:PORT': 'not yet', renamed: 'not yet' },
  });
  expect(verdict.unexpectedPasses).toHaveLength(1);
  expect(verdict.unknown).toEqual([{ test: '/a.html', subtest: 'renamed' }]);
});

test('a harness that does not end by itself fails the file', () => {
  expect(judge(outcomes([result({ good: 'PASS' }, 'TIMEOUT')]), {}).unexpectedFailures).toHaveLength(1);
});

test('of a file that was run again the last run counts, and nothing of the one before', () => {
  const other = { ...result({ good: 'PASS' }), test: '/b.html' };
  const merged = merge([[result({ sometimes: 'FAIL', early: 'PASS' }, 'TIMEOUT'), other], [result({ sometimes: 'PASS' })]]);
  expect(outcomes(merged).map(({ test, subtest, passed }) => [test, subtest, passed])).toEqual([
    ['/a.html', '(the whole file)', true],
    ['/a.html', 'sometimes', true],
    ['/b.html', '(the whole file)', true],
    ['/b.html', 'good', true],
  ]);
});
