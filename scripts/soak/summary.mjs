// What a run of npm run soak comes to: what grew, tables, and what the chart shows.

import { median } from '../bench/statistics.mjs';
import { growth, growthOfWhatIsLeft, TOLERANCE } from './steady.mjs';

/** @typedef {import('./run.mjs').Measured} Measured */
/**
 * @typedef {object} Growth memory in MiB
 * @property {string} role
 * @property {number} begin
 * @property {number} end
 * @property {number} growth
 * @property {number | null} growthOfWhatIsLeft after garbage collections; null where there were none
 * @property {boolean} isSteady judged by what is left, where that is known
 */

const ALL = 'all together';

/** What a page can time, in milliseconds: less than that would be nothing, which has no place on the chart. */
const SHORTEST = 0.1;

/** @param {readonly Measured[]} measured @returns {Growth[]} */
export function growths(measured) {
  const roles = [...new Set(measured.flatMap(({ memory }) => Object.keys(memory))), ALL];
  const memoryOf = (/** @type {Measured} */ { memory }, /** @type {string} */ role) =>
    role === ALL ? Object.values(memory).reduce((sum, one) => sum + one, 0) : (memory[role] ?? 0);
  return roles.map((role) => {
    const samplesOf = (/** @type {readonly Measured[]} */ some) => some.map((one) => ({ time: one.time, value: memoryOf(one, role) }));
    const samples = samplesOf(measured.filter(({ isCollected }) => !isCollected));
    const third = Math.ceil(samples.length / 3);
    const middle = (/** @type {typeof samples} */ some) => median(some.map(({ value }) => value));
    const grown = growth(samples);
    const left = growthOfWhatIsLeft(samplesOf(measured.filter(({ isCollected }) => isCollected)));
    return {
      role,
      begin: middle(samples.slice(third, 2 * third)),
      end: middle(samples.slice(-third)),
      growth: grown,
      growthOfWhatIsLeft: left,
      isSteady: (left ?? grown) <= TOLERANCE,
    };
  });
}

/** @param {readonly Measured[]} measured @param {'p50' | 'p95'} which */
const latencies = (measured, which) =>
  measured.flatMap(({ time, latency }) =>
    Object.entries(latency).map(([series, one]) => ({ x: time / 60, y: Math.max(SHORTEST, one[which]), series })),
  );

/** @param {readonly Measured[]} measured @returns {import('../chart.mjs').Panel[]} */
export const panelsOf = (measured) => [
  {
    x: 'minutes',
    y: 'MiB (PSS, without files)',
    points: measured.flatMap(({ time, memory }) => Object.entries(memory).map(([series, y]) => ({ x: time / 60, y, series }))),
  },
  { x: 'minutes', y: 'ms, p50', logarithmic: 'y', points: latencies(measured, 'p50') },
  { x: 'minutes', y: 'ms, p95', logarithmic: 'y', points: latencies(measured, 'p95') },
  {
    x: 'minutes',
    y: 'done per second',
    points: measured.map(({ time, throughput }) => ({ x: time / 60, y: throughput, series: 'all tabs' })),
  },
];

const percent = (/** @type {number} */ part) => `${(100 * part).toFixed(1)} %`;

/** @param {readonly Growth[]} all */
export function growthTable(all) {
  const row = (/** @type {Growth} */ { role, begin, end, growth: grown, growthOfWhatIsLeft: left }) =>
    `| ${role} | ${begin.toFixed(1)} | ${end.toFixed(1)} | ${percent(grown)} | ${left === null ? '–' : percent(left)} |`;
  return [
    '| Processes | after the warm-up, MiB | at the end, MiB | growth by slope | growth of what garbage collections leave |',
    '| --- | --- | --- | --- | --- |',
    ...all.map(row),
  ].join('\n');
}

/** @param {readonly Measured[]} measured */
export function latencyTable(measured) {
  const names = [...new Set(measured.flatMap(({ latency }) => Object.keys(latency)))];
  const row = (/** @type {string} */ name) => {
    const all = measured.flatMap(({ latency }) => latency[name] ?? []);
    const figure = (/** @type {'p50' | 'p95'} */ which) => median(all.map((one) => one[which])).toFixed(2);
    return `| ${name} | ${all.reduce((sum, { count }) => sum + count, 0)} | ${figure('p50')} | ${figure('p95')} |`;
  };
  return ['| What | times | p50, ms | p95, ms |', '| --- | --- | --- | --- |', ...names.map(row)].join('\n');
}
