// What an instrument says of a run of its own, for docs/evidence: `--report FILE`.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/**
 * @typedef {object} Evidence
 * @property {string} title
 * @property {string} command what repeats the run
 * @property {number} [seed] where the run was random
 * @property {string} [browser] as the browser names itself
 * @property {number} begun in milliseconds since the epoch
 * @property {readonly (readonly [what: string, count: string | number])[]} counts
 * @property {readonly string[]} findings each in a sentence or two, in Markdown; none where the run found nothing
 * @property {string} [details] what else there is to say, in Markdown
 */

const machine = () =>
  `${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB of memory, ${os.type()} ${os.release()} (${os.arch()}), Node ${process.version}`;

/** @param {number} seconds */
const duration = (seconds) => (seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`);

/** What somebody else has sent is shown in characters that an editor takes for text. @param {string} text */
const printable = (text) => text.replace(/[^\P{C}\n]/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** @param {Evidence} evidence */
export function evidenceText({ title, command, seed, browser, begun, counts, findings, details }) {
  const lines = [
    `# ${title}`,
    '',
    'Written by the run itself, which this repeats:',
    '',
    '```sh',
    command,
    '```',
    '',
    '| | |',
    '| --- | --- |',
    `| Date | ${new Date(begun)
      .toISOString()
      .replace(/:\d\d\.\d+Z$/, ' UTC')
      .replace('T', ' ')} |`,
    `| Machine | ${machine()} |`,
    ...(browser ? [`| Browser | ${browser} |`] : []),
    ...(seed === undefined ? [] : [`| Seed | ${seed} |`]),
    `| Time | ${duration(Math.round((Date.now() - begun) / 1000))} |`,
    ...counts.map(([what, count]) => `| ${what} | ${count} |`),
    '',
    '## Findings',
    '',
    ...(findings.length > 0 ? findings.map((finding) => `- ${finding}`) : ['None.']),
    ...(details ? ['', details.trim()] : []),
  ];
  return printable(`${lines.join('\n')}\n`);
}

/**
 * @param {string | undefined} file nothing is written without one
 * @param {Evidence} evidence
 */
export function writeEvidence(file, evidence) {
  if (file === undefined) return;
  fs.mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  fs.writeFileSync(file, evidenceText(evidence));
}

/**
 * For .ci/run, which adds the counts of all steps, and repeats at its end what failed: the log of a whole run is long.
 * @param {string | undefined} file
 * @param {number} passed
 * @param {readonly string[]} failures what failed, each in words that find it again
 */
export function writeCounts(file, passed, failures) {
  const lines = failures.map((failure) => failure.replace(/\s+/g, ' ').trim().slice(0, 400));
  if (file) fs.writeFileSync(file, [`${passed} ${failures.length}`, ...lines, ''].join('\n'));
}
