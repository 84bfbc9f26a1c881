// How what was measured grows: as a table, in words, and as a chart.

import { median } from '../statistics.mjs';

/** @typedef {import('./measure.mjs').Growth} Growth */

/** How much more than log n something may grow before it is said to: the noise of a machine that does other things as well. */
const TOLERANCE = 1.5;

/** What counts is how it grows in the end: what is so little that all of it fits into some memory costs less, at whatever size that ends. */
const LAST = 100;

/** Less is not told apart. In milliseconds. */
const LEAST = 0.01;

const REFERENCE = 'log n';

/** One more, so that it grows from one on. @param {number} size */
const log = (size) => Math.log2(size + 1);

/**
 * @typedef {object} Line
 * @property {string} operation
 * @property {string} unit
 * @property {{ size: number, value: number }[]} points medians
 * @property {number} from the size that the largest is compared with
 * @property {number} factor how many times as much it costs at the largest size
 * @property {number} allowed how many times as much log n is
 * @property {boolean} isWorse whether it grows faster than log n
 */

/** @param {Growth} growth @returns {Line[]} */
export function linesOf({ measured }) {
  const names = [...new Set(measured.map(({ operation }) => operation))];
  return names.map((operation) => {
    const own = measured.filter((one) => one.operation === operation);
    const points = own.map(({ size, samples }) => ({ size, value: Math.max(LEAST, median(samples)) }));
    const last = /** @type {{ size: number, value: number }} */ (points.at(-1));
    const first = points.findLast(({ size }) => size * LAST <= last.size) ?? /** @type {typeof last} */ (points[0]);
    const factor = last.value / first.value;
    const allowed = log(last.size) / log(first.size);
    return { operation, unit: own[0]?.unit ?? '', points, from: first.size, factor, allowed, isWorse: factor > allowed * TOLERANCE };
  });
}

/** @param {number} value */
const figure = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0));

/** @param {number} size */
const sizeText = (size) => size.toLocaleString('en');

/** @param {Growth} growth */
export function tableOf(growth) {
  const lines = linesOf(growth);
  const sizes = lines[0]?.points.map(({ size }) => size) ?? [];
  const [from, to] = [lines[0]?.from ?? 0, sizes.at(-1) ?? 0];
  const header = [`Milliseconds, ${growth.dimension}`, ...sizes.map(sizeText), `times as much at ${sizeText(to)} as at ${sizeText(from)}`];
  const cells = lines.map(({ operation, points, factor }) => [operation, ...points.map(({ value }) => figure(value)), figure(factor)]);
  const reference = [`_${REFERENCE}_`, ...sizes.map(() => ''), figure(lines[0]?.allowed ?? 1)];
  return [header, header.map(() => '---'), ...cells, reference].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** @param {Growth} growth @returns {string[]} what grows faster than log n */
export const findingsOf = (growth) =>
  linesOf(growth)
    .filter(({ isWorse }) => isWorse)
    .map(
      ({ operation, points, from, factor, allowed }) =>
        `${operation}: ${figure(factor)} times as much at ${sizeText(points.at(-1)?.size ?? 0)} ${growth.dimension} as at ${sizeText(from)}, where log n is ${figure(allowed)} times as much.`,
    );

/** @param {Growth} growth @returns {import('../../chart.mjs').Panel} */
export function panelOf(growth) {
  const lines = linesOf(growth);
  const points = lines.flatMap(({ operation, points }) => points.map(({ size, value }) => ({ x: size, y: value, series: operation })));
  const sizes = lines[0]?.points.map(({ size }) => size) ?? [];
  const [smallest = 1] = sizes;
  const reference = sizes.map((size) => ({ x: size, y: log(size) / log(smallest), series: REFERENCE }));
  return { x: growth.dimension, y: 'ms', logarithmic: 'both', height: 420, reference: REFERENCE, points: [...points, ...reference] };
}

/** @param {readonly Growth[]} growths */
export const formatGrowth = (growths) => growths.map(tableOf).join('\n\n');
