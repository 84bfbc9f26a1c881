// The command line of the bench.

import { parseArgs } from 'node:util';

const USAGE = 'npm run bench -- [--only REGEX] [--samples N] [--largest N] [--json FILE] [--report FILE]';

/**
 * @typedef {object} Options
 * @property {RegExp} only
 * @property {boolean} isNamed whether somebody has said what is wanted: what takes long is not measured otherwise
 * @property {number | undefined} samples instead of each row's own number
 * @property {number} largest size of what grows
 * @property {string | undefined} json
 * @property {string | undefined} report
 */

/** @param {string} name @param {string | undefined} given */
function wholeNumber(name, given) {
  if (given === undefined) return undefined;
  const number = Number(given);
  if (!(Number.isInteger(number) && number > 0)) throw new Error(`--${name} takes a whole number above 0`);
  return number;
}

/** @param {string[]} args @returns {Options} */
export function readOptions(args) {
  const string = /** @type {const} */ ({ type: 'string' });
  try {
    const { values } = parseArgs({ args, options: { only: string, samples: string, largest: string, json: string, report: string } });
    const { only, json, report } = values;
    const largest = wholeNumber('largest', values.largest) ?? Number.POSITIVE_INFINITY;
    return {
      only: new RegExp(only ?? '', 'i'),
      isNamed: only !== undefined,
      samples: wholeNumber('samples', values.samples),
      largest,
      json,
      report,
    };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nUsage: ${USAGE}`);
  }
}
