// `npm run soak`: several tabs use everything for a while; nothing may grow, once it is warm.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, leave, runCommand } from './leave.mjs';

const USAGE = 'npm run soak -- [--minutes N] [--rate PER_SECOND] [--report FILE]';

function readOptions() {
  try {
    const { values } = parseArgs({ options: { minutes: { type: 'string' }, rate: { type: 'string' }, report: { type: 'string' } } });
    const [minutes, rate] = [Number(values.minutes ?? 30), Number(values.rate ?? 5)];
    if (!(minutes >= 1 && rate > 0)) throw new Error('It takes a minute at least, and something must be done meanwhile');
    return { minutes, rate, report: values.report };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nUsage: ${USAGE}`);
  }
}

/** @param {import('./soak/run.mjs').Measured} measured */
function lineOf({ time, memory, throughput, latency }) {
  const memories = Object.entries(memory).map(([role, mebibytes]) => `${role} ${mebibytes.toFixed(0)}`);
  const { set } = latency;
  return `${(time / 60).toFixed(1)} min: ${throughput.toFixed(1)}/s, set() ${set?.p50.toFixed(2)}/${set?.p95.toFixed(2)} ms; MiB: ${memories.join(', ')}`;
}

async function main() {
  const begun = Date.now();
  const { minutes, rate, report } = readOptions();
  if (process.platform !== 'linux') throw new Error('The memory of processes is read as Linux has it.');
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  const { launch } = await import('./browser/launch.mjs');
  const { builtExtension } = await import('./bench/build.mjs');
  const { writeCounts, writeEvidence } = await import('./evidence.mjs');
  const { chartOf } = await import('./chart.mjs');
  const { Soak } = await import('./soak/run.mjs');
  const { serveSoak } = await import('./soak/site.mjs');
  const { SHORTEST_JUDGED } = await import('./soak/steady.mjs');
  const { growths, growthTable, latencyTable, panelsOf } = await import('./soak/summary.mjs');
  const args = ['--disable-background-timer-throttling', '--disable-renderer-backgrounding'];
  const browser = await launch({ executable: await findBrowser(), extension: await builtExtension(), args });
  beforeLeaving(() => browser.close());
  const soak = new Soak(browser, rate);
  const site = await serveSoak((note) => soak.hear(note));
  beforeLeaving(() => site.close());
  const { product } = await browser.devtools.send('Browser.getVersion');

  if (minutes >= SHORTEST_JUDGED) {
    console.log('filling the log and the store of reports');
    await soak.fill(site.originOf, () => site.reports);
  }
  console.log(`${minutes} minutes`);
  let next = 0;
  await soak.run(site.originOf, minutes, (measured) => {
    if (measured.time < next) return;
    next += 30;
    console.log(lineOf(measured));
  });

  const all = growths(soak.measured);
  const grown = all.filter(({ isSteady }) => !isSteady && minutes >= SHORTEST_JUDGED);
  const failures = [...new Set(soak.failures)];
  const chart = await chartOf(browser, panelsOf(soak.measured));
  const file = report ? report.replace(/(\.md)?$/, '.svg') : path.join(process.cwd(), 'soak.svg');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, chart);
  console.log(`\n${growthTable(all)}\n\n${latencyTable(soak.measured)}\n\nThe chart is ${file}`);
  for (const failure of failures) console.log(failure);
  const verdict = grown.length === 0 ? 'nothing grew by more than 5 %' : `${grown.map(({ role }) => role).join(', ')} grew`;
  console.log(`\n${soak.done} calls, ${site.reports} reports, ${soak.failures.length} failures, in ${minutes} minutes; ${verdict}`);
  writeCounts(process.env.SOAK_COUNTS, all.length - grown.length, [...grown.map(({ role }) => `${role} grew`), ...failures]);
  writeEvidence(report, {
    title: 'Endurance',
    command: `npm run soak -- --minutes ${minutes} --rate ${rate}`,
    browser: product,
    begun,
    counts: [
      ['Calls', soak.done],
      ['Reports', site.reports],
      ['Failures', soak.failures.length],
    ],
    findings: [
      ...grown.map(
        ({ role, growth, growthOfWhatIsLeft: left }) => `The memory of ${role} grew by ${(100 * (left ?? growth)).toFixed(1)} %.`,
      ),
      ...failures,
    ],
    details: `${growthTable(all)}\n\n${latencyTable(soak.measured)}\n\n![Memory, latency and throughput over time](${path.basename(file)})`,
  });
  await leave(grown.length + failures.length > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
