/** Which changes call which handlers, and what is left of more calls than may wait. docs/possibilities.md */

import { expect, test } from 'vitest';
import { changesOfBatch, coalesce, handlerId, isChange, type KeyAction, MAXIMUM_WAITING } from '../../src/spec/possibilities/key-handlers';

const set = { type: 'set', key: 'k', value: 'v', ignoreIfPresent: false } as const;

test.each([
  [set, false, true],
  [set, true, true],
  [{ ...set, ignoreIfPresent: true }, false, true],
  [{ ...set, ignoreIfPresent: true }, true, false],
  [{ type: 'append', key: 'k', value: '' }, true, true],
  [{ type: 'delete', key: 'k' }, true, true],
  [{ type: 'delete', key: 'k' }, false, false],
  [{ type: 'clear' }, true, true],
  [{ type: 'clear' }, false, false],
] as const)('%j, where the entry was there (%j): a change (%j)', (method, wasThere, expected) => {
  expect(isChange(method, wasThere)).toBe(expected);
});

test('handlers with the same of everything are one', () => {
  const handler = { name: 'n', key: 'k', actions: ['set', 'clear'] as const };
  const others = [
    { ...handler, name: 'm' },
    { ...handler, key: 'l' },
    { ...handler, actions: ['set'] as const },
    { name: 'n","k', key: '', actions: handler.actions },
  ];
  expect(handlerId({ ...handler })).toBe(handlerId(handler));
  expect(new Set([handler, ...others].map(handlerId)).size).toBe(5);
});

test('of a batch, repetitions of a change are one, key by key, and what differs keeps its order', () => {
  const changes = (text: string) => text.split(' ').map((one) => ({ key: one.slice(0, 1), action: one.slice(1) as KeyAction }));
  expect(changesOfBatch(changes('aset bset aset aappend bset aset adelete aset'))).toEqual(changes('aset bset aappend aset adelete aset'));
});

const call = (handler: string, action: KeyAction, index: number) => ({ handler, action, index });

test('as many calls as may wait stay as they are', () => {
  const waiting = Array.from({ length: MAXIMUM_WAITING }, (_, index) => call('a', 'set', index));
  const others = Array.from({ length: MAXIMUM_WAITING }, (_, index) => call('b', 'append', index));
  const all = waiting.flatMap((one, index) => [one, others[index] as (typeof others)[number]]);
  expect(coalesce(all)).toEqual(all);
});

test('of more than may wait of a handler, the last of each action is left, in its place among those of others', () => {
  const many = Array.from({ length: 100 }, (_, index) => call('a', index % 2 === 0 ? 'set' : 'append', index));
  const all = [
    call('b', 'set', 0),
    call('a', 'delete', -1),
    ...many.slice(0, 99),
    call('b', 'set', 1),
    ...many.slice(99),
    call('b', 'clear', 2),
  ];
  expect(coalesce(all)).toEqual([
    call('b', 'set', 0),
    call('a', 'delete', -1),
    call('a', 'set', 98),
    call('b', 'set', 1),
    call('a', 'append', 99),
    call('b', 'clear', 2),
  ]);
});

test('what one batch changes of a key without end is no more than may wait', () => {
  const changes = Array.from({ length: 1001 }, (_, index) => ({
    key: 'k',
    action: index % 2 === 0 ? ('set' as const) : ('delete' as const),
  }));
  expect(changesOfBatch(changes)).toEqual([
    { key: 'k', action: 'delete' },
    { key: 'k', action: 'set' },
  ]);
});
