/** What a worklet's realm sends: our script's messages are understood, and nothing else is. */

import { describe, expect, test } from 'vitest';
import { MAXIMUM_METHODS } from '../../src/protocol/batch-weight';
import { decodeFromFrame } from '../../src/protocol/sandbox-port';
import { decodeFromRealm } from '../../src/protocol/worklet-port';
import { MAXIMUM_DIFFERENT_CONTRIBUTIONS } from '../../src/spec/private-aggregation/contribution-cache';
import { below, oneOf, random, SEED } from './random';

const call = (name: unknown, params: unknown, id: unknown = 1) => ({ type: 'call', id, call: name, params });
const LOCK = { lockId: 1, name: 'l', mode: 'shared', ifAvailable: false, steal: true };

const CONTRIBUTION = { bucket: 2n ** 128n - 1n, value: 2 ** 31 - 1, filteringId: 0n, errorEvent: null, count: 1 };
const contributions = (different: object) => ({
  type: 'contributions',
  runId: 7,
  contributions: [{ ...CONTRIBUTION, ...different }],
  dropped: 0,
});

/** One of each form that our script sends. */
const GENUINE = [
  { type: 'loaded', error: null, operations: ['o'] },
  { type: 'loaded', error: 'Error: no', operations: [] },
  { type: 'finished', runId: 0, result: null, isUncaught: false },
  { type: 'finished', runId: 7, result: { index: 2 ** 32 - 1 }, isUncaught: false },
  { type: 'finished', runId: 7, result: { error: 'Cannot find operation name.' }, isUncaught: true },
  { type: 'contributions', runId: 7, contributions: [], dropped: 3 },
  { type: 'contributions', runId: 7, contributions: [CONTRIBUTION, { ...CONTRIBUTION, errorEvent: 'uncaught-error' }], dropped: 0 },
  { type: 'debugMode', runId: 7, key: null },
  { type: 'debugMode', runId: 7, key: 2n ** 64n - 1n },
  call('update', {
    methods: [{ type: 'set', key: 'k', value: '', ignoreIfPresent: true }, { type: 'clear' }],
    withLock: null,
    runId: null,
  }),
  call('update', { methods: [], withLock: 'lock', runId: 1 }),
  call('get', { key: 'k' }),
  call('getAndCopy', { key: 'k' }),
  {
    type: 'reads',
    reads: [
      { method: 'get', key: 'k', times: 7 },
      { method: 'length', key: null, times: 1 },
    ],
  },
  call('length', null),
  call('remainingBudget', null),
  call('entries', null),
  call('locks.request', LOCK),
  call('locks.release', { lockId: 1 }),
  call('crypto.subtle', { method: 'sign', args: [{ value: { name: 'HMAC' } }, { key: 1 }, { value: new Uint8Array(2) }] }),
  call('crypto.subtle', {
    method: 'deriveBits',
    args: [{ value: { name: 'X25519' }, member: { name: 'public', key: 2 } }, { value: undefined }],
  }),
  call('console', { lines: [{ operation: 'o', method: 'warn', args: ['a', 1, { b: [null] }] }] }),
];

const NAMES = [
  'type',
  'reads',
  'error',
  'operations',
  'runId',
  'result',
  'isUncaught',
  'contributions',
  'dropped',
  'key',
  'id',
  'call',
  'params',
];

/** With names that tell them apart; JSON has no bigints. */
const named = (messages: readonly unknown[]): [string, unknown][] =>
  messages.map((message) => {
    const text = JSON.stringify(message, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value)) ?? 'undefined';
    return [text.slice(0, 200), message];
  });

describe('a realm', () => {
  test.each(named(GENUINE))('%s is understood', (_name, message) => {
    expect(decodeFromRealm(message)).toEqual(message);
  });

  const WRONG = [
    undefined,
    null,
    5,
    'loaded',
    [],
    {},
    { type: 'ready' },
    { type: 'toString' },
    { type: '__proto__' },
    { type: ['loaded'], error: null },
    { type: 'loaded' },
    { type: 'loaded', error: {}, operations: [] },
    { type: 'loaded', error: null },
    { type: 'loaded', error: null, operations: 'o' },
    { type: 'loaded', error: null, operations: [1] },
    { type: 'loaded', error: null, operations: ['o'.repeat(201)] },
    { type: 'loaded', error: null, operations: Array(101).fill('o') },
    { type: 'finished', runId: 7, result: null },
    { type: 'finished', result: null, isUncaught: false },
    contributions({ bucket: 2n ** 128n }),
    contributions({ bucket: -1n }),
    contributions({ bucket: 1 }),
    contributions({ value: 2 ** 31 }),
    contributions({ value: -1 }),
    contributions({ value: 0.5 }),
    contributions({ filteringId: 2n ** 64n }),
    contributions({ filteringId: null }),
    contributions({ errorEvent: 'already-triggered' }),
    contributions({ errorEvent: undefined }),
    contributions({ count: 0 }),
    contributions({ count: Number.POSITIVE_INFINITY }),
    { type: 'contributions', runId: 7, contributions: Array(MAXIMUM_DIFFERENT_CONTRIBUTIONS + 1).fill(CONTRIBUTION), dropped: 0 },
    { type: 'contributions', runId: 7, contributions: { length: 0 }, dropped: 0 },
    { type: 'contributions', runId: 7, contributions: [] },
    { type: 'debugMode', runId: 7, key: 2n ** 64n },
    { type: 'debugMode', runId: 7, key: -1n },
    { type: 'debugMode', runId: 7, key: 1 },
    { type: 'debugMode', runId: 7 },
    { type: 'finished', runId: -1, result: null, isUncaught: false },
    { type: 'finished', runId: {}, result: null, isUncaught: false },
    { type: 'finished', runId: 1, result: { index: -1 }, isUncaught: false },
    { type: 'finished', runId: 1, result: { index: 2 ** 32 }, isUncaught: false },
    { type: 'finished', runId: 1, result: { index: 0.5 }, isUncaught: false },
    { type: 'finished', runId: 1, result: { index: '1' }, isUncaught: false },
    { type: 'finished', runId: 1, result: { index: 1, error: 5 }, isUncaught: false },
    { type: 'finished', runId: 1, result: {}, isUncaught: false },
    call('get', { key: 'k' }, '1'),
    call('toString', null),
    call('__proto__', null),
    call(['get'], { key: 'k' }),
    call('update', { methods: [{ type: 'set' }], withLock: null, runId: null }),
    call('update', { methods: 'clear', withLock: null, runId: null }),
    call('update', { methods: [], withLock: '-reserved', runId: null }),
    call('update', { methods: [], runId: null }),
    call('update', { methods: [], withLock: null }),
    call('update', { methods: [], withLock: null, runId: -1 }),
    call('get', null),
    call('get', { key: '' }),
    call('get', { key: ['https://victim.example', 'k'] }),
    call('length', undefined),
    call('entries', { dataOrigin: 'https://victim.example' }),
    call('locks.request', { ...LOCK, name: '-reserved' }),
    call('locks.request', { ...LOCK, mode: 'both' }),
    call('locks.request', { ...LOCK, lockId: 0.5 }),
    call('locks.request', { ...LOCK, steal: 1 }),
    call('locks.release', {}),
    call('locks.query', null),
    call('crypto.subtle', { method: 'constructor', args: [] }),
    call('crypto.subtle', { method: 'digest', args: { length: 2 } }),
    call('crypto.subtle', { method: 'digest', args: [null] }),
    call('crypto.subtle', { method: 'digest', args: [{}] }),
    call('crypto.subtle', { method: 'digest', args: Array(8).fill({ value: 1 }) }),
    call('crypto.subtle', { method: 'sign', args: [{ key: '1' }] }),
    call('crypto.subtle', { method: 'sign', args: [{ value: {}, member: { name: '__proto__', key: 1 } }] }),
    call('crypto.subtle', { method: 'sign', args: [{ value: null, member: { name: 'public', key: 1 } }] }),
    call('console', { lines: [{ operation: 'o', method: 'constructor', args: [] }] }),
    call('console', { lines: [{ operation: 5, method: 'log', args: [] }] }),
    call('console', { lines: [{ operation: 'o', method: 'log', args: 'text' }] }),
    call('console', { lines: null }),
  ];
  test.each(named(WRONG))('%s is not', (_name, message) => {
    expect(decodeFromRealm(message)).toBeNull();
  });

  test('is understood with a batch that can be borne, and not with a larger one', () => {
    const isUnderstood = (methods: readonly unknown[]) =>
      decodeFromRealm(call('update', { methods, withLock: null, runId: null })) !== null;
    const clears = (length: number): unknown[] => Array(length).fill({ type: 'clear' });
    const sets = (length: number): unknown[] => Array(length).fill({ type: 'append', key: 'k', value: 'x'.repeat(2 ** 20 - 33) });
    expect([isUnderstood(clears(MAXIMUM_METHODS)), isUnderstood(clears(MAXIMUM_METHODS + 1))]).toEqual([true, false]);
    expect([isUnderstood(sets(30)), isUnderstood([...sets(30), ...clears(1)])]).toEqual([true, false]);
  });

  test('what else is in a message goes nowhere', () => {
    const more = { origin: 'https://victim.example', dataOrigin: 'x', documentId: 'd' };
    expect(decodeFromRealm({ ...call('get', { key: 'k', ...more }), ...more })).toEqual(call('get', { key: 'k' }));
    expect(decodeFromRealm({ type: 'loaded', error: null, operations: [], ...more })).toEqual({
      type: 'loaded',
      error: null,
      operations: [],
    });
  });
});

/** Something that a structured clone can be. */
function junk(depth = 0): unknown {
  const flat = [
    undefined,
    null,
    true,
    0,
    -1,
    1e300,
    Number.NaN,
    5n,
    '',
    'loaded',
    'call',
    'get',
    'set',
    '-x',
    'k'.repeat(99),
    new Date(0),
    /x/,
  ];
  if (depth > 2 || random() < 0.5) return oneOf(flat);
  const some = () => Array.from({ length: below(4) }, () => junk(depth + 1));
  const kinds = [
    some,
    () => Object.fromEntries(some().map((value) => [oneOf(['type', 'id', 'key', 'value', 'length', 'constructor', 'toString']), value])),
    () => new Map([[junk(depth + 1), junk(depth + 1)]]),
    () => new Set(some()),
    () => new Uint8Array(3),
    () => oneOf(GENUINE),
  ];
  return oneOf(kinds)();
}

/** The value with some of what is in it replaced, left out or added to. */
function damaged(value: unknown): unknown {
  if (random() < 0.15) return junk();
  if (Array.isArray(value)) return [...value.map(damaged), ...(random() < 0.1 ? [junk()] : [])];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const members = Object.entries(value).filter(() => random() > 0.05);
  if (random() < 0.1) members.push([oneOf(['dataOrigin', 'origin', 'key', 'length', 'constructor']), junk()]);
  return Object.fromEntries(members.map(([name, member]) => [name, damaged(member)]));
}

test(`seed ${SEED}: whatever is done to a message, it is refused, or the rest of it is a message`, { timeout: 30_000 }, () => {
  let understood = 0;
  for (let count = 0; count < 5000; count++) {
    const message = damaged(oneOf(GENUINE));
    const decoded = decodeFromRealm(message);
    if (!decoded) continue;
    understood++;
    // Nothing but what a message has is left, so that decoding it again changes nothing.
    expect(decodeFromRealm(decoded)).toEqual(decoded);
    expect(Object.keys(decoded).every((name) => NAMES.includes(name))).toBe(true);
    expect(Object.hasOwn(decoded, 'dataOrigin') || Object.hasOwn(Object('params' in decoded ? decoded.params : {}), 'dataOrigin')).toBe(
      false,
    );
  }
  expect(understood).toBeGreaterThan(500);
});

test('the sandboxed frame says that it lives, and which worker failed, and nothing else', () => {
  expect(decodeFromFrame({ type: 'alive', more: 1 })).toEqual({ type: 'alive' });
  expect(decodeFromFrame({ type: 'failed', id: 3 })).toEqual({ type: 'failed', id: 3 });
  for (const other of [
    undefined,
    null,
    'alive',
    {},
    { type: 'failed' },
    { type: 'failed', id: -1 },
    { type: 'failed', id: '3' },
    { type: 'ping' },
  ])
    expect(decodeFromFrame(other)).toBeNull();
});
