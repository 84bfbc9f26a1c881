// The command line of the bench.

import { parseArgs } from 'node:util';

const USAGE = 'npm run bench -- [--only REGEX] [--samples N] [--json FILE]';

/**
 * @param {string[]} args
 * @returns {{ only: RegExp, samples: number | undefined, json: string | undefined }} `samples` replaces each row's own number
 */
export function readOptions(args) {
  try {
    const { values } = parseArgs({ args, options: { only: { type: 'string' }, samples: { type: 'string' }, json: { type: 'string' } } });
    const samples = values.samples === undefined ? undefined : Number(values.samples);
    if (samples !== undefined && !(Number.isInteger(samples) && samples > 0)) throw new Error('--samples takes a whole number above 0');
    return { only: new RegExp(values.only ?? '', 'i'), samples, json: values.json };
  } catch (error) {
    throw new Error(`${/** @type {Error} */ (error).message}\nUsage: ${USAGE}`);
  }
}
