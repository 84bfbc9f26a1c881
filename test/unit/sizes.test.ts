/** Files and functions stay small, types are not forced, and nothing is copied: scripts/lint/sizes.mjs and copies.mjs. */

import { describe, expect, test } from 'vitest';
import { problemsOfCopies } from '../../scripts/lint/copies.mjs';
import { problemsOfSizes } from '../../scripts/lint/sizes.mjs';
import { parseSource } from '../../scripts/lint/source.mjs';

const lines = (count: number, line = (index: number) => `const n${index} = ${index};`) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

describe('sizes', () => {
  const messagesOf = (...texts: string[]) =>
    problemsOfSizes(texts.map((text, index) => parseSource(`spec/${index}.ts`, text))).map(({ message }) => message);

  test('a file has at most 250 lines', () => {
    expect(messagesOf(`${lines(250)}\n`)).toEqual([]);
    expect(messagesOf(`${lines(251)}\n`)).toEqual(['a file of 251 lines, more than 250']);
  });

  test.each([
    ['a function', 'function f() {', '}'],
    ['an arrow function', 'const f = () => {', '};'],
    ['a method', 'class A { f() {', '} }'],
    ['a function within another', 'const f = () => () => {', '};'],
  ])('%s has at most 60 lines', (_what, begin, end) => {
    expect(messagesOf(`${begin}\n${lines(58)}\n${end}`)).toEqual([]);
    expect(messagesOf(`${begin}\n${lines(59)}\n${end}`)).toContain('a function of 61 lines, more than 60');
  });

  test('a type is forced ten times in all', () => {
    const cast = (index: number) => `export const a${index} = {} as unknown as string;`;
    expect(messagesOf(lines(5, cast), lines(5, cast))).toEqual([]);
    expect(messagesOf(lines(5, cast), lines(6, cast))).toHaveLength(11);
  });

  test('what is unknown may be named', () => {
    expect(messagesOf(lines(11, (index) => `export const a${index} = f() as unknown;`))).toEqual([]);
  });
});

describe('copies', () => {
  const linesOf = (...texts: string[]) =>
    problemsOfCopies(texts.map((text, index) => ({ file: `${index}.ts`, text }))).map(({ line }) => line);
  const call = (index: number) => `call(${index});`;

  test('nine lines may be there twice, ten may not', () => {
    expect(linesOf(lines(9, call), lines(9, call))).toEqual([]);
    expect(linesOf(lines(10, call), `const first = 1;\n${lines(10, call)}`)).toEqual([2]);
  });

  test('each copy is found once, also in the same file', () => {
    expect(linesOf(`${lines(25, call)}\n${lines(25, call)}`)).toEqual([26, 36]);
  });

  test('indentation, blank lines and comments make no difference', () => {
    expect(
      linesOf(
        lines(10, call),
        lines(10, (index) => `  // why\n\n  ${call(index)}`),
      ),
    ).toEqual([3]);
  });

  test('lists of imports and comments are no code', () => {
    const text = `import {\n${lines(12, (index) => `  name${index},`)}\n} from './a';\n/**\n${lines(12, (index) => ` * word ${index}`)}\n */`;
    expect(linesOf(text, text)).toEqual([]);
  });

  test('the original is named', () => {
    expect(
      problemsOfCopies([
        { file: 'a.ts', text: `\n${lines(10, call)}` },
        { file: 'b.ts', text: lines(10, call) },
      ]),
    ).toEqual([{ file: 'b.ts', line: 1, message: '10 lines or more are copied from src/a.ts:2' }]);
  });
});
