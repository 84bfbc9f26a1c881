// `npm run differ`: random programs, carried out in native Chromium 150 and with the extension; whatever can be observed must be the same.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, leave, runCommand } from './leave.mjs';

const USAGE = 'npm run differ -- [--programs N] [--seed S]';

function readOptions() {
  try {
    const { values } = parseArgs({ options: { programs: { type: 'string' }, seed: { type: 'string' } } });
    const { programs = '100', seed = String(Date.now() % 2 ** 31) } = values;
    const [count, first] = [Number(programs), Number(seed)];
    if (!(Number.isInteger(count) && count > 0 && Number.isInteger(first))) throw new Error('Both are whole numbers');
    return { programs: count, seed: first };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nUsage: ${USAGE}`);
  }
}

/** @param {readonly import('./differ/compare.mjs').Difference[]} differences */
function describe(differences) {
  for (const { where, native, extension } of differences) console.log(`  ${where}\n    native     ${native}\n    extension  ${extension}`);
}

async function main() {
  const { programs, seed } = readOptions();
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
  let different = 0;
  let unsteady = 0;
  for (let index = 0; index < programs; index++) {
    const program = createProgram(seed + index);
    const first = await compare(program);
    if (first.length === 0) continue;
    if ((await compare(program)).length === 0) {
      unsteady++;
      console.log(`\n--programs 1 --seed ${seed + index}, only once:`);
      describe(first);
      continue;
    }
    different++;
    const smallest = await shrink(program, async (shorter) => (await compare(shorter)).length > 0);
    console.log(`\n--programs 1 --seed ${seed + index}`);
    for (const step of smallest) console.log(`  ${JSON.stringify(step)}`);
    describe(await compare(smallest));
  }
  console.log(`\n${programs - different - unsteady} of ${programs} programs did the same; ${unsteady} did not, and then did`);
  // For .ci/run, which adds its own counts to these.
  if (process.env.DIFFER_COUNTS) fs.writeFileSync(process.env.DIFFER_COUNTS, `${programs - different} ${different}\n`);
  await leave(different > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
