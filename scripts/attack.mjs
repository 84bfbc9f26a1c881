// `npm run attack`: hostile pages, worklets, servers and neighbours, each after what a victim has stored; none may get it, or get out.
// Node built-ins only up here: what needs node_modules is imported after it is there.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './install.mjs';
import { beforeLeaving, leave, runCommand } from './leave.mjs';

const USAGE = 'npm run attack -- [--only NAME]… [--share PART] [--seed S] [--report FILE]';

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        share: { type: 'string' },
        seed: { type: 'string' },
        report: { type: 'string' },
      },
    });
    const seed = Number(values.seed ?? Date.now() % 2 ** 31);
    const share = Number(values.share ?? 1);
    if (!Number.isInteger(seed) || !(share > 0 && share <= 1)) throw new Error('S is a whole number, PART one from 0 to 1');
    return { only: values.only ?? [''], share, seed, report: values.report };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nUsage: ${USAGE}`);
  }
}

async function main() {
  const begun = Date.now();
  const options = readOptions();
  await ensureDependencies();
  const { findBrowser } = await import('./browser/find.mjs');
  const { launch } = await import('./browser/launch.mjs');
  const { builtExtension } = await import('./bench/build.mjs');
  const { writeCounts, writeEvidence } = await import('./evidence.mjs');
  const { netLogSwitches, readNetLog } = await import('./attack/net-log.mjs');
  const { Arena } = await import('./attack/arena.mjs');
  const { chosenAttacks } = await import('./attack/cases.mjs');
  const { CONTROLS } = await import('./attack/controls.mjs');
  const { breachesLater, isHarmless, lineOf, summaryOf, textOf } = await import('./attack/judge.mjs');

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-attack-'));
  beforeLeaving(() => fs.rmSync(folder, { recursive: true, force: true }));
  const netLog = path.join(folder, 'net-log.json');
  const executable = await findBrowser();
  const args = ['--disable-popup-blocking', ...netLogSwitches(netLog)];
  const browser = await launch({ executable, extension: await builtExtension(), incognito: true, args });
  beforeLeaving(() => browser.close());
  const arena = await Arena.open(browser, options.seed);
  beforeLeaving(() => arena.close());
  const product = (await browser.devtools.send('Browser.getVersion')).product;

  const attacks = await chosenAttacks(options, arena.random);
  console.log(`${attacks.length} attacks, --seed ${options.seed}`);
  const outcomes = [];
  for (const attack of [...CONTROLS, ...attacks]) {
    const outcome = await arena.run(attack);
    outcomes.push(outcome);
    console.log(lineOf(outcome));
  }
  await browser.close();
  const sent = readNetLog(netLog);
  for (const outcome of outcomes)
    for (const breach of breachesLater(outcome, arena.stage.trap.calls, sent)) {
      outcome.breaches.push(breach);
      if (!outcome.attack.noticedBy && !outcome.attack.limit) console.log(lineOf(outcome));
    }
  const bad = outcomes.filter((outcome) => !isHarmless(outcome));
  if (bad.length > 0) console.log('');
  for (const outcome of bad) console.log(textOf(outcome));
  const summary = summaryOf(outcomes);
  console.log(`\n${summary.text}`);
  writeCounts(process.env.ATTACK_COUNTS, outcomes.length - bad.length, bad.map(textOf));
  writeEvidence(options.report, {
    title: 'Attacks',
    command: `npm run attack -- --seed ${options.seed}`,
    seed: options.seed,
    browser: product,
    begun,
    counts: summary.counts,
    findings: bad.map(textOf),
    details: summary.details,
  });
  await leave(bad.length > 0 ? 1 : 0);
}

runCommand(main, { interrupted: 130 });
