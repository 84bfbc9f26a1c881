// `npm test`: everything that a contributor must pass, in the order of what fails fastest; `npm test -- FILE…`: these tests only, of the present sources.
// Node built-ins only up here.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runChild } from './child.mjs';
import { writeCounts } from './evidence.mjs';
import { buildExtension, root } from './extension.mjs';
import { ensureDependencies } from './install.mjs';
import { runCommand } from './leave.mjs';
import { readReport } from './vitest-report.mjs';

/**
 * @param {string} what
 * @param {string} bin a program of a package, as a path below node_modules
 * @param {string[]} args
 */
const runTool = (what, bin, args) =>
  runChild(what, process.execPath, [path.join(root, 'node_modules', bin), ...args], { cwd: root, stdio: 'inherit' });

/** @param {string} project @param {readonly string[]} [files] all where none are named */
async function runTests(project, files = []) {
  const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-test-')), 'report.json');
  const args = ['run', ...files, '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const failure = await runTool(`${project} tests`, 'vitest/vitest.mjs', args).catch((error) => error);
  const { passed, failures } = readReport(report);
  fs.rmSync(path.dirname(report), { recursive: true });
  // A run that dies before its report is one failure.
  if (failure && failures.length === 0) failures.push(failure.message);
  return { passed, failures };
}

/** @type {[name: string, run: () => Promise<{ passed: number, failures: string[] } | void>][]} */
const STEPS = [
  ['types', () => runTool('types', 'typescript/bin/tsc', [])],
  ['lint', () => runChild('lint', process.execPath, [path.join(root, 'scripts/lint.mjs')], { cwd: root, stdio: 'inherit' })],
  ['build', buildExtension],
  ['unit', () => runTests('unit')],
  ['browser', () => runTests('browser')],
];

/**
 * The steps for these files alone.
 * @param {readonly string[]} files
 * @returns {typeof STEPS}
 */
function stepsOf(files) {
  const projects = ['unit', 'browser'].filter((project) => files.some((file) => file.includes(`test/${project}/`)));
  if (projects.length === 0) throw new Error(`${files.join(' ')}: no file in test/unit or test/browser`);
  /** @type {typeof STEPS} */
  const steps = [['build', buildExtension]];
  for (const project of projects) steps.push([project, () => runTests(project, files)]);
  return steps;
}

async function main() {
  const files = process.argv.slice(2);
  const steps = files.length > 0 ? stepsOf(files) : STEPS;
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  process.env.CHROME_PATH = await findBrowser();
  const { prepareDisplay } = await import('./browser/display.mjs');
  const noWindows = prepareDisplay();
  let passed = 0;
  /** @type {string[]} */
  const failures = [];
  for (const [name, run] of steps) {
    console.log(`\n== ${name}`);
    const counts = await run().catch((error) => {
      console.error(error.message);
      return { passed: 0, failures: [`${name}: ${error.message}`] };
    });
    passed += counts?.passed ?? 1;
    failures.push(...(counts?.failures ?? []));
  }
  if (noWindows) console.log(`\nHEADED TESTS WERE SKIPPED: ${noWindows}. NOTHING IS KNOWN ABOUT WHAT A PERSON SEES IN A WINDOW.`);
  writeCounts(process.env.TEST_COUNTS, passed, failures);
  console.log(`\n${passed} passed, ${failures.length} failed${failures.map((failure) => `\n  ${failure}`).join('')}`);
  process.exit(failures.length > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
