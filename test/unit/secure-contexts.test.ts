import { expect, test } from 'vitest';
import { isOriginPotentiallyTrustworthy } from '../../src/spec/secure-contexts';

test.each([
  ['https://a.example', true],
  ['http://localhost', true],
  ['http://a.localhost:8080', true],
  ['http://127.0.0.1:8080', true],
  ['http://127.1.2.3', true],
  ['http://[::1]', true],
  ['http://a.example', false],
  ['http://localhost.example', false],
  ['http://notlocalhost', false],
  ['data:text/html,x', false],
  ['null', false],
])('%s: %s', (origin, trustworthy) => {
  expect(isOriginPotentiallyTrustworthy(origin)).toBe(trustworthy);
});
