import { expect, test } from 'vitest';
import { readStorageWriteHeader } from '../../src/background/header-writes/storage-write-response';
import { because } from '../../src/spec/reason';

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
  // As in native Chromium 150, in any case of letters.
  ['SET;key=a;value=b, "Delete";key=a, CLEAR', [set('a', 'b'), { type: 'delete', key: 'a' }, { type: 'clear' }]],
  // Byte sequences are UTF-8.
  ['set;key=:4piD:;value=:w6TDtsO8:', [set('☃', 'äöü')]],
  // Members that mean nothing are skipped, the rest is carried out.
  ['unknown;key=a, (set);key=a;value=b, 5, ?1, set;key=a, set;value=b, set;key=1;value=2, set;key="";value=x, clear', [{ type: 'clear' }]],
  ['set;key=:/w==:;value=b', []],
  // A header that does not parse is ignored as a whole.
  ['clear, set;key="a', []],
  ['', []],
])('%s', (header, methods) => {
  expect(readStorageWriteHeader([header]).methods).toEqual(methods);
});

test('several header lines are one list', () => {
  expect(readStorageWriteHeader(['clear', 'set;key=a;value=b']).methods).toEqual([{ type: 'clear' }, set('a', 'b')]);
});

test.each([
  ['options;with_lock=a, clear', 'a'],
  ['OPTIONS;with_lock=a, clear', 'a'],
  ['options;with_lock="a", clear, "options";with_lock=:Yg==:', 'b'],
  ['options;with_lock=a, clear, options', null],
  ['options;with_lock=a, clear, options;with_lock=5', null],
  ['options;with_lock="-reserved", clear', null],
  ['clear', null],
])('the lock of %s', (header, withLock) => {
  expect(readStorageWriteHeader([header])).toMatchObject({ methods: [{ type: 'clear' }], withLock, problem: null });
});

test('a method with a lock of its own spoils the batch, as it does for batchUpdate()', () => {
  expect(readStorageWriteHeader(['set;key=a;value=b, clear;with_lock=x'])).toMatchObject({
    methods: [],
    problem: because('headerInnerLock'),
  });
  // A reserved name, or one that is no string, is as good as none.
  expect(readStorageWriteHeader(['clear;with_lock="-x", clear;with_lock=5, clear;with_lock']).methods).toHaveLength(3);
});

test('each member has its fate, for the event log', () => {
  expect(readStorageWriteHeader(['clear, (set), 5, nonsense, set;key=a, delete;key="", options']).members).toEqual([
    { member: 'clear', text: 'clear', problem: null },
    { member: 'inner list', text: '(set)', problem: because('itemInnerList') },
    { member: 'item', text: '5', problem: because('itemNoName') },
    { member: 'nonsense', text: 'nonsense', problem: because('itemUnknownName') },
    { member: 'set', text: 'set;key=a', problem: because('itemNoValue') },
    { member: 'delete', text: 'delete;key=""', problem: because('itemKeyLength') },
    { member: 'options', text: 'options', problem: null },
  ]);
});
