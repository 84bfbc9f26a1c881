// A row's samples, put into figures.

import { median, medianDifference, middleHalf, percentile, ratiosOfBlocks } from './statistics.mjs';

/** @typedef {{ version: string, median: number, p95: number, samples: number[] }} Figures */
/**
 * @typedef {object} Summary what is written with --json, and what the report shows
 * @property {string} name
 * @property {string} unit
 * @property {string} [note] what a figure is made of
 * @property {import('./sides.mjs').SideName[]} measuredOn the row's sides, whether they could be measured or not
 * @property {Partial<Record<import('./sides.mjs').SideName, Figures>>} sides
 * @property {number} [ratio] of the medians, extension to native
 * @property {[number, number]} [spread] between which the middle half of such ratios lie, of turns that came one after the other
 * @property {number} [aboveEmpty] what the extension adds to an empty one
 * @property {number} [aboveRules] what it adds to one that may have rules as well
 * @property {number} [added] what the extension adds to its browser
 * @property {number} [noise] what nothing at all seems to add, by the same reckoning
 * @property {Partial<Record<import('./sides.mjs').SideName, string>>} failures
 */

/**
 * @param {import('./measure.mjs').Result} result
 * @returns {Summary}
 */
export function summarize({ row, samples, versions, failures }) {
  const complete = [...samples].filter(([side]) => !failures.has(side));
  const sides = Object.fromEntries(complete.map(([side, values]) => [side, figures(values, versions.get(side) ?? '')]));
  /** @type {Summary} */
  const summary = {
    name: row.name,
    unit: row.unit,
    ...(row.note ? { note: row.note } : {}),
    measuredOn: row.sides,
    sides,
    failures: Object.fromEntries(failures),
  };
  const { extension, native, off, empty, 'empty with rules': withRules, 'off again': again } = summary.sides;
  if (extension && native) {
    summary.ratio = extension.median / native.median;
    summary.spread = middleHalf(ratiosOfBlocks(extension.samples, native.samples, row.block));
  }
  if (extension && empty) summary.aboveEmpty = medianDifference(extension.samples, empty.samples);
  if (extension && withRules) summary.aboveRules = medianDifference(extension.samples, withRules.samples);
  if (extension && off) summary.added = medianDifference(extension.samples, off.samples);
  if (off && again) summary.noise = medianDifference(again.samples, off.samples);
  return summary;
}

/**
 * @param {number[]} samples
 * @param {string} version
 * @returns {Figures}
 */
function figures(samples, version) {
  return { version, median: median(samples), p95: percentile(samples, 95), samples };
}
