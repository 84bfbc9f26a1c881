/** What `npm run soak` takes for growth. */

import { expect, test } from 'vitest';
import type { Measured } from '../../scripts/soak/run.mjs';
import { growth, growthOfWhatIsLeft } from '../../scripts/soak/steady.mjs';
import { growths, latencyTable, panelsOf } from '../../scripts/soak/summary.mjs';

/** One sample every five seconds of ten minutes. */
const samples = (value: (second: number) => number) =>
  Array.from({ length: 120 }, (_, index) => ({ time: 5 * index, value: value(5 * index) }));

test('growth is what the slope adds from the warm-up to the end, as a part of the middle', () => {
  expect(growth(samples(() => 100))).toBe(0);
  // 100 at the end of the warm-up, 110 at the end.
  const slow = growth(samples((second) => 100 + Math.max(0, second - 600 / 3) / 40));
  expect(slow).toBeGreaterThan(0.09);
  expect(slow).toBeLessThan(0.1);
  expect(growth(samples((second) => 200 - second / 10))).toBeLessThan(0);
});

test('neither the warm-up, nor single samples, nor what goes up and down count as growth', () => {
  expect(growth(samples((second) => (second < 200 ? second : 200)))).toBe(0);
  expect(growth(samples((second) => (second % 100 === 0 ? 500 : 100)))).toBe(0);
  expect(Math.abs(growth(samples((second) => 100 + 20 * Math.sin(second / 7))))).toBeLessThan(0.05);
});

test('nothing measured is no growth', () => {
  expect(growth([])).toBe(0);
  expect(growth([{ time: 5, value: 1 }])).toBe(0);
});

test('where garbage was collected, what is left counts, at the end and after the warm-up', () => {
  expect(growthOfWhatIsLeft([])).toBeNull();
  const collected = [100, 110, 100].map((value, index) => ({ time: 300 + index, value }));
  const atTheEnd = (value: number) => [890, 895, 900].map((time) => ({ time, value }));
  expect(growthOfWhatIsLeft([...collected, ...atTheEnd(104)])).toBeCloseTo(0.04);
  expect(growthOfWhatIsLeft([...collected, ...atTheEnd(80)])).toBeCloseTo(-0.2);
  // Of a kind of process that there is no more, or never.
  expect(growthOfWhatIsLeft(atTheEnd(0))).toBe(0);
});

test('what was not collected yet is no growth, and what is left is', () => {
  const grown = (left: number) =>
    growths([
      ...measured.filter(({ time }) => time < 500),
      ...[200, 205, 590, 595].map((time) => ({
        ...(measured[0] as Measured),
        time,
        isCollected: true,
        memory: { extension: time < 500 ? 100 : left },
      })),
    ])
      .filter(({ role }) => role === 'extension')
      .map(({ isSteady }) => isSteady);
  expect(grown(104)).toEqual([true]);
  expect(grown(106)).toEqual([false]);
});

const measured = samples((second) => second).map(
  ({ time }): Measured => ({
    time,
    isCollected: false,
    memory: { extension: 100 + time / 10, pages: time < 300 ? 50 : 0 },
    throughput: 20,
    latency: { set: { p50: 1, p95: 2, count: 10 }, ...(time === 100 ? { run: { p50: 3, p95: 4, count: 1 } } : {}) },
  }),
);

test('each kind of process is judged by itself, and all of them together', () => {
  const all = growths(measured);
  expect(all.map(({ role, isSteady }) => [role, isSteady])).toEqual([
    ['extension', false],
    ['pages', true],
    ['all together', false],
  ]);
});

test('tables and charts have all that was measured', () => {
  expect(latencyTable(measured)).toContain('| set | 1200 | 1.00 | 2.00 |');
  expect(latencyTable(measured)).toContain('| run | 1 | 3.00 | 4.00 |');
  const [memory, p50] = panelsOf(measured);
  expect(memory?.points).toHaveLength(240);
  expect(p50?.points).toHaveLength(121);
});
