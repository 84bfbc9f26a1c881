import { expect, test } from 'vitest';
import { keyingsOf, rulesOf } from '../../src/background/isolation/isolation-rules';

const policy = (applies: boolean, isolation: [] | null) => ({ ids: ['p'], isolation, applies, fetched: 0 });

test('the setting is stronger than the policy, "respect" leaves it to the policy, insecure origins are left alone', () => {
  const settings = {
    'https://a.example': 'origin-keyed',
    'https://b.example': 'site-keyed',
    'https://c.example': 'respect',
    'http://insecure.example': 'origin-keyed',
  } as const;
  const policies = new Map([
    ['https://b.example', policy(true, [])],
    ['https://c.example', policy(true, [])],
    ['https://d.example', policy(true, [])],
    ['https://e.example', policy(true, null)],
    ['https://f.example', policy(false, [])],
  ]);
  const onlyWith = ['*"p"*', '*(latest*', '* latest*', '*=latest*'];
  expect(keyingsOf(settings, policies)).toEqual([
    { origin: 'https://a.example', originKeyed: true, source: 'setting' },
    { origin: 'https://b.example', originKeyed: false, source: 'setting' },
    { origin: 'https://c.example', originKeyed: true, source: 'origin-policy', onlyWith },
    { origin: 'https://d.example', originKeyed: true, source: 'origin-policy', onlyWith },
    // Its last response did not allow it; one that does is isolated again.
    { origin: 'https://f.example', originKeyed: true, source: 'origin-policy', onlyWith },
  ]);
});

test("a policy counts for responses whose header names it: the pattern is the header's own notation, with nothing special in it", () => {
  const named = { ids: ['a*b?', 'c"d\\e'], isolation: [], applies: true, fetched: 0 };
  const [keying] = keyingsOf({}, new Map([['https://a.example', named]]));
  expect(keying?.onlyWith?.slice(0, 2)).toEqual([String.raw`*"a\*b\?"*`, String.raw`*"c\\"d\\\\e"*`]);
  const rules = keying ? rulesOf([keying]) : [];
  expect(rules.map(({ condition }) => condition.responseHeaders)).toEqual(
    Array(3).fill([{ header: 'origin-policy', values: keying?.onlyWith }]),
  );
});

test('there are no more rules than the browser takes: the oldest policies have none', () => {
  const policies = Array.from(
    { length: 3000 },
    (_, index) => [`https://o${index}.example`, { ...policy(true, []), fetched: index }] as const,
  );
  const keyings = keyingsOf({ 'https://chosen.example': 'site-keyed' }, new Map(policies));
  expect(rulesOf(keyings)).toHaveLength(4900);
  expect(rulesOf(keyings).filter(({ condition }) => condition.regexFilter)).toHaveLength(900);
  expect([keyings[0], keyings[1], keyings.at(-1)].map((keying) => keying?.origin)).toEqual([
    'https://chosen.example',
    'https://o2999.example',
    'https://o1001.example',
  ]);
});

test('each origin has rules of its own, within our range of ids', () => {
  const keyings = Array.from({ length: 1000 }, (_, index) => ({
    origin: `https://o${index}.example`,
    originKeyed: index % 2 === 0,
    source: 'setting' as const,
  }));
  const rules = rulesOf(keyings);
  const ids = rules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(2900);
  expect([Math.min(...ids), Math.max(...ids)]).toEqual([10_000, 14_899]);
  expect(rules[2]?.condition.urlFilter).toBe('|https://o1.example/');
  expect(rules[2]?.action.responseHeaders?.[0]).toMatchObject({ header: 'Origin-Agent-Cluster', value: '?0' });
});

test('a URL with credentials is told from one that only contains such text', () => {
  const [, , rule] = rulesOf([{ origin: 'https://a.example:8443', originKeyed: true, source: 'setting' }]);
  const expression = new RegExp(rule?.condition.regexFilter ?? '');
  expect(['https://user@a.example:8443/x', 'https://user:pass%40word@a.example:8443/'].every((url) => expression.test(url))).toBe(true);
  const others = [
    'https://other.example/@a.example:8443/',
    'https://other.example/?u@a.example:8443/',
    'https://user@a-example:8443/',
    'https://user@a.example/',
  ];
  expect(others.some((url) => expression.test(url))).toBe(false);
  // The browser refuses all rules for one that takes too much memory.
  expect(rulesOf([{ origin: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example`, originKeyed: true, source: 'setting' }])).toHaveLength(
    2,
  );
});

test('a policy with thousands of ids does not become a rule with thousands of patterns', () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `id ${index}`);
  const [keying] = keyingsOf({}, new Map([['https://a.example', { ids, isolation: [], applies: true, fetched: 0 }]]));
  expect(keying?.onlyWith).toHaveLength(103);
});
