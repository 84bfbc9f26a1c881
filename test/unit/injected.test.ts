/** What is injected into documents is copied there as text: scripts/lint/injected.mjs finds what it would miss there. */

import { describe, expect, test } from 'vitest';
import { problemsOfInjection } from '../../scripts/lint/injected.mjs';
import { parseSource } from '../../scripts/lint/source.mjs';

const messagesOf = (file: string, text: string) => problemsOfInjection([parseSource(file, text)]).map(({ message }) => message);

describe('a function of src/injected', () => {
  test.each([
    "import type { T } from './t';\nexport function f(a: T): T { const own = [a]; return document.title ? own[0] : a; }",
    'interface Told { url: string }\nexport const f = (): Told => ({ url: location.href });',
    'export function f() { const inner = (n: number): number => (n > 0 ? inner(n - 1) : n); return inner(3); }',
  ])('may be %j', (text) => {
    expect(messagesOf('injected/f.ts', text)).toEqual([]);
  });

  test.each([
    ["import { T } from './t';\nexport const f = () => T;", 2],
    ["import { type T } from './t';\nexport const f = (t: T) => t;", 1],
    ['const LIMIT = 5;\nexport const f = () => LIMIT;', 2],
    ['export function f() {}\nexport const g = () => f();', 1],
    ['export function f(): unknown { return f; }', 1],
    ["export const NAME = 'name';", 1],
    ['enum E { A }\nexport const f = () => E.A;', 2],
    ['class C {}\nexport const f = () => new C();', 2],
    ['const inner = () => 5;\nexport const f = (n = inner()) => n;', 2],
    ["export const f = () => import('./other');", 1],
    ['export const f = () => import.meta.url;', 1],
    ["export { f } from './f';", 1],
    ["export * from './f';", 1],
    ['export default function () {}', 1],
    ['export function f() {}\nself.f = f;', 2],
  ])('is found by %j', (text, count) => {
    expect(messagesOf('injected/f.ts', text)).toHaveLength(count);
  });
});

describe('who injects', () => {
  const imports = "import { f } from '../../injected/f';\nimport { runFiles, runIn, runInAll } from '../browser/run-in';\n";

  test.each(['runIn(target, f, 1);', 'const answers = await runInAll({ tabId: 1 }, f);', 'f(1);', "runFiles(target, 'MAIN', 'f.js');"])(
    'may say %j',
    (text) => {
      expect(messagesOf('background/fenced-frames/g.ts', imports + text)).toEqual([]);
    },
  );

  test.each([
    'runIn(target, () => self.name);',
    'const f2 = f;\nrunIn(target, f2);',
    'function own() {}\nrunInAll(target, own);',
    'const give = (f: () => void) => runIn(target, f);',
    'const inject = runIn;',
    'chrome.scripting.executeScript({ target, func: f });',
    'const { executeScript: other } = chrome.scripting;',
  ])('is found by %j', (text) => {
    expect(messagesOf('background/fenced-frames/g.ts', imports + text)).toHaveLength(1);
  });
});

test.each([
  ['(globalThis as { own?: number }).own = 1;', 1],
  ['const { own } = self as typeof self & { own: number };', 1],
  ['export const f = () => (window as unknown as { own: number }).own;', 1],
  ['export const f = (self: unknown) => self as Element;', 0],
  ['const self: object = globalThis;', 0],
])('what is in the global object is declared rather than said by the way: %j', (text, count) => {
  expect(messagesOf('page/bridge/page-url.ts', text)).toHaveLength(count);
});

test('what the isolated world shares is used there alone', () => {
  const text = 'self.sharedStorageLabURL = document.URL;';
  expect(messagesOf('content/bridge.iife.ts', text)).toEqual([]);
  expect(messagesOf('injected/f.ts', `export function f() { ${text} }`)).toEqual([]);
  expect(messagesOf('page/bridge/page-url.ts', text)).toHaveLength(1);
});
