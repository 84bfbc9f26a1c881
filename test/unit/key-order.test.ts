/** Keys are iterated in the order of their bytes in UTF-16LE. */

import { describe, expect, test } from 'vitest';
import { compareKeys, inOrderOfIteration } from '../../src/spec/key-order';
import { below, SEED } from './random';

/** As native Chromium 150 iterated them. */
const NATIVE = [
  ...['\0', '\u0100', '\u0100a', '\u0a00', '\u6100', '\ud800', '\n', '\ud83d\ude00'],
  ...['a', 'a\0', 'a\u0100', 'aa', '\u0161', 'b', 'z', '\u00ff', '\uffff'],
];

const bytesOf = (key: string): Buffer => Buffer.from(key, 'utf16le');
const entriesOf = (keys: readonly string[]): [string, number][] => keys.map((key, index) => [key, index]);
const keysOf = (entries: readonly [string, unknown][]): string[] => entries.map(([key]) => key);

describe('keys are iterated', () => {
  test('as in native Chromium 150', () => {
    const byCodeUnits = NATIVE.toSorted();
    expect(byCodeUnits).not.toEqual(NATIVE);
    expect(keysOf(inOrderOfIteration(entriesOf(byCodeUnits)))).toEqual(NATIVE);
  });

  test(`by their bytes, whatever they are (SEED=${SEED})`, () => {
    const highest = [0x80, 0x100, 0x300, 0x10000];
    for (let round = 0; round < 500; round++) {
      const unit = () => below(highest[round % highest.length] as number);
      const keys = new Set(Array.from({ length: 20 }, () => String.fromCharCode(...Array.from({ length: below(4) + 1 }, unit))));
      const expected = [...keys].toSorted((one, other) => bytesOf(one).compare(bytesOf(other)));
      expect(keysOf(inOrderOfIteration(entriesOf([...keys].toSorted())))).toEqual(expected);
      expect([...keys].toSorted(compareKeys)).toEqual(expected);
    }
  });
});
