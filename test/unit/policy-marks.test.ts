import { describe, expect, test } from 'vitest';
import { PolicyMarks } from '../../src/background/header-writes/policy-marks';
import { ANY_ORIGIN } from '../../src/protocol/url-marks';
import { type Allowlist, EVERYBODY, NOBODY } from '../../src/spec/permissions-policy/allowlist';

type Condition = chrome.declarativeNetRequest.RuleCondition;

/** The rules that the browser has, in place of which a list of their conditions will do. */
function createMarks() {
  const present = new Set<Condition>();
  let isFull = false;
  const policyMarks = new PolicyMarks({
    markAll: async (conditions) => {
      if (isFull) throw new Error('too many rules');
      for (const condition of conditions) present.add(condition);
      return async () => {
        for (const condition of conditions) present.delete(condition);
      };
    },
  });
  const marks = { of: (list: Allowlist, tabId = 1) => policyMarks.of(list, tabId) };
  return { marks, present, fill: () => (isFull = true) };
}

const origins = (...names: string[]): Allowlist => ({ ...NOBODY, origins: names });

/** Which of the URLs a condition with a regular expression is for. */
const matched = ({ regexFilter = '' }: Condition, urls: string[]) => urls.filter((url) => new RegExp(regexFilter).test(url));

describe('the marks of requests whose policy allows', () => {
  test('everybody say so, and need no rule', async () => {
    const { marks, present } = createMarks();
    expect(await marks.of(EVERYBODY)).toBe(ANY_ORIGIN);
    expect(present.size).toBe(0);
  });

  test('the same origins have the same key, and one set of rules', async () => {
    const { marks, present } = createMarks();
    const list = origins('https://a.example', 'https://b.example:8443', 'http://c.example');
    const [key, again] = await Promise.all([marks.of(list), marks.of({ ...list })]);
    expect(again).toBe(key);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    // The third is not trustworthy.
    expect([...present].map(({ urlFilter }) => urlFilter)).toEqual([
      `|https://a.example/*#*~ssw=${key}~`,
      `|https://b.example:8443/*#*~ssw=${key}~`,
    ]);
    expect(await marks.of(origins('https://a.example'))).not.toBe(key);
  });

  test('subdomains are no wider than the pattern', async () => {
    const { marks, present } = createMarks();
    const key = await marks.of({ ...NOBODY, subdomains: [{ scheme: 'https:', host: 'a.example', port: '' }] });
    const [condition] = [...present];
    const url = (before: string) => `${before}x#:~:~ssw=${key}~token`;
    expect(matched(condition as Condition, [url('https://x.a.example/'), url('https://x.y.a.example/?q=')])).toHaveLength(2);
    const others = [
      'https://a.example/',
      'https://xa.example/',
      'https://x.a-example/',
      'https://x.a.example:8443/',
      'http://x.a.example/',
    ];
    const inPath = ['https://b.example/x.a.example/', 'https://b.example/?x.a.example/', 'https://user@x.a.example/'];
    expect(matched(condition as Condition, [...others, ...inPath].map(url))).toEqual([]);
    expect(matched(condition as Condition, ['https://x.a.example/#:~:~ssw=other~token'])).toEqual([]);
  });

  test('a list that is asked for again and again keeps its rules, however many others come', async () => {
    const { marks, present } = createMarks();
    const key = await marks.of(origins('https://0.example'));
    for (let index = 1; index <= 120; index++) {
      await marks.of(origins(`https://${index}.example`));
      expect(await marks.of(origins('https://0.example'))).toBe(key);
    }
    expect([...present].map(({ urlFilter }) => urlFilter)).toContain(`|https://0.example/*#*~ssw=${key}~`);
    expect(present.size).toBe(50);
  });

  test('ever new lists lose the rules of the oldest', async () => {
    const { marks, present } = createMarks();
    const key = await marks.of(origins('https://0.example'));
    for (let index = 1; index <= 50; index++) await marks.of(origins(`https://${index}.example`));
    expect([...present].map(({ urlFilter }) => urlFilter)).not.toContain(`|https://0.example/*#*~ssw=${key}~`);
    expect(present.size).toBe(50);
    expect(await marks.of(origins('https://0.example'))).not.toBe(key);
  });

  test('ever new lists of one tab leave the rules of the others alone', async () => {
    const { marks, present } = createMarks();
    const list = origins('https://a.example');
    const keys = [await marks.of(list, 1), await marks.of(list, 2)];
    for (let index = 1; index <= 60; index++) await marks.of(origins(`https://${index}.example`), 3);
    expect([await marks.of(list, 1), await marks.of(list, 2)]).toEqual(keys);
    expect(present.size).toBe(50);
    // What is left for it are its newest.
    const [newest, oldest] = [[...present].at(-1)?.urlFilter, '|https://1.example/'];
    expect(newest).toContain('https://60.example/');
    expect([...present].filter(({ urlFilter = '' }) => urlFilter.startsWith(oldest))).toEqual([]);
  });

  test('a tab with one list loses it to nobody who has more', async () => {
    const { marks } = createMarks();
    const key = await marks.of(origins('https://0.example'), 0);
    for (let tab = 1; tab <= 25; tab++) for (const name of ['a', 'b', 'c']) await marks.of(origins(`https://${name}.example`), tab);
    expect(await marks.of(origins('https://0.example'), 0)).toBe(key);
  });

  test('more origins than there can be rules for are taken for all', async () => {
    const { marks, present, fill } = createMarks();
    expect(await marks.of(origins(...Array.from({ length: 21 }, (_, index) => `https://${index}.example`)))).toBe(ANY_ORIGIN);
    fill();
    expect(await marks.of(origins('https://a.example'))).toBe(ANY_ORIGIN);
    expect(present.size).toBe(0);
  });
});
