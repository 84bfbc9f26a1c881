import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeCounts } from '../../scripts/evidence.mjs';
import { root } from '../../scripts/extension.mjs';
import { readReport } from '../../scripts/vitest-report.mjs';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vitest-report-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const test = (title: string, ...failureMessages: string[]) => ({
  title,
  fullName: `setters ${title}`,
  status: failureMessages.length > 0 ? 'failed' : 'passed',
  failureMessages,
});

function reportOf(...testResults: object[]) {
  const file = path.join(folder, 'report.json');
  fs.writeFileSync(file, JSON.stringify({ testResults }));
  return readReport(file);
}

const nameOf = (file: string) => path.join(root, 'test/unit', file);

it('names each test that failed, by its file, with the first line of what it threw', () => {
  const results = [test('keep order'), test('throw', 'Error: 1 is not 2\n    at somewhere')];
  const { passed, failures } = reportOf({ name: nameOf('a.test.ts'), status: 'failed', message: '', assertionResults: results });
  expect(passed).toBe(1);
  expect(failures).toEqual(['test/unit/a.test.ts > setters throw: Error: 1 is not 2']);
});

it('names a file that failed without a test of its own', () => {
  const { failures } = reportOf({ name: nameOf('b.test.ts'), status: 'failed', message: 'Cannot find module\nin', assertionResults: [] });
  expect(failures).toEqual(['test/unit/b.test.ts: Cannot find module']);
});

it('knows of nothing where there is no report', () => {
  expect(readReport(path.join(folder, 'none.json'))).toEqual({ results: [], passed: 0, failures: [] });
});

it('counts are a line, and each failure is one more, however many lines it had', () => {
  const file = path.join(folder, 'counts');
  writeCounts(file, 12, ['one\n  two', 'three']);
  expect(fs.readFileSync(file, 'utf8')).toBe('12 2\none two\nthree\n');
});
