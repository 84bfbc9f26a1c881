// Judges a run of the web-platform-tests against test/wpt/expectations.json.
//
//   node scripts/wpt/ratchet.mjs RESULT.json…              exits with 1 on anything unexpected, in either direction
//   node scripts/wpt/ratchet.mjs RESULT.json… --shorten    also takes out of the list what passes now
//   node scripts/wpt/ratchet.mjs RESULT.json… --failed F   also writes the files of unexpected failures to F, a line each
//
// The list only shrinks: a failure that is not listed fails, and so does a pass that still is. Of a file that is in several results,
// the last one counts: some tests depend on which of their frames the server answers first.

import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { writeCounts } from '../evidence.mjs';

const EXPECTATIONS = new URL('../../test/wpt/expectations.json', import.meta.url);

/** Stands for the file as a whole: it passes when the harness ended by itself. */
const WHOLE_FILE = '(the whole file)';

/**
 * @typedef {Record<string, Record<string, string>>} Expectations by test, then by subtest: why it does not pass yet
 * @typedef {{ test: string, harness: { status: string }, subtests: { name: string, status: string, message?: string | null }[] }} FileResult
 * @typedef {{ test: string, subtest: string, passed: boolean, message: string }} Outcome
 */

/**
 * Ports differ from run to run.
 * @param {string} name
 */
const normalize = (name) => name.replace(/\.test:\d+/g, '.test:PORT');

/**
 * Later runs in place of earlier ones of the same file.
 * @param {FileResult[][]} runs
 */
export const merge = (runs) => [...new Map(runs.flat().map((result) => [result.test, result])).values()];

/**
 * @param {FileResult[]} results
 * @returns {Outcome[]}
 */
export function outcomes(results) {
  return results.flatMap(({ test, harness, subtests }) => [
    { test, subtest: WHOLE_FILE, passed: harness.status === 'OK', message: harness.status },
    ...subtests.map(({ name, status, message }) => ({
      test,
      subtest: normalize(name),
      passed: status === 'PASS',
      message: message ?? status,
    })),
  ]);
}

/**
 * @param {Outcome[]} seen
 * @param {Expectations} expectations
 */
export function judge(seen, expectations) {
  const reasonFor = (/** @type {Outcome} */ { test, subtest }) => expectations[test]?.[subtest];
  const names = new Set(seen.map(({ test, subtest }) => `${test}\0${subtest}`));
  const listed = Object.entries(expectations).flatMap(([test, subtests]) => Object.keys(subtests).map((subtest) => ({ test, subtest })));
  return {
    /** Fails, and is not listed. */
    unexpectedFailures: seen.filter((outcome) => !outcome.passed && reasonFor(outcome) === undefined),
    /** Passes, and is still listed. */
    unexpectedPasses: seen.filter((outcome) => outcome.passed && reasonFor(outcome) !== undefined),
    /** Listed, and not seen at all. A subtest of a file that stopped early may be missing; a file may not. */
    unknown: listed.filter(({ test, subtest }) => !names.has(`${test}\0${subtest}`)),
    passed: seen.filter((outcome) => outcome.passed && reasonFor(outcome) === undefined).length,
    expectedFailures: seen.filter((outcome) => !outcome.passed && reasonFor(outcome) !== undefined).length,
  };
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { shorten: { type: 'boolean' }, failed: { type: 'string' } },
  });
  if (positionals.length === 0) throw new Error('which result file?');
  const results = merge(
    positionals.map((file) => /** @type {{ results: FileResult[] }} */ (JSON.parse(fs.readFileSync(file, 'utf8'))).results),
  );
  const expectations = /** @type {Expectations} */ (JSON.parse(fs.readFileSync(EXPECTATIONS, 'utf8')));
  const verdict = judge(outcomes(results), expectations);
  const wrong = [
    ...verdict.unexpectedFailures.map(({ test, subtest, message }) => `FAILED  ${test} | ${subtest} | ${message}`),
    ...verdict.unexpectedPasses.map(({ test, subtest }) => `PASSES, take it off the list  ${test} | ${subtest}`),
    ...verdict.unknown.map(({ test, subtest }) => `LISTED, but there is no such test  ${test} | ${subtest}`),
  ];
  for (const line of wrong) console.log(line);
  if (values.shorten) {
    for (const { test, subtest } of [...verdict.unexpectedPasses, ...verdict.unknown]) delete expectations[test]?.[subtest];
    const kept = Object.fromEntries(Object.entries(expectations).filter(([, subtests]) => Object.keys(subtests).length > 0));
    fs.writeFileSync(EXPECTATIONS, `${JSON.stringify(kept, null, 2)}\n`);
  }
  if (values.failed)
    fs.writeFileSync(
      values.failed,
      [...new Set(verdict.unexpectedFailures.map(({ test }) => `${test.slice(1).replace(/\?.*/, '')}\n`))].join(''),
    );
  console.log(
    `web-platform-tests: ${verdict.passed} passed, ${verdict.expectedFailures} known not to pass yet, ${wrong.length} unexpected`,
  );
  writeCounts(process.env.WPT_COUNTS, verdict.passed, wrong);
  process.exit(wrong.length > 0 ? 1 : 0);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
