// `npm run fuzz -- --inputs N --seed S`: gives every decoder of messages and headers N random inputs, and prints the seed that repeats them.

import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from './child.mjs';
import { ensureDependencies } from './install.mjs';
import { runCommand } from './leave.mjs';

/** @param {string | undefined} text @param {number} otherwise */
function countOf(text, otherwise) {
  const count = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${text} is no number of inputs, or no seed: an integer from 1 up`);
  return count;
}

async function main() {
  const { values } = parseArgs({ options: { inputs: { type: 'string' }, seed: { type: 'string' } } });
  const inputs = countOf(values.inputs, 20_000);
  const seed = countOf(values.seed, 1 + Math.floor(Math.random() * 2 ** 31));
  await ensureDependencies();
  console.log(`${inputs} inputs for each decoder, seed ${seed}`);
  const require = createRequire(import.meta.url);
  const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  // However long it takes: what is given to a decoder is finite, and so is what the decoder does with it.
  const args = [vitest, 'run', '--project', 'unit', '--testTimeout', '0', 'test/unit/fuzz-'];
  await runChild('fuzz', process.execPath, args, {
    cwd: path.resolve(import.meta.dirname, '..'),
    stdio: ['ignore', 1, 2],
    env: { ...process.env, FUZZ_INPUTS: String(inputs), SEED: String(seed) },
  });
}

runCommand(main, { interrupted: 130 });
