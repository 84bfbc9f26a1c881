import { expect, test } from 'vitest';
import { isJSONMIMEType } from '../../src/background/worklets/trusted-origins';
import { isWorkletAllowed } from '../../src/background/worklets/worklet-allowed-header';

test.each([
  [['?1'], true],
  [[' ?1 '], true],
  [['?1;a=b'], true],
  [['?0'], false],
  [['1'], false],
  [['true'], false],
  [['"?1"'], false],
  [['?1, ?1'], false],
  [['?1', '?1'], false],
  [[''], false],
  [[], false],
])('Shared-Storage-Cross-Origin-Worklet-Allowed: %j is %s', (lines, allowed) => {
  expect(isWorkletAllowed(lines)).toBe(allowed);
});

test.each([
  ['application/json', true],
  ['Application/JSON; charset=utf-8', true],
  ['text/json', true],
  ['application/ld+json', true],
  ['text/plain', false],
  ['application/javascript', false],
  ['application/jsonp', false],
  ['+json', false],
  ['', false],
  [null, false],
])('%s is a JSON MIME type: %s', (contentType, expected) => {
  expect(isJSONMIMEType(contentType)).toBe(expected);
});
