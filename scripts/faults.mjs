// `npm run faults`: things go wrong at random points of random traffic; what was acknowledged must be there all the same, once and in order.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import { parseArgs } from 'node:util';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, leave, runCommand } from './leave.mjs';

const USAGE = 'npm run faults -- [--count N] [--seed S] [--parallel BROWSERS] [--only EPISODE] [--report FILE]';

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        count: { type: 'string' },
        seed: { type: 'string' },
        parallel: { type: 'string' },
        only: { type: 'string' },
        report: { type: 'string' },
      },
    });
    const { count = '100', seed = String(Date.now() % 2 ** 31), parallel = '1', only, report } = values;
    const numbers = [count, seed, parallel, only ?? '0'].map(Number);
    if (!numbers.every(Number.isInteger) || Number(count) < 1 || Number(parallel) < 1) throw new Error('Numbers are whole');
    return {
      count: Number(count),
      seed: Number(seed),
      parallel: only === undefined ? Number(parallel) : 1,
      only: only === undefined ? null : Number(only),
      report,
    };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nUsage: ${USAGE}`);
  }
}

async function main() {
  const begun = Date.now();
  const options = readOptions();
  const { count, seed, parallel, only } = options;
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  const { builtExtension } = await import('./bench/build.mjs');
  const { writeCounts, writeEvidence } = await import('./evidence.mjs');
  const { Campaign } = await import('./faults/campaign.mjs');
  const { runDiskFaults } = await import('./faults/disk.mjs');
  const { Stage } = await import('./faults/stage.mjs');
  const { serveEpisodes } = await import('./faults/site.mjs');
  const site = await serveEpisodes();
  beforeLeaving(() => site.close());
  const browser = { executable: await findBrowser(), extension: await builtExtension() };
  const stages = Array.from({ length: parallel }, () => new Stage(browser));
  beforeLeaving(() => Promise.all(stages.map((stage) => stage.close())));
  await Promise.all(stages.map((stage) => stage.start()));
  console.log(only === null ? `${count} faults, --seed ${seed} --parallel ${parallel}` : `--seed ${seed} --only ${only}`);
  const campaign = new Campaign(stages, site, seed);
  if (only === null) await campaign.runFaults(count);
  else await campaign.runEpisode(only);
  const { product } = await campaign.stage.browser.devtools.send('Browser.getVersion');
  console.log(campaign.summary());

  /** @type {Error | undefined} */
  const ofDisk = only === null ? await runDiskFaults(count, seed).catch((error) => error) : undefined;
  if (only === null) console.log(`${count} faults of the disk, at the store's interface: ${ofDisk?.message ?? 'nothing was lost'}`);
  const findings = [...campaign.failures, ...(ofDisk ? [ofDisk.message] : [])];
  writeCounts(process.env.FAULTS_COUNTS, campaign.passed + (ofDisk ? 0 : 1), findings);
  writeEvidence(options.report, {
    title: 'Faults',
    command: `npm run faults -- --count ${count} --seed ${seed} --parallel ${parallel}`,
    seed,
    browser: product,
    begun,
    counts: [['Browsers at once', parallel], ...campaign.counts(), ["Faults of the disk, at the store's interface", count]],
    findings: findings.map((finding) => `\`\`\`\n  ${finding.replaceAll('\n', '\n  ')}\n  \`\`\``),
  });
  await leave(findings.length > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
