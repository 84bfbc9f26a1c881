// `npm run fuzz -- [--inputs N] [--seed S] [--report FILE]`: gives every decoder of messages and headers N random inputs, and prints the seed that repeats them.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from './child.mjs';
import { writeCounts, writeEvidence } from './evidence.mjs';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, leave, runCommand } from './leave.mjs';
import { readReport } from './vitest-report.mjs';

/** @param {string | undefined} text @param {number} otherwise */
function countOf(text, otherwise) {
  const count = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${text} is no number of inputs, or no seed: an integer from 1 up`);
  return count;
}

async function main() {
  const begun = Date.now();
  const { values } = parseArgs({ options: { inputs: { type: 'string' }, seed: { type: 'string' }, report: { type: 'string' } } });
  const inputs = countOf(values.inputs, 20_000);
  const seed = countOf(values.seed, 1 + Math.floor(Math.random() * 2 ** 31));
  await ensureDependencies();
  console.log(`${inputs} inputs for each decoder, seed ${seed}`);
  const require = createRequire(import.meta.url);
  const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-fuzz-'));
  beforeLeaving(() => fs.rmSync(folder, { recursive: true }));
  const results = path.join(folder, 'results.json');
  // However long it takes: what is given to a decoder is finite, and so is what the decoder does with it.
  const args = [
    vitest,
    'run',
    '--project',
    'unit',
    '--testTimeout',
    '0',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ];
  const failure = await runChild('fuzz', process.execPath, [...args, 'test/unit/fuzz-'], {
    cwd: path.resolve(import.meta.dirname, '..'),
    stdio: ['ignore', 1, 2],
    env: { ...process.env, FUZZ_INPUTS: String(inputs), SEED: String(seed) },
  }).catch((error) => error);
  const { results: decoders, passed, failures } = readReport(results);
  // A run that dies before its report is one failure.
  if (failure && failures.length === 0) failures.push(failure.message);
  writeCounts(process.env.FUZZ_COUNTS, passed, failures);
  writeEvidence(values.report, {
    title: 'Fuzzed decoders',
    command: `npm run fuzz -- --inputs ${inputs} --seed ${seed}`,
    seed,
    begun,
    counts: [
      ['Inputs for each decoder', inputs],
      ['Decoders, and readers of headers, attributes and files', decoders.length],
      ['Those that threw nothing and let nothing through', passed],
    ],
    findings: failures,
    details: `## What was given inputs\n\n${decoders.map(({ title }) => `- ${title.replace(/ \(seed \d+\)/, '')}`).join('\n')}`,
  });
  if (failure) console.error(failure.message);
  console.log(`${passed} of ${decoders.length} decoders threw nothing and let nothing through`);
  await leave(failures.length > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
