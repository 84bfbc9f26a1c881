// `npm run wpt:unnoticed`: no web-platform-test about agent clusters and messages may pass without the extension and fail with it.
//
// Each is run in a browser without the extension, and in one whose message guard watches the tests' own sites. What differs is
// run once more on both sides: what still differs then was noticed. Arguments are passed on to the runner (`--filter REGEX`).

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../child.mjs';
import { buildExtension, dist, root } from '../extension.mjs';
import { outcomes } from './ratchet.mjs';

/** Beside this checkout, where CI has the tools that fetch and run the tests. */
const TOOLS = path.join(root, '../shared/tools/wpt');
const LIST = fileURLToPath(new URL('../../test/wpt/message-passing.txt', import.meta.url));
const TESTS = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'shared-storage-lab/wpt-message-passing');
const FOLDERS = ['html/browsers/origin', 'html/infrastructure/safe-passing-of-structured-data', 'wasm/serialization', 'webmessaging'];

/** "respect" only watches: how the documents are keyed stays with their servers. */
const watched = ['web-platform.test', 'not-web-platform.test'].flatMap((host) => [`http://${host}`, `https://${host}`]);
const settings = { isolation: Object.fromEntries(watched.map((origin) => [origin, 'respect'])) };
const WATCH = `(async () => {
  await chrome.storage.local.set({ settings: ${JSON.stringify(settings)} });
  while (!(await chrome.scripting.getRegisteredContentScripts()).some(({ id }) => id.startsWith('message-guard')))
    await new Promise((resolve) => setTimeout(resolve, 20));
})()`;

const SIDES = { without: [], with: ['--ext', dist, '--ready', 'Boolean(globalThis.chrome?.scripting)', '--sw-eval', WATCH] };

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-unnoticed-'));

/**
 * @param {keyof typeof SIDES} side
 * @param {string} name of the result
 * @param {string[]} args
 * @returns {Promise<import('./ratchet.mjs').Outcome[]>}
 */
async function run(side, name, args) {
  const out = path.join(work, `${name}-${side}.json`);
  const common = ['--browser', 'ext', '--wpt', TESTS, '--folders', FOLDERS.join(), '--out', out, '--quiet'];
  const command = [path.join(TOOLS, 'run.mjs'), ...common, ...SIDES[side], ...args];
  await runChild(`web-platform-tests ${side} the extension`, process.execPath, command, { stdio: 'inherit' });
  return outcomes(JSON.parse(fs.readFileSync(out, 'utf8')).results);
}

/** @param {import('./ratchet.mjs').Outcome} outcome */
const nameOf = ({ test, subtest }) => `${test} | ${subtest}`;

/**
 * What passed without the extension, and did not pass with it.
 * @param {import('./ratchet.mjs').Outcome[]} without
 * @param {import('./ratchet.mjs').Outcome[]} withIt
 */
export function noticed(without, withIt) {
  const passed = new Set(withIt.filter((outcome) => outcome.passed).map(nameOf));
  return without.filter((outcome) => outcome.passed && !passed.has(nameOf(outcome)));
}

async function main() {
  execFileSync('bash', [path.join(TOOLS, 'get-wpt.sh'), TESTS], { env: { ...process.env, TESTS: listOfTests() }, stdio: 'inherit' });
  await buildExtension();
  const args = process.argv.slice(2);
  const without = await run('without', 'all', args);
  let differing = noticed(without, await run('with', 'all', args));
  if (differing.length > 0) {
    const list = path.join(work, 'again.txt');
    fs.writeFileSync(list, [...new Set(differing.map(({ test }) => test))].join('\n'));
    const again = ['--tests', list];
    differing = noticed(await run('without', 'again', again), await run('with', 'again', again));
  }
  fs.rmSync(work, { recursive: true });
  for (const outcome of differing) console.log(`NOTICED  ${nameOf(outcome)}`);
  const passes = without.filter(({ passed }) => passed).length;
  console.log(`web-platform-tests: ${passes} subtests and files pass without the extension, ${differing.length} of them not with it`);
  // No test at all would prove nothing.
  process.exit(passes > 0 && differing.length === 0 ? 0 : 1);
}

/** @returns {string} a file with the list, without its comments */
function listOfTests() {
  const file = path.join(work, 'tests.txt');
  fs.writeFileSync(file, fs.readFileSync(LIST, 'utf8').replace(/^#.*\n/gm, ''));
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
