import { expect, test } from 'vitest';
import { readStorageWriteHeader } from '../../src/background/storage-write-response';

const set = (key: string, value: string, ignoreIfPresent = false) => ({ type: 'set', key, value, ignoreIfPresent });

test.each([
  ['clear', [{ type: 'clear' }]],
  ['"clear"', [{ type: 'clear' }]],
  ['set;key="a";value="b"', [set('a', 'b')]],
  ['set;key=a;value=b', [set('a', 'b')]],
  ['set;key="a";value="b";ignore_if_present', [set('a', 'b', true)]],
  ['set;key="a";value="b";ignore_if_present=?0', [set('a', 'b')]],
  ['set;key="a";value="b";ignore_if_present=1', [set('a', 'b')]],
  [
    'append;key=a;value=b, delete;key=a',
    [
      { type: 'append', key: 'a', value: 'b' },
      { type: 'delete', key: 'a' },
    ],
  ],
  // Byte sequences are UTF-8.
  ['set;key=:4piD:;value=:w6TDtsO8:', [set('☃', 'äöü')]],
  // Members that mean nothing are skipped, the rest is carried out.
  ['unknown;key=a, (set);key=a;value=b, 5, ?1, set;key=a, set;value=b, set;key=1;value=2, set;key="";value=x, clear', [{ type: 'clear' }]],
  ['set;key=:/w==:;value=b', []],
  // A header that does not parse is ignored as a whole.
  ['clear, set;key="a', []],
  ['', []],
])('%s', (header, methods) => {
  expect(readStorageWriteHeader([header])).toEqual(methods);
});

test('several header lines are one list', () => {
  expect(readStorageWriteHeader(['clear', 'set;key=a;value=b'])).toEqual([{ type: 'clear' }, set('a', 'b')]);
});
