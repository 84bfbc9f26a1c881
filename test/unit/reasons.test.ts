/** Reasons are kept as data, and read as words. */

import { describe, expect, test } from 'vitest';
import './texts';
import { eventInWords } from '../../src/background/handlers/extension-pages/in-words';
import { wordsOf } from '../../src/extension/words';
import type { NumberedEvent } from '../../src/protocol/logged-event';
import { reason as decoder } from '../../src/protocol/reason';
import { decode } from '../../src/protocol/schema';
import { because, becauseOf, ReasonedError, reasonOf, said } from '../../src/spec/reason';

describe('a reason in words', () => {
  test.each([
    ['somebody else’s', said('it threw'), 'it threw'],
    ['with a value', because('reasonQuota', 20), 'The data origin would have more than its quota of 20 bytes.'],
    [
      'in another one',
      because('reasonNoReport', because('reasonBlockedSite')),
      'There is no report: The site is in settings.blockedSites.',
    ],
    [
      'of one',
      becauseOf('reasonTruncated', 1, 20),
      'A report has 20 different buckets and filtering IDs at most: one contribution did not fit in.',
    ],
    [
      'of many',
      becauseOf('reasonDropped', 1200),
      'The operation made too many different contributions: 1,200 contributions were not kept.',
    ],
    [
      'of a version that has others',
      because('reasonToCome', 'a', because('reasonSwitchedOff')),
      'reasonToCome a settings.enabled is false',
    ],
  ])('%s', (_what, reason, words) => {
    expect(wordsOf(reason)).toBe(words);
    expect(decode(decoder, structuredClone(reason))).toEqual(reason);
  });

  test('with a time, as a person reads it; with a number that is none, that', () => {
    const again = (time: number) => wordsOf(because('reasonSentAgain', said('It failed'), because('reasonMoment', time)));
    expect(again(Date.UTC(2026, 10, 28, 12, 5))).toMatch(/^It failed; it is sent again after Nov 28, 2026, \d\d:\d5:00$/);
    expect(again(1e300)).toBe('It failed; it is sent again after 1e+300');
  });

  test('of an error: its own, or what it says', () => {
    expect(reasonOf(new ReasonedError(because('reasonKeysStatus', 404)))).toEqual(because('reasonKeysStatus', 404));
    expect(reasonOf(new TypeError('no network'))).toBe('no network');
    expect(reasonOf('thrown')).toBe('thrown');
  });
});

test.each([
  [5],
  [null],
  [[]],
  [{ text: 'reasonQuota' }],
  [{ text: 5, values: [] }],
  [{ text: 'reasonQuota', values: [{}] }],
  [{ text: 'reasonQuota', values: [Number.NaN] }],
  [{ text: 'reasonQuota', values: [], count: '5' }],
  [{ text: 'reasonQuota', values: Array(10).fill('') }],
  [Array.from({ length: 100 }).reduce((inner) => ({ text: 'reasonAndReason', values: [inner] }), 'deep')],
])('%j is no reason', (value) => {
  expect(decode(decoder, value)).toBeNull();
});

test('pages read events in words, and each item of a header with its own reason', () => {
  const own = { id: 1, site: null, time: 0, scope: 'header', documentId: null, tabId: null, dataOrigin: null, duration: 0 } as const;
  const items = [{ text: 'clear', fate: 'written' }, { text: 'x', fate: because('itemUnknownName') }, 'odd'];
  const written: NumberedEvent = { ...own, method: 'Shared-Storage-Write', parameters: { url: 'u', items }, result: true, refusal: null };
  expect(eventInWords(written)).toEqual({
    ...written,
    parameters: { url: 'u', items: [{ text: 'clear', fate: 'written' }, { text: 'x', fate: 'bad item: unknown name' }, 'odd'] },
  });
  const dropped: NumberedEvent = {
    ...{ ...own, method: 'message dropped', parameters: { from: null, contains: because('couldContain') } },
    ...{ result: null, refusal: because('reasonOneOriginOnly') },
  };
  expect(eventInWords(dropped).parameters).toEqual({
    from: null,
    contains: expect.stringMatching(/^a WebAssembly.Module or a file handle/),
  });
  const refused: NumberedEvent = { ...own, method: 'set', parameters: { items: 'none' }, result: false, refusal: because('reasonGivenUp') };
  expect(eventInWords(refused)).toEqual({ ...refused, refusal: expect.stringMatching(/^The database could not store it/) });
});
