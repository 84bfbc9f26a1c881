import { describe, expect, test } from 'vitest';
import manifest from '../../manifest.json' with { type: 'json' };
import {
  ANY_ORIGIN,
  filterOf,
  indexOf,
  isToken,
  markedURL,
  STORAGE_WRITE,
  storageWriteMark,
  storageWriteTokenOf,
} from '../../src/protocol/url-marks';
import { RULESETS } from '../../src/rules';
import { EVERYTHING } from '../../src/rules/rule';

const TOKEN = '123e4567-e89b-12d3-a456-426614174000';

describe('a marked URL', () => {
  test.each([
    ['https://a.example/', 'https://a.example/#:~:mark'],
    ['https://a.example/#', 'https://a.example/#:~:mark'],
    ['https://a.example/#top', 'https://a.example/#top:~:mark'],
    ['https://a.example/#top:~:text=x', 'https://a.example/#top:~:text=x&mark'],
    ['https://a.example/#:~:', 'https://a.example/#:~:&mark'],
    // No directive, for it is no part of the fragment.
    ['https://a.example/?q=:~:', 'https://a.example/?q=:~:#:~:mark'],
    ['https://a.example/?q=:~:#top', 'https://a.example/?q=:~:#top:~:mark'],
  ])('%s', (url, expected) => {
    expect(markedURL(url, 'mark', indexOf)).toBe(expected);
    // What a document sees of it is what it would have seen without.
    const visible = (marked: string) => new URL(marked).hash.split(':~:', 1)[0]?.replace(/^#$/, '');
    expect(visible(expected)).toBe(visible(url));
  });

  test.each(['', 'image', 'iframe'] as const)('tells its token, also of a request for %j', (destination) => {
    for (const origins of [ANY_ORIGIN, 'key0'])
      expect(
        storageWriteTokenOf(markedURL('https://a.example/#top:~:text=x', storageWriteMark(TOKEN, destination, origins), indexOf)),
      ).toBe(TOKEN);
    expect(isToken(TOKEN)).toBe(true);
  });

  test.each([
    'https://a.example/',
    `https://a.example/#~ssw=any~${TOKEN}x`,
    `https://a.example/#~ssw=any~${TOKEN.slice(1)}`,
    `https://a.example/#~ssm=${TOKEN}`,
  ])('%s is none that may write', (url) => {
    expect(storageWriteTokenOf(url)).toBeUndefined();
  });
});

/** A rule's `urlFilter` as the browser reads it: `*` stands for anything, `|` for an end of the URL, `||` for the beginning of a host. */
function matchesFilter(filter: string, url: string): boolean {
  const pattern = filter
    .replace(/[.+?^${}()[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('\\^', '(?:[^\\w.%-]|$)')
    .replace(/^\|\|/, '^[a-z]+://(?:[^/]+\\.)?')
    .replace(/^\|/, '^')
    .replace(/\|$/, '$');
  return new RegExp(pattern, 'i').test(url);
}

/** The ids of those rules of a set that are for the URL; some are for responses of any URL. */
const matching = (ruleset: string, url: string): number[] =>
  (RULESETS[ruleset] ?? [])
    .filter(({ condition: { urlFilter } }) => urlFilter !== undefined && matchesFilter(urlFilter, url))
    .map(({ id }) => id);

describe('rules', () => {
  const marked = (url: string, destination: '' | 'image' | 'iframe', origins = ANY_ORIGIN) =>
    markedURL(url, storageWriteMark(TOKEN, destination, origins), indexOf);

  test.each([
    [marked('https://a.example/x', ''), [1]],
    [marked('https://a.example/#top', 'image'), [1, 4]],
    [marked('https://a.example/#:~:text=x', 'iframe'), [1, 5]],
    [marked('http://a.localhost:8000/', ''), [2]],
    [marked('http://127.0.0.1:8000/', 'image'), [3, 4]],
    // Not trustworthy.
    [marked('http://a.example/', ''), []],
    ['https://a.example/', []],
    // Session rules give the header to some origins.
    [marked('https://a.example/', '', 'key0'), []],
    [marked('https://a.example/', 'image', 'key0'), [4]],
    [`https://a.example/?${STORAGE_WRITE}${ANY_ORIGIN}~${TOKEN}`, []],
  ])('for requests that may write: %s', (url, ids) => {
    expect(matching('storage-writable', url)).toEqual(ids);
  });

  test.each([
    ['fenced-frames', markedURL('https://a.example/#top', 'ssfence', indexOf), [1, 2, 3]],
    ['fenced-frames', markedURL('https://a.example/', 'coep-ssfence', indexOf), [1, 2, 3, 5]],
    ['fenced-frames', markedURL('https://a.example/', 'coep-site-ssfence', indexOf), [1, 2, 3, 5, 6]],
    ['fenced-frames', markedURL('https://a.example/', 'coep-cross-ssfence', indexOf), [1, 2, 3, 5, 7]],
    ['fenced-frames', markedURL('https://a.example/', 'ssurn', indexOf), [10]],
    ['fenced-frames', 'https://a.example/:~:ssfence', []],
    ['worklet-modules', markedURL('https://a.example/w.js', '~ssm=', indexOf), [1]],
    ['worklet-modules', markedURL('https://a.example/w.js', `~ssm=${TOKEN}`, indexOf), [1]],
    ['worklet-modules', 'https://a.example/w.js', []],
  ])('of %s: %s', (ruleset, url, ids) => {
    expect(matching(ruleset, url)).toEqual(ids);
  });

  test('for one mark are for no other', () => {
    expect(matchesFilter(filterOf('~sst=1'), markedURL('https://a.example/', '~sst=1', indexOf))).toBe(true);
    expect(matchesFilter(filterOf('~sst=1'), markedURL('https://a.example/', '~sst=12', indexOf))).toBe(false);
  });

  test('are those that the manifest names, with ids of their own', () => {
    const named = manifest.declarative_net_request.rule_resources;
    expect(named.map(({ id }) => id).toSorted()).toEqual(Object.keys(RULESETS).toSorted());
    for (const rules of Object.values(RULESETS)) expect(rules.map(({ id }) => id)).toEqual(rules.map((_rule, index) => index + 1));
    expect(new Set(EVERYTHING).size).toBe(EVERYTHING.length);
  });
});
