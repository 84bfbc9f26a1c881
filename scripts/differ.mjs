// `npm run differ`: random programs, carried out in native Chromium 150 and with the extension; whatever can be observed must be the same.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { writeCounts, writeEvidence } from './evidence.mjs';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, leave, runCommand } from './leave.mjs';

const USAGE = 'npm run differ -- [--programs N] [--seed S] [--report FILE]';

function readOptions() {
  try {
    const { values } = parseArgs({ options: { programs: { type: 'string' }, seed: { type: 'string' }, report: { type: 'string' } } });
    const { programs = '100', seed = String(Date.now() % 2 ** 31) } = values;
    const [count, first] = [Number(programs), Number(seed)];
    if (!(Number.isInteger(count) && count > 0 && Number.isInteger(first))) throw new Error('Both are whole numbers');
    return { programs: count, seed: first, report: values.report };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nUsage: ${USAGE}`);
  }
}

/** @param {readonly import('./differ/compare.mjs').Difference[]} differences */
const describe = (differences) =>
  differences.map(({ where, native, extension }) => `  ${where}\n    native     ${native}\n    extension  ${extension}`).join('\n');

async function main() {
  const begun = Date.now();
  const { programs, seed, report } = readOptions();
  const { native150Problem, launchNative150 } = await import('./browser/native.mjs');
  const problem = native150Problem();
  if (problem) {
    console.log(`SKIPPED: native Chromium 150 is not here (${problem}).`);
    return leave(0);
  }
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  const { launch } = await import('./browser/launch.mjs');
  const { builtExtension } = await import('./bench/build.mjs');
  const { Side } = await import('./differ/side.mjs');
  const { servePrograms } = await import('./differ/site.mjs');
  const { createProgram } = await import('./differ/program.mjs');
  const { differences, shrink, unexplained } = await import('./differ/compare.mjs');
  const known = JSON.parse(fs.readFileSync(new URL('../test/differ/known.json', import.meta.url), 'utf8'));
  const site = await servePrograms();
  beforeLeaving(() => site.close());
  const native = await Side.open(await launchNative150(), 'native');
  beforeLeaving(() => native.close());
  const executable = await findBrowser();
  const extension = await Side.open(await launch({ executable, extension: await builtExtension() }), 'extension');
  beforeLeaving(() => extension.close());

  let run = 0;
  /** @param {import('./differ/program.mjs').Step[]} program */
  const compare = async (program) => {
    const origin = site.originOf(`program-${++run}`);
    const observed = await Promise.all([native.run(program, origin), extension.run(program, origin)]);
    return unexplained(differences(program, ...observed), known);
  };

  console.log(`${programs} programs, --seed ${seed}`);
  /** @type {string[]} */
  const found = [];
  /** Those of `found` that were found twice. @type {string[]} */
  const differ = [];
  /** @param {string} text */
  const say = (text) => {
    found.push(`\n\n  \`\`\`\n${text.replace(/^/gm, '  ')}\n  \`\`\``);
    console.log(`\n${text}`);
  };
  for (let index = 0; index < programs; index++) {
    const program = createProgram(seed + index);
    const first = await compare(program);
    if (first.length === 0) continue;
    if ((await compare(program)).length === 0) {
      say(`--programs 1 --seed ${seed + index}, only once:\n${describe(first)}`);
      continue;
    }
    const smallest = await shrink(program, async (shorter) => (await compare(shorter)).length > 0);
    const steps = smallest.map((step) => `  ${JSON.stringify(step)}`).join('\n');
    differ.push(`--programs 1 --seed ${seed + index}\n${steps}\n${describe(await compare(smallest))}`);
    say(/** @type {string} */ (differ.at(-1)));
  }
  const same = programs - found.length;
  const unsteady = found.length - differ.length;
  console.log(`\n${same} of ${programs} programs did the same; ${unsteady} did not, and then did`);
  writeCounts(process.env.DIFFER_COUNTS, programs - differ.length, differ);
  const products = await Promise.all([native, extension].map(({ browser }) => browser.devtools.send('Browser.getVersion')));
  writeEvidence(report, {
    title: 'Random programs, natively and with the extension',
    command: `npm run differ -- --programs ${programs} --seed ${seed}`,
    seed,
    browser: products.map(({ product }) => product).join(' natively, and with the extension '),
    begun,
    counts: [
      ['Programs', programs],
      ['Programs that did the same in both', same],
      ['Programs that did not, and did when they were run again', unsteady],
      ['Differences that are explained in test/differ/known.json', known.length],
    ],
    findings: found,
  });
  await leave(differ.length > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
