/** Values as people read them. */

import { expect, test } from 'vitest';
import './texts';
import { formatValue } from '../../src/components/format';

test('a value is written as in a program, no longer than is said, and turns no text around', () => {
  expect(formatValue({ key: 'k', times: 2 })).toBe('{"key":"k","times":2}');
  expect(formatValue('x'.repeat(300), 5)).toBe('xxxxx…');
  expect(formatValue({ key: 'a\u202ez', value: '\u2066' })).toBe('{"key":"a\\u202ez","value":"\\u2066"}');
  expect(formatValue('\u0645\u0631')).toBe('\u0645\u0631');
});
