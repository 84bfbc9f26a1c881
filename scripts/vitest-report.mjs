// What vitest's JSON report says of a run.

import fs from 'node:fs';
import path from 'node:path';
import { root } from './extension.mjs';

/** @typedef {{ title: string, fullName: string, status: string, failureMessages: string[] }} TestResult */

/**
 * @param {string} file
 * @returns {{ results: TestResult[], passed: number, failures: string[] }} nothing passed, and nothing is known to have failed, where the
 *   run came to no report. A failure is a line: the test's file and name, and the first line of what it threw
 */
export function readReport(file) {
  if (!fs.existsSync(file)) return { results: [], passed: 0, failures: [] };
  /** @type {{ testResults: { name: string, status: string, message: string, assertionResults: TestResult[] }[] }} */
  const { testResults } = JSON.parse(fs.readFileSync(file, 'utf8'));
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const test = path.relative(root, name);
    const failed = assertionResults.filter((result) => result.status === 'failed');
    // A file that cannot be loaded, or whose hook throws, may have no failed test.
    if (failed.length === 0 && status === 'failed') return [`${test}: ${message.split('\n')[0]}`];
    return failed.map(({ fullName, failureMessages }) => `${test} > ${fullName}: ${failureMessages[0]?.split('\n')[0]}`);
  });
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return { results, passed: results.filter(({ status }) => status === 'passed').length, failures };
}
