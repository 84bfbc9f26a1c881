import { describe, expect, test } from 'vitest';
import { doPoliciesAllow, FENCED_FRAME_SRC, FRAME_SRC, violationsOfFencedFrame } from '../../src/spec/content-security-policy';

const self = 'https://site.example/page';
const allows = (policy: string, url: string, directives = FRAME_SRC) => doPoliciesAllow({ policies: [policy], self }, directives, url);

describe('a URL against a source list', () => {
  test.each([
    ['', 'https://ads.example/', true],
    ["script-src 'none'", 'https://ads.example/', true],
    ["frame-src 'none'", 'https://ads.example/', false],
    ['frame-src', 'https://ads.example/', false],
    ['frame-src *', 'https://ads.example/', true],
    ['frame-src *', 'data:text/html,x', false],
    ["frame-src 'self'", 'https://site.example/other', true],
    ["frame-src 'self'", 'https://ads.example/', false],
    ["frame-src 'self'", 'https://site.example:8443/', false],
    ['frame-src https:', 'https://ads.example/', true],
    ['frame-src https:', 'http://ads.example/', false],
    ['frame-src http:', 'https://ads.example/', true],
    ['frame-src ads.example', 'https://ads.example/x', true],
    ['frame-src ads.example', 'http://ads.example/x', false],
    ['frame-src http://ads.example', 'https://ads.example/x', true],
    ['frame-src ads.example', 'https://sub.ads.example/x', false],
    ['frame-src *.ads.example', 'https://sub.ads.example/x', true],
    ['frame-src *.ads.example', 'https://ads.example/x', false],
    ['frame-src https://ads.example:8443', 'https://ads.example:8443/x', true],
    ['frame-src https://ads.example', 'https://ads.example:8443/x', false],
    ['frame-src https://ads.example:*', 'https://ads.example:8443/x', true],
    ['frame-src https://ads.example/a/', 'https://ads.example/a/b', true],
    ['frame-src https://ads.example/a/', 'https://ads.example/b', false],
    ['frame-src https://ads.example/a', 'https://ads.example/a/b', false],
    ["default-src 'none'; frame-src https:", 'https://ads.example/', true],
    ["default-src 'none'", 'https://ads.example/', false],
    ["child-src 'none'; default-src *", 'https://ads.example/', false],
    ["FRAME-SRC 'none'; frame-src *", 'https://ads.example/', false],
  ])('%j, %s: %s', (policy, url, expected) => {
    expect(allows(policy, url)).toBe(expected);
  });

  test('fenced-frame-src comes before frame-src', () => {
    expect(allows("fenced-frame-src https:; frame-src 'none'", 'https://ads.example/', FENCED_FRAME_SRC)).toBe(true);
    expect(allows("fenced-frame-src 'none'; frame-src *", 'https://ads.example/', FENCED_FRAME_SRC)).toBe(false);
    expect(allows("frame-src 'none'", 'https://ads.example/', FENCED_FRAME_SRC)).toBe(false);
  });

  test('all policies have to allow it', () => {
    const policies = ['frame-src https:', "frame-src 'self'"];
    expect(doPoliciesAllow({ policies, self }, FRAME_SRC, 'https://ads.example/')).toBe(false);
  });
});

test.each([
  ['', true],
  ['fenced-frame-src *', true],
  ['fenced-frame-src https:', true],
  ['fenced-frame-src https://*:*', true],
  ["fenced-frame-src 'none'", false],
  ["fenced-frame-src 'self'", false],
  ['fenced-frame-src https://ads.example', false],
])('an opaque URL under %j: %s, whichever it is', (policy, expected) => {
  expect(violationsOfFencedFrame({ policies: [policy], reporting: [], self }, null).length === 0).toBe(expected);
});
