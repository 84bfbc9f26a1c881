import { describe, expect, test } from 'vitest';
import {
  batchUpdateEntries,
  type DatabaseEnvironment,
  type DatabaseMap,
  DEFAULT_QUOTA,
  determineWhetherAnEntryIsExpired,
  retrieveAnEntry,
  type ValueStruct,
} from '../../src/spec/database';
import { MAXIMUM_VALUE_LENGTH } from '../../src/spec/modifier-methods';

class MemoryMap implements DatabaseMap {
  readonly entries = new Map<string, ValueStruct>();
  get = async (key: string) => this.entries.get(key);
  set = async (key: string, valueStruct: ValueStruct) => Boolean(this.entries.set(key, valueStruct));
  remove = async (key: string) => void this.entries.delete(key);
  clear = () => this.entries.clear();
}

const at = (currentWallTime: number): DatabaseEnvironment => ({ currentWallTime, defaultEntryLifetime: 1000, quota: DEFAULT_QUOTA });

describe('batch update', () => {
  test('applies its methods in order', async () => {
    const map = new MemoryMap();
    const result = await batchUpdateEntries(map, at(0), [
      { type: 'set', key: 'a', value: '1', ignoreIfPresent: false },
      { type: 'clear' },
      { type: 'append', key: 'b', value: '2' },
      { type: 'append', key: 'b', value: '3' },
      { type: 'set', key: 'b', value: '4', ignoreIfPresent: true },
      { type: 'set', key: 'c', value: '5', ignoreIfPresent: false },
      { type: 'delete', key: 'c' },
    ]);
    expect(result).toBe(true);
    expect(Object.fromEntries(map.entries)).toEqual({ b: { value: '23', lastUpdated: 0 } });
  });

  test('is false for a value that an append makes too long, and stops there', async () => {
    const map = new MemoryMap();
    await map.set('a', { value: 'x'.repeat(MAXIMUM_VALUE_LENGTH), lastUpdated: 0 });
    const result = await batchUpdateEntries(map, at(0), [
      { type: 'append', key: 'a', value: 'x' },
      { type: 'set', key: 'b', value: 'never', ignoreIfPresent: false },
    ]);
    expect(result).toBe(false);
    expect([...map.entries.keys()]).toEqual(['a']);
  });

  test('set with ignoreIfPresent keeps the value and renews the entry', async () => {
    const map = new MemoryMap();
    await map.set('a', { value: 'old', lastUpdated: 0 });
    await batchUpdateEntries(map, at(500), [{ type: 'set', key: 'a', value: 'new', ignoreIfPresent: true }]);
    expect(map.entries.get('a')).toEqual({ value: 'old', lastUpdated: 500 });
  });

  test('an expired entry is not present: it is neither kept nor appended to', async () => {
    const map = new MemoryMap();
    await map.set('a', { value: 'old', lastUpdated: 0 });
    await map.set('b', { value: 'old', lastUpdated: 0 });
    await batchUpdateEntries(map, at(1000), [
      { type: 'set', key: 'a', value: 'new', ignoreIfPresent: true },
      { type: 'append', key: 'b', value: 'new' },
    ]);
    expect([...map.entries.values()].map(({ value }) => value)).toEqual(['new', 'new']);
  });
});

test('an entry expires when its lifetime is over, not a millisecond before', async () => {
  const map = new MemoryMap();
  await map.set('a', { value: 'v', lastUpdated: 100 });
  expect(await retrieveAnEntry(map, at(1099), 'a')).toBe('v');
  expect(await retrieveAnEntry(map, at(1100), 'a')).toBeUndefined();
  expect(determineWhetherAnEntryIsExpired(at(1100), { value: '', lastUpdated: 100 })).toBe(true);
});
