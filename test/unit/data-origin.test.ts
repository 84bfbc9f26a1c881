import { describe, expect, test } from 'vitest';
import {
  checkForScriptAndContextOriginMatch,
  checkForTrustedOriginMatch,
  checkForTrustedOriginMatchOnAString,
  checkIfAddModuleIsAllowed,
  refusalByTrustedOrigins,
} from '../../src/spec/data-origin';

const CONTEXT = 'https://context.example';
const SCRIPT = 'https://script.example';
const DATA = 'https://data.example';

describe('check if addModule is allowed', () => {
  test.each([
    ['context-origin', `${CONTEXT}/w.js`, CONTEXT, CONTEXT, 'none'],
    ['context-origin', `${SCRIPT}/w.js`, CONTEXT, CONTEXT, 'none'],
    ['context-origin', 'data:text/javascript,', CONTEXT, CONTEXT, 'none'],
    ['script-origin', `${CONTEXT}/w.js`, CONTEXT, CONTEXT, 'none'],
    ['script-origin', `blob:${CONTEXT}/0`, CONTEXT, CONTEXT, 'none'],
    ['script-origin', `${SCRIPT}/w.js`, CONTEXT, SCRIPT, 'allowed header'],
    ['script-origin', `${SCRIPT}/w.js`, 'null', SCRIPT, 'allowed header'],
    [CONTEXT, `${SCRIPT}/w.js`, CONTEXT, CONTEXT, 'none'],
    [`${CONTEXT}:443/any/path?#`, `${SCRIPT}/w.js`, CONTEXT, CONTEXT, 'none'],
    [SCRIPT, `${SCRIPT}/w.js`, CONTEXT, SCRIPT, 'allowed header'],
    [SCRIPT, `${SCRIPT}/w.js`, 'null', SCRIPT, 'allowed header'],
    [`${SCRIPT}:8443`, `${SCRIPT}/w.js`, CONTEXT, `${SCRIPT}:8443`, 'trusted origins'],
    [DATA, `${SCRIPT}/w.js`, CONTEXT, DATA, 'trusted origins'],
    [DATA, `${CONTEXT}/w.js`, CONTEXT, DATA, 'trusted origins'],
    [DATA, 'blob:null/0', 'null', DATA, 'trusted origins'],
    ['http://data.localhost:8080', `${CONTEXT}/w.js`, CONTEXT, 'http://data.localhost:8080', 'trusted origins'],
  ])('%s for %s in %s is %s, permission: %s', (option, moduleURL, context, dataOrigin, permission) => {
    expect(checkIfAddModuleIsAllowed(option, moduleURL, context)).toMatchObject({ result: 'Allowed', dataOrigin, permission });
  });

  test.each([
    ['context-origin', `${CONTEXT}/w.js`, 'null', 'InvalidAccessError', 'an opaque data origin'],
    ['script-origin', 'data:text/javascript,', CONTEXT, 'InvalidAccessError', 'an opaque data origin'],
    ['script-origin', 'blob:null/0', 'null', 'InvalidAccessError', 'an opaque data origin'],
    ['data:text/javascript,', `${CONTEXT}/w.js`, CONTEXT, 'InvalidAccessError', 'an opaque data origin'],
    ['null', `${CONTEXT}/w.js`, 'null', 'TypeError', 'not a valid keyword or URL'],
    ['Script-Origin', `${CONTEXT}/w.js`, CONTEXT, 'TypeError', 'not a valid keyword or URL'],
    ['', `${CONTEXT}/w.js`, CONTEXT, 'TypeError', 'not a valid keyword or URL'],
    ['*', `${CONTEXT}/w.js`, CONTEXT, 'TypeError', 'not a valid keyword or URL'],
    ['http://data.example', `${CONTEXT}/w.js`, CONTEXT, 'InvalidAccessError', 'an insecure data origin'],
    ['script-origin', 'http://script.example/w.js', CONTEXT, 'InvalidAccessError', 'an insecure data origin'],
    ['context-origin', '/w.js', CONTEXT, 'DataError', 'url is invalid'],
  ])('%s for %s in %s is refused: %s, %s', (option, moduleURL, context, name, message) => {
    const refused = checkIfAddModuleIsAllowed(option, moduleURL, context);
    expect(refused).toMatchObject({ result: 'DisallowedDueToNonPreferenceError', name, message: expect.stringContaining(message) });
  });
});

describe('check for trusted origin match', () => {
  test.each([
    ['*', SCRIPT, true],
    ['*', 'null', true],
    [SCRIPT, SCRIPT, true],
    [`${SCRIPT}/`, SCRIPT, true],
    [`${SCRIPT}:443/path`, SCRIPT, true],
    ['HTTPS://SCRIPT.EXAMPLE', SCRIPT, true],
    [`${SCRIPT}:8443`, SCRIPT, false],
    ['http://script.example', SCRIPT, false],
    ['https://*.example', SCRIPT, false],
    ['script.example', SCRIPT, false],
    ['', SCRIPT, false],
    ['null', 'null', false],
    // Opaque origins are never the same.
    ['data:,', 'null', false],
  ])('on a string: %s and %s: %s', (itemOrigin, actualOrigin, expected) => {
    expect(checkForTrustedOriginMatchOnAString(itemOrigin, actualOrigin)).toBe(expected);
    expect(checkForTrustedOriginMatch(itemOrigin, actualOrigin)).toBe(expected);
  });

  test('on a list: any of its strings', () => {
    expect(checkForTrustedOriginMatch([DATA, SCRIPT], SCRIPT)).toBe(true);
    expect(checkForTrustedOriginMatch([DATA, '*'], SCRIPT)).toBe(true);
    expect(checkForTrustedOriginMatch([DATA], SCRIPT)).toBe(false);
    expect(checkForTrustedOriginMatch([], SCRIPT)).toBe(false);
  });

  test('for script and context origin: both', () => {
    expect(checkForScriptAndContextOriginMatch(SCRIPT, SCRIPT, CONTEXT, CONTEXT)).toBe(true);
    expect(checkForScriptAndContextOriginMatch('*', SCRIPT, ['*'], CONTEXT)).toBe(true);
    expect(checkForScriptAndContextOriginMatch(SCRIPT, SCRIPT, DATA, CONTEXT)).toBe(false);
    expect(checkForScriptAndContextOriginMatch(DATA, SCRIPT, CONTEXT, CONTEXT)).toBe(false);
  });
});

describe('the trusted-origins file', () => {
  const refusal = (parsed: unknown) => refusalByTrustedOrigins(parsed, DATA, `${SCRIPT}/w.js`, SCRIPT, CONTEXT);
  const pair = { scriptOrigin: SCRIPT, contextOrigin: CONTEXT };

  test.each([
    [[pair]],
    [[{ scriptOrigin: '*', contextOrigin: '*' }]],
    [
      [
        { scriptOrigin: DATA, contextOrigin: DATA },
        { scriptOrigin: [5, SCRIPT], contextOrigin: [CONTEXT] },
      ],
    ],
    // Reading stops at the match.
    [[pair, 'not a dictionary']],
  ])('%j allows it', (parsed) => {
    expect(refusal(parsed)).toBeNull();
  });

  test.each([
    [undefined, 'not a list'],
    [pair, 'not a list'],
    [[], 'empty list'],
    [['x', pair], 'non-dictionary'],
    [[[pair]], 'non-dictionary'],
    [[null], 'non-dictionary'],
    [[{ contextOrigin: CONTEXT }, pair], 'scriptOrigin'],
    [[{ scriptOrigin: SCRIPT }, pair], 'contextOrigin'],
    [[{ scriptOrigin: SCRIPT, contextOrigin: [] }, pair], 'contextOrigin'],
    [[{ scriptOrigin: { 0: SCRIPT }, contextOrigin: CONTEXT }], 'scriptOrigin'],
    [[JSON.parse(`{"__proto__": ${JSON.stringify(pair)}}`)], 'scriptOrigin'],
    [[{ scriptOrigin: [5], contextOrigin: '*' }], 'has not been allowed'],
    // Two entries never add up to one permission.
    [
      [
        { scriptOrigin: SCRIPT, contextOrigin: DATA },
        { scriptOrigin: DATA, contextOrigin: CONTEXT },
      ],
      'has not been allowed',
    ],
  ])('%j does not: %s', (parsed, reason) => {
    expect(refusal(parsed)).toContain(reason);
  });
});
