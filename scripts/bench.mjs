// `npm run bench`: how long things take with the extension, beside the last browser that had the API itself, in one table.
// It judges nothing: it ends with 1 only when something could not be measured.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import os from 'node:os';
import { readOptions } from './bench/options.mjs';
import { ensureDependencies } from './install.mjs';
import { leave, runCommand } from './leave.mjs';

async function main() {
  const { only, samples, json } = readOptions(process.argv.slice(2));
  const machine = { processors: os.cpus().length, load: os.loadavg()[0] ?? 0 };
  await ensureDependencies();
  const { rows } = await import('./bench/rows.mjs');
  const chosen = rows.filter((row) => only.test(row.name));
  if (chosen.length === 0) throw new Error(`No row matches; there are: ${rows.map((row) => row.name).join('; ')}`);
  const { findBrowser } = await import('./browser/find.mjs');
  const executable = await findBrowser();
  const { builtExtension } = await import('./bench/build.mjs');
  const { findNative } = await import('./bench/native.mjs');
  const { emptyExtension } = await import('./bench/empty-extension.mjs');
  const browsers = {
    executable,
    extension: await builtExtension(),
    empty: emptyExtension(),
    withRules: emptyExtension(true),
    native: findNative(),
  };
  const beside120 = { ...browsers, native: findNative(true) };
  const { measureRow } = await import('./bench/measure.mjs');
  const { summarize } = await import('./bench/summary.mjs');
  /** @type {import('./bench/summary.mjs').Summary[]} */
  const summaries = [];
  for (const row of chosen) {
    console.error(`measuring ${row.name}`);
    summaries.push(summarize(await measureRow(row, row.native === 120 ? beside120 : browsers, samples)));
  }
  const { formatReport } = await import('./bench/report.mjs');
  console.log(formatReport(summaries, browsers.native, machine));
  if (json) fs.writeFileSync(json, `${JSON.stringify({ machine, rows: summaries }, null, 2)}\n`);
  const failed = summaries.some(({ failures }) => Object.keys(failures).length > 0);
  await leave(failed ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
