/** Generated `Shared-Storage-Write` values, valid, damaged, hostile and huge: two independent readings agree on every one. */

import { expect, test } from 'vitest';
import { readStorageWriteHeader } from '../../src/background/header-writes/storage-write-response';
import { below, oneOf, random, SEED } from './random';
import { readAgain } from './storage-write-model';

const several = (most: number, make: () => string, separator = ''): string => Array.from({ length: below(most + 1) }, make).join(separator);

const TEXTS = ['a', 'hello', '-reserved', '', 'with space', 'quote " and \\', '☃', '😀', '\u0000', '\ufeffbom', 'x'.repeat(300)];
const quoted = (text: string) => `"${text.replace(/[^\x20-\x7e]/g, '').replace(/[\\"]/g, '\\$&')}"`;
const bytes = (text: string) => `:${Buffer.from(text, 'utf8').toString('base64')}:`;
const token = () => oneOf(['a', 'key', '*', 'a:b/c', "t!#$%&'*+-.^_`|~", 'set', 'clear']);
const stringLike = (): string => oneOf([() => quoted(oneOf(TEXTS)), () => bytes(oneOf(TEXTS)), token])();
const other = () =>
  oneOf([
    '5',
    '-5',
    '1.5',
    '0.125',
    '999999999999999',
    '?1',
    '?0',
    '@1659578233',
    '@-1',
    '%"f%c3%bc"',
    ':/w==:',
    ':gA==:',
    ':YQ:',
    '::',
    '-0.0',
    '1.2345',
    '1234567890123456',
    '12345678901234.1',
  ]);
const bare = (): string => (random() < 0.8 ? stringLike() : other());
const name = () => oneOf(['key', 'value', 'with_lock', 'ignore_if_present', 'unknown', '*', 'k-e_y.1', 'Key']);
const parameter = () => `;${several(1, () => ' ')}${name()}${random() < 0.8 ? `=${bare()}` : ''}`;
const method = () =>
  oneOf([
    'set',
    'append',
    'delete',
    'clear',
    'options',
    '"set"',
    '"append"',
    bytes('set'),
    '"options"',
    'SET',
    '"Append"',
    'Options',
    'unknown',
  ]);
const usual = () =>
  oneOf([
    `set;key=${stringLike()};value=${stringLike()}`,
    `append;value=${stringLike()};key=${stringLike()}`,
    `delete;key=${stringLike()}`,
    'clear',
    `options;with_lock=${stringLike()}`,
    `set;key=${stringLike()};value=${stringLike()};ignore_if_present`,
  ]);
const inner = () => `(${several(3, bare, ' ')})${several(2, parameter)}`;
const member = (): string => (random() < 0.5 ? usual() : random() < 0.9 ? `${method()}${several(4, parameter)}` : inner());
const separator = () => oneOf([',', ', ', ' ,\t', '\t, ', ',,', ' ', ';']);
const valid = () => Array.from({ length: 1 + below(5) }, member).join(oneOf([', ', ',', ' , ']));

function damaged(): string {
  let text = valid();
  for (let edits = 1 + below(3); edits > 0; edits--) {
    const at = below(text.length + 1);
    const length = below(3);
    const put = oneOf([
      '',
      '"',
      '\\',
      ':',
      ';',
      ',',
      '(',
      ')',
      '=',
      '?',
      ' ',
      '\t',
      '\u0000',
      '\r\n',
      'é',
      '\ufffd',
      '-',
      '.',
      '9',
      '%',
      '@',
      'A',
    ]);
    text = text.slice(0, at) + put + text.slice(at + length);
  }
  return text;
}

const noise = () => several(200, () => String.fromCharCode(random() < 0.9 ? below(0x80) : below(0x10000)));
const separated = () => `${member()}${separator()}${member()}${separator()}${member()}`;
const HOSTILE = [
  '__proto__;key=a;value=b',
  'set;__proto__=a;constructor=b;key=a;value=b',
  'constructor',
  '"__proto__"',
  'set;key=a;key=b;value=c;value=d',
  `${'('.repeat(10_000)}`,
  `set${';key=a'.repeat(10_000)};value=b`,
  `${'clear,'.repeat(10_000)}clear`,
  `"${'\\"'.repeat(10_000)}"`,
  ' '.repeat(10_000),
  ','.repeat(10_000),
  ':'.repeat(10_001),
  'set;key=a;value=b\u0000',
];
const MEGABYTE = 2 ** 20;
const HUGE = [
  () => `set;key=a;value="${'v'.repeat(MEGABYTE)}"`,
  () => `set;key="${'k'.repeat(MEGABYTE)}";value=v`,
  () => `set;key=a;value=:${Buffer.alloc(MEGABYTE, 'ü').toString('base64')}:`,
  () => `set;key=a;value="${'\\\\'.repeat(MEGABYTE / 2)}"`,
  () => 'append;key=a;value=b, '.repeat(MEGABYTE / 22).slice(0, -2),
  () => `clear, set;key=a;value="${'v'.repeat(MEGABYTE)}`,
  () => `(${'a '.repeat(MEGABYTE / 2)})`,
  () => `clear${';a=1'.repeat(MEGABYTE / 4)}`,
  () => 'x'.repeat(MEGABYTE),
  () => '"'.repeat(MEGABYTE),
];

const lines = (make: () => string) => Array.from({ length: 1 + below(3) }, make);

test.each([
  ['valid', 900, () => [valid()]],
  ['on several lines', 300, () => lines(valid)],
  ['damaged', 900, () => lines(damaged)],
  ['oddly separated', 300, () => [separated()]],
  ['noise', 200, () => [noise()]],
] as const)(`%s values: both readings agree (seed ${SEED})`, (_kind, count, make) => {
  const results = Array.from({ length: count }, () => {
    const header = make();
    const { methods, withLock } = readStorageWriteHeader(header);
    expect({ header, methods, withLock }).toEqual({ header, ...readAgain(header) });
    return methods.length;
  });
  console.log(`seed ${SEED}: ${results.length} values, ${results.filter((length) => length > 0).length} of them write something`);
});

test.each([...HOSTILE.map((header) => () => header), ...HUGE].map((make) => [make().slice(0, 40), make] as const))(
  'hostile or huge: %s',
  (_start, make) => {
    const header = [make()];
    const { methods, withLock } = readStorageWriteHeader(header);
    const again = readAgain(header);
    // Not toEqual: a difference of a megabyte is not worth printing.
    expect(JSON.stringify({ methods, withLock }) === JSON.stringify(again)).toBe(true);
  },
);
