/** What `npm run differ` makes of seeds and of differences. */

import { describe, expect, test } from 'vitest';
import { differences, shrink, unexplained } from '../../scripts/differ/compare.mjs';
import { createProgram, type Step } from '../../scripts/differ/program.mjs';
import known from '../differ/known.json';

describe('programs', () => {
  test('of a seed are always the same, and those of different seeds are not', () => {
    expect(createProgram(5)).toEqual(createProgram(5));
    expect(createProgram(5)).not.toEqual(createProgram(6));
  });

  test('have everything in them, sooner or later', () => {
    const steps = Array.from({ length: 300 }, (_, seed) => createProgram(seed)).flat();
    const calls = [
      'set',
      'append',
      'delete',
      'clear',
      'batchUpdate',
      'worklet.addModule',
      'run',
      'selectURL',
      'fetch',
      'frame',
      'remove',
      'createWorklet',
      'settle',
      'navigate',
    ];
    expect(new Set(steps.map(({ call }) => call))).toEqual(new Set(calls));
    for (const has of [
      (step: Step) => step.logs,
      (step: Step) => step.on !== undefined,
      (step: Step) => step.frame !== undefined,
      (step: Step) => step.awaited === false,
    ])
      expect(steps.filter(has).length).toBeGreaterThan(10);
  });
});

describe('differences', () => {
  const program = [{ call: 'set' }, { call: 'run' }];
  const native = { outcomes: ['undefined', 'TypeError: no'], operations: { 'read back': '[]' }, orders: [[1]], console: '' };

  test('are of outcomes, and of what operations did, or did not do', () => {
    expect(differences(program, native, native)).toEqual([]);
    expect(
      differences(program, native, { outcomes: ['undefined', 'undefined'], operations: { other: '[]' }, orders: [[]], console: 'log: a' }),
    ).toEqual([
      { where: 'step 1, run', native: 'TypeError: no', extension: 'undefined' },
      { where: 'read back', native: '[]', extension: 'nothing' },
      { where: 'other', native: 'nothing', extension: '[]' },
      { where: 'order', native: '1', extension: '' },
      { where: 'console', native: '', extension: 'log: a' },
    ]);
  });

  test('are of the order in which updates resolve; of a document that was left, of those that had by then in both', () => {
    const extension = { ...native, orders: [[1], []] };
    expect(differences(program, { ...native, orders: [[1, 2], []] }, extension)).toEqual([]);
    expect(differences(program, { ...native, orders: [[2, 1, 3], []] }, { ...native, orders: [[1, 2], []] })).toEqual([
      { where: 'order', native: '2,1; ', extension: '1,2; ' },
    ]);
    expect(differences(program, { ...native, orders: [[1], [4]] }, extension)).toEqual([
      { where: 'order', native: '1; 4', extension: '1; ' },
    ]);
  });

  test('are explained by what is known of both sides together', () => {
    const found = differences(program, native, { ...native, outcomes: ['undefined', 'TypeError: yes'] });
    expect(unexplained(found, [{ reason: '', native: '^TypeError: no$', extension: '^TypeError: yes$' }])).toEqual([]);
    expect(unexplained(found, [{ reason: '', native: '^TypeError: no$', extension: '^undefined$' }])).toEqual(found);
  });

  test('that are known have a reason, and match nothing that is the same', () => {
    for (const { reason, native: theirs, extension } of known as { reason: string; native: string; extension: string }[]) {
      expect(reason).not.toBe('');
      expect([theirs, extension]).not.toContain('');
    }
  });
});

test('a program is shortened to the steps that make the difference', async () => {
  const program = Array.from({ length: 13 }, (_, index) => ({ call: String(index) }));
  let tried = 0;
  const needs = async (shorter: Step[]) => {
    tried++;
    return ['3', '11'].every((call) => shorter.some((step) => step.call === call));
  };
  expect(await shrink(program, needs)).toEqual([{ call: '3' }, { call: '11' }]);
  expect(tried).toBeLessThan(60);
});
