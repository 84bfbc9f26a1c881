import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/store/bounded-map';

const filled = (...keys: string[]) => {
  const map = new BoundedMap<string, string | undefined>(3);
  for (const key of keys) map.set(key, `value of ${key}`);
  return map;
};

const keysOf = (map: BoundedMap<string, unknown>, keys: string) => [...keys].filter((key) => map.has(key)).join('');

test('of more than the maximum, the first ones go', () => {
  const map = filled('a', 'b', 'c', 'd', 'e');
  expect(map.size).toBe(3);
  expect(keysOf(map, 'abcde')).toBe('cde');
  expect(map.get('e')).toBe('value of e');
  expect(map.get('a')).toBeUndefined();
});

test('what was read or set again stays longer than what was not; asking whether it is there is no use of it', () => {
  const map = filled('a', 'b', 'c');
  map.get('a');
  map.has('b');
  map.set('d', 'new');
  expect(keysOf(map, 'abcd')).toBe('acd');
  map.set('c', 'set again');
  map.set('e', 'new');
  expect(keysOf(map, 'abcde')).toBe('cde');
  expect(map.get('c')).toBe('set again');
});

test('an undefined value is a value', () => {
  const map = filled('a', 'b');
  map.set('u', undefined);
  map.get('u');
  map.set('c', 'new');
  map.set('d', 'new');
  expect(keysOf(map, 'abucd')).toBe('ucd');
});

test('what is deleted makes room', () => {
  const map = filled('a', 'b', 'c');
  expect([map.delete('b'), map.delete('b')]).toEqual([true, false]);
  map.set('d', 'new');
  expect(keysOf(map, 'abcd')).toBe('acd');
});

test('those who ask at once share one question, and those who come later its answer', async () => {
  const map = new BoundedMap<string, Promise<number>>(3);
  let asked = 0;
  const ask = async () => ++asked;
  expect(await Promise.all([map.getOrAsk('k', ask), map.getOrAsk('k', ask)])).toEqual([1, 1]);
  expect(await map.getOrAsk('k', ask)).toBe(1);
  expect(await map.getOrAsk('another', ask)).toBe(2);
});

test('a failure is told to all who asked at once, and asked about anew by the next', async () => {
  const map = new BoundedMap<string, Promise<string>>(3);
  const fail = () => Promise.reject(new Error('failed'));
  const both = [map.getOrAsk('k', fail), map.getOrAsk('k', async () => 'not asked')];
  for (const one of both) await expect(one).rejects.toThrow('failed');
  expect(map.size).toBe(0);
  expect(await map.getOrAsk('k', async () => 'answer')).toBe('answer');
});

test('an old failure does not take away a newer answer', async () => {
  const map = new BoundedMap<string, Promise<string>>(1);
  let fail = (_reason: Error) => {};
  const failed = map.getOrAsk('k', () => new Promise((_resolve, reject) => (fail = reject)));
  // It goes, with its question under way.
  map.set('another', Promise.resolve(''));
  const answer = map.getOrAsk('k', async () => 'newer');
  fail(new Error('failed'));
  await expect(failed).rejects.toThrow('failed');
  expect(await map.getOrAsk('k', async () => 'asked again')).toBe(await answer);
});
