// `npm run bench`: how long things take with the extension, beside the last browser that had the API itself, in one table; and, where that is asked for,
// how that grows with what is stored, lives or is embedded. It judges nothing: it ends with 1 only when something could not be measured.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import os from 'node:os';
import { readOptions } from './bench/options.mjs';
import { ensureDependencies } from './install.mjs';
import { leave, runCommand } from './leave.mjs';

/** @typedef {import('./bench/sides.mjs').Browsers} Browsers */

/** @returns {Promise<Browsers>} */
async function findBrowsers() {
  const { findBrowser } = await import('./browser/find.mjs');
  const { builtExtension } = await import('./bench/build.mjs');
  const { findNative } = await import('./bench/native.mjs');
  const { emptyExtension, floorExtension } = await import('./bench/empty-extension.mjs');
  const executable = await findBrowser();
  const [empty, withRules] = [emptyExtension(), emptyExtension(true)];
  return { executable, extension: await builtExtension(), empty, withRules, floor: floorExtension(), native: findNative() };
}

/** @param {import('./bench/rows.mjs').Row[]} rows @param {Browsers} browsers @param {number | undefined} samples */
async function measureRows(rows, browsers, samples) {
  const { findNative } = await import('./bench/native.mjs');
  const { measureRow } = await import('./bench/measure.mjs');
  const { summarize } = await import('./bench/summary.mjs');
  const beside120 = { ...browsers, native: findNative(true) };
  /** @type {import('./bench/summary.mjs').Summary[]} */
  const summaries = [];
  for (const row of rows) {
    console.error(`measuring ${row.name}`);
    summaries.push(summarize(await measureRow(row, row.native === 120 ? beside120 : browsers, samples)));
  }
  return summaries;
}

/** @param {import('./bench/growth/dimensions.mjs').Dimension[]} dimensions @param {Browsers} browsers @param {number} largest */
async function measureDimensions(dimensions, browsers, largest) {
  const { measureGrowth } = await import('./bench/growth/measure.mjs');
  /** @type {import('./bench/growth/measure.mjs').Growth[]} */
  const all = [];
  for (const dimension of dimensions) {
    console.error(`measuring growth: ${dimension.name}`);
    all.push(await measureGrowth(dimension, browsers, largest));
  }
  return all;
}

/** As a shell takes it. @param {string} argument */
const quoted = (argument) => (/^[\w./:=-]+$/.test(argument) ? argument : `'${argument}'`);

async function main() {
  const begun = Date.now();
  const { only, isNamed, samples, largest, json, report } = readOptions(process.argv.slice(2));
  const machine = { processors: os.cpus().length, load: os.loadavg()[0] ?? 0 };
  await ensureDependencies();
  const { rows } = await import('./bench/rows.mjs');
  const { dimensions, nameOf } = await import('./bench/growth/dimensions.mjs');
  const chosen = rows.filter((row) => only.test(row.name));
  const growing = isNamed ? dimensions.filter((dimension) => only.test(nameOf(dimension))) : [];
  if (chosen.length + growing.length === 0)
    throw new Error(`Nothing matches; there are: ${[...rows.map((row) => row.name), ...dimensions.map(nameOf)].join('; ')}`);
  const browsers = await findBrowsers();
  const summaries = await measureRows(chosen, browsers, samples);
  const { formatReport } = await import('./bench/report.mjs');
  if (chosen.length > 0) console.log(formatReport(summaries, browsers.native, machine));
  const growths = await measureDimensions(growing, browsers, largest);
  const { formatGrowth } = await import('./bench/growth/summary.mjs');
  if (growths.length > 0) console.log(formatGrowth(growths));
  if (json) fs.writeFileSync(json, `${JSON.stringify({ machine, rows: summaries, growth: growths }, null, 2)}\n`);
  if (report) {
    const { writeReport } = await import('./bench/write-report.mjs');
    await writeReport(report, {
      command: `npm run bench -- ${process.argv.slice(2).map(quoted).join(' ')}`,
      begun,
      machine,
      summaries,
      growths,
      browsers,
    });
  }
  const failed = summaries.some(({ failures }) => Object.keys(failures).length > 0);
  await leave(failed ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
