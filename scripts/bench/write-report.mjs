// The bench's part of docs/evidence: what was measured, and the chart of what grows beside it.

import fs from 'node:fs';
import path from 'node:path';
import { launch } from '../browser/launch.mjs';
import { chartOf } from '../chart.mjs';
import { writeEvidence } from '../evidence.mjs';
import { findingsOf, formatGrowth, panelOf } from './growth/summary.mjs';
import { formatReport } from './report.mjs';

/**
 * @typedef {object} Measurements
 * @property {string} command
 * @property {number} begun in milliseconds since the epoch
 * @property {{ processors: number, load: number }} machine
 * @property {import('./summary.mjs').Summary[]} summaries
 * @property {import('./growth/measure.mjs').Growth[]} growths
 * @property {import('./sides.mjs').Browsers} browsers
 */

/** @param {string} file @param {Measurements} measurements */
export async function writeReport(file, { command, begun, machine, summaries, growths, browsers }) {
  const details = [];
  if (summaries.length > 0) details.push(`\`\`\`\n${formatReport(summaries, browsers.native, machine)}\n\`\`\``);
  if (growths.length > 0) {
    const browser = await launch({ executable: browsers.executable });
    const chart = file.replace(/(\.md)?$/, '.svg');
    try {
      fs.mkdirSync(path.dirname(path.resolve(chart)), { recursive: true });
      fs.writeFileSync(chart, await chartOf(browser, growths.map(panelOf)));
    } finally {
      await browser.close();
    }
    details.push(formatGrowth(growths), `![Cost of each operation by how much there is](${path.basename(chart)})`);
  }
  const version = growths[0]?.version ?? summaries[0]?.sides.extension?.version;
  writeEvidence(file, {
    title: growths.length > 0 ? 'Growth' : 'Speed',
    command,
    ...(version ? { browser: version } : {}),
    begun,
    counts: [['Load before', machine.load.toFixed(1)]],
    findings: growths.flatMap(findingsOf),
    details: details.join('\n\n'),
  });
}
