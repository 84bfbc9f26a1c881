// `npm test`: everything that a contributor must pass, in the order of what fails fastest. Node built-ins only up here.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runChild } from './child.mjs';
import { buildExtension, root } from './extension.mjs';
import { ensureDependencies } from './install.mjs';
import { runCommand } from './leave.mjs';

/**
 * @param {string} what
 * @param {string} bin a program of a package, as a path below node_modules
 * @param {string[]} args
 */
const runTool = (what, bin, args) =>
  runChild(what, process.execPath, [path.join(root, 'node_modules', bin), ...args], { cwd: root, stdio: 'inherit' });

/** @param {string} project */
async function runTests(project) {
  const report = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-test-')), 'report.json');
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const failure = await runTool(`${project} tests`, 'vitest/vitest.mjs', args).catch((error) => error);
  // A run that dies before its report is one failure.
  const { numPassedTests, numFailedTests } = fs.existsSync(report)
    ? JSON.parse(fs.readFileSync(report, 'utf8'))
    : { numPassedTests: 0, numFailedTests: 1 };
  fs.rmSync(path.dirname(report), { recursive: true });
  return { passed: numPassedTests, failed: Math.max(numFailedTests, failure ? 1 : 0) };
}

/** @type {[name: string, run: () => Promise<{ passed: number, failed: number } | void>][]} */
const STEPS = [
  ['types', () => runTool('types', 'typescript/bin/tsc', [])],
  ['lint', () => runChild('lint', process.execPath, [path.join(root, 'scripts/lint.mjs')], { cwd: root, stdio: 'inherit' })],
  ['build', buildExtension],
  ['unit', () => runTests('unit')],
  ['browser', () => runTests('browser')],
];

async function main() {
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  process.env.CHROME_PATH = await findBrowser();
  const { prepareDisplay } = await import('./browser/display.mjs');
  const noWindows = prepareDisplay();
  let passed = 0;
  let failed = 0;
  for (const [name, run] of STEPS) {
    console.log(`\n== ${name}`);
    const counts = await run().catch((error) => {
      console.error(error.message);
      return { passed: 0, failed: 1 };
    });
    passed += counts?.passed ?? 1;
    failed += counts?.failed ?? 0;
  }
  if (noWindows) console.log(`\nHEADED TESTS WERE SKIPPED: ${noWindows}. NOTHING IS KNOWN ABOUT WHAT A PERSON SEES IN A WINDOW.`);
  // For .ci/run, which adds its own counts to these.
  if (process.env.TEST_COUNTS) fs.writeFileSync(process.env.TEST_COUNTS, `${passed} ${failed}\n`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
