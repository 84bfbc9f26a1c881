/** What changes belongs to an object, and is no variable of a module: scripts/lint/module-state.mjs. */

import { expect, test } from 'vitest';
import { LEFT, problemsOfModuleState } from '../../scripts/lint/module-state.mjs';
import { parseSource } from '../../scripts/lint/source.mjs';

const linesOf = (text: string, file = 'background/browser/badge.ts', left?: ReadonlyMap<string, number>) =>
  problemsOfModuleState([parseSource(file, text)], left).map(({ line }) => line);

test.each([
  ['a variable', 'let a = 0;'],
  ['one that is exported', 'export let a: Promise<void> | null = null;'],
  ['one of the old kind', 'var a = 0;'],
  ['each of several', 'let a = 0, b = 1;', 2],
  ['a map', 'const a = new Map<string, number>();'],
  ['a set of the realm’s own', "import { Set } from '../../webidl/primordials';\nconst a = new Set();"],
  ['a list', 'const a: string[] = [];'],
  [
    'an object of a class of ours',
    "import { BoundedMap } from '../../store/bounded-map';\nexport const a = new BoundedMap<string, number>(1);",
  ],
  ['an object of a class of the module', 'class A { b = 0; }\nconst a = new A();'],
])('%s is state', (_what, text, count = 1) => {
  expect(linesOf(text)).toHaveLength(count);
});

test.each([
  ['a constant', 'const A = 1;'],
  ['a table', "const A: ReadonlySet<string> = new Set(['a']);"],
  ['a list of what is known', "const A = ['a'];"],
  ['nothing', 'const A: readonly string[] = [];'],
  ['what is known of others’ objects', 'const a = new WeakMap<Element, string>();'],
  ['an object of the platform', 'const a = new Intl.NumberFormat();'],
  ['what the build puts there', 'declare let A: string;'],
  ['a field', 'class A { readonly #a = new Map(); #b = 0; static c = 0; }'],
  ['a variable of a function', 'const f = () => { let a = 0; return () => ++a; };'],
])('%s is none', (_what, text) => {
  expect(linesOf(text)).toEqual([]);
});

test('the entry of a world makes objects, and has no other state', () => {
  const text = "import { A } from './a';\nconst a = new A();\nlet b = 0;";
  expect(linesOf(text, 'background/index.ts')).toEqual([3]);
  expect(linesOf(text, 'worklet/realm.iife.ts')).toEqual([3]);
  expect(linesOf(text, 'worklet/console/index.ts')).toEqual([2, 3]);
});

test('what is left is only in pages, and becomes less', () => {
  expect([...LEFT.keys()].filter((file) => !file.startsWith('page/'))).toEqual([]);
  expect([...LEFT.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(22);
  const left = new Map([['page/a.ts', 2]]);
  expect(linesOf('let a = 0;\nlet b = 0;', 'page/a.ts', left)).toEqual([]);
  expect(linesOf('let a = 0;\nlet b = 0;\nlet c = 0;', 'page/a.ts', left)).toEqual([1, 2, 3]);
  expect(linesOf('let a = 0;', 'page/a.ts', left)).toEqual([1]);
});
