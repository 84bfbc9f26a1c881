// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is in the strings is code
/** What shares its realm with a page or a worklet calls nothing late that they can replace: scripts/lint/primordials.mjs finds what does. */

import { describe, expect, test } from 'vitest';
import { problemsOfPrimordials } from '../../scripts/lint/primordials.mjs';
import { parseSource } from '../../scripts/lint/source.mjs';

/** The lines of problems, by file. */
function linesOf(files: Record<string, string>): Record<string, number[]> {
  const problems = problemsOfPrimordials(Object.entries(files).map(([file, text]) => parseSource(file, text)));
  return Object.fromEntries(Object.keys(files).map((file) => [file, problems.filter((one) => one.file === file).map(({ line }) => line)]));
}

const messagesOf = (text: string) => problemsOfPrimordials([parseSource('page/a.ts', text)]).map(({ message }) => message);

/** A function that runs whenever page code calls it. */
const later = (statement: string) => `export const member = (...args: unknown[]) => {\n${statement}\n};`;

describe('what runs later is found:', () => {
  test.each([
    ['a global that is called', 'return isNaN(args[0]);', 1],
    ['a global object', 'return document === args[0];', 1],
    ['globalThis itself', "defineProperty(globalThis, 'a', {});", 1],
    ['a constructor', 'return new Promise(args[0]);', 1],
    ['a static method', 'return JSON.stringify(args);', 2],
    ['a method of arrays', 'args.push(1);', 1],
    ['a method of promises', 'return promise.then(args[0]);', 1],
    ['a method of strings', 'return text.slice(1);', 1],
    ['a method of regular expressions', 'return /a/.test(text);', 1],
    ['a method of maps that may be absent', 'return map?.get(args[0]);', 1],
    ['a method by its quoted name', "return map['get'](args[0]);", 1],
    ['a method of the DOM', 'element.setAttribute(name, text);', 1],
    ['an accessor of the DOM', 'return event.currentTarget;', 1],
    ['an accessor that is set', 'element.innerHTML = text;', 1],
    ['an accessor that is taken out', 'const { currentTarget } = event; return currentTarget;', 1],
    ['spread into an array', 'return [...args];', 1],
    ['spread into a call', 'call(...args);', 1],
    ['array destructuring', 'const [first] = args; return first;', 1],
    ['array destructuring of a parameter', 'const inner = ([first]: unknown[]) => first; return inner;', 1],
    ['for-of', 'for (const one of args) call(one);', 1],
    ['await', 'return async () => { await promise; };', 1],
    ['for-await', 'return async () => { for await (const one of many) call(one); };', 1],
    ['yield', 'return function* () { yield 1; };', 1],
    ['instanceof', 'return args[0] instanceof Captured;', 1],
    ['a template with what was thrown', 'try { call(); } catch (error) { call(`${error}`); }', 1],
    ['a template with an unknown value', 'const inner = (value: unknown) => `a ${value}`; return inner;', 1],
    ['a template with an object of the platform', 'const inner = (url: URL) => `${url}`; return inner;', 1],
  ])('%s', (_what, statement, count) => {
    const captured = "import { call, Captured, defineProperty, element, event, many, map, name, promise, text } from './captured';\n";
    expect(messagesOf(captured + later(statement))).toHaveLength(count);
  });
});

describe('what runs later may', () => {
  test.each([
    [
      'call what was captured',
      'const { now } = Date;\nconst then = uncurryThis(Promise.prototype.then);\nexport const member = () => then(now());',
    ],
    [
      'read elements and lengths',
      later('let sum = 0; for (let index = 0; index < args.length; index++) sum += +(args[index] as string); return sum;'),
    ],
    ['call a private method', 'export class A { #b() {} c() { this.#b(); } }'],
    [
      'call a method that a type of ours has',
      `import type { Frame } from './frame';\ninterface Own { show(): void }\n${later('(args[0] as Own).show();')}`,
    ],
    ['read a member that a type of ours has', `interface Own { readonly state: string }\n${later('return (args[0] as Own).state;')}`],
    ['read what nobody can replace', 'export const member = (event: Event) => event.isTrusted;'],
    ['navigate', 'export const member = (view: Window, url: string) => view.location.replace(url);'],
    ['spread into an object', later('return { __proto__: null, ...(args[0] as object) };')],
    ['destructure an object literal', later('const { a } = { a: 1 }; return a;')],
    ['name the types of globals', 'export const member = (a: unknown) => a as typeof document;'],
    ['name types', 'export const member = (a: unknown): a is Map<string, Promise<void>> => (a as HTMLElement) === null;'],
    [
      'make texts of texts, and of what is meant to be converted',
      'export const member = (a: string, b: number, c: unknown) => `${a} ${b} ${c as string}`;',
    ],
    ['say undefined', later('return args[0] === undefined || args[0] === Infinity || args[0] === NaN;')],
  ])('%s', (_what, text) => {
    expect(messagesOf(text)).toEqual([]);
  });

  test.each([
    ['is stated of a parameter', 'export const member = (event: MessageEvent) => event.data;'],
    ['is stated of one part of a union', 'export const member = (event: Own | MessageEvent | null) => event?.data;'],
    ['is stated of a parameter that is taken apart', 'export const member = ({ data }: MessageEvent) => data;'],
    ['is stated in place', 'export const member = (event: Event) => (event as MessageEvent).data;'],
    [
      'is stated of a variable',
      'export const member = (event: unknown) => { const message = event as MessageEvent; return message.data; };',
    ],
    [
      'is stated of what is taken apart',
      'export const member = (event: unknown) => { const { data } = event as MessageEvent; return data; };',
    ],
    ['is stated of what is called', 'export const member = (port: MessagePort) => port.start();'],
  ])('not use a member of the name where a type of the platform %s', (_what, text) => {
    expect(messagesOf(`interface Own { data: string; start(): void }\n${text}`)).toHaveLength(1);
  });

  test.each([
    ['of a type of ours', 'export const member = (event: Own) => event.data;'],
    ['of a type of another file', "import type { Event } from './event';\nexport const member = (event: Event) => event.data;"],
    ['of a captured class', "import { Map } from './captured';\nexport const member = (own: Map<string, Own>) => own.data;"],
    ['of a record', 'export const member = (source: Record<string, Own>) => source.data;'],
    ['of a dictionary', 'export const member = (init: NotificationOptions) => init.data;'],
    ['of what page code throws', 'export const member = (thrown: unknown) => (thrown as Error).data;'],
  ])('use a member of the name %s', (_what, text) => {
    expect(messagesOf(`interface Own { data: string }\n${text}`)).toEqual([]);
  });

  test('call a method of a type of ours only under a name that the language has not', () => {
    const text = 'interface Own { get(key: string): string }\nexport const member = (own: Own) => own.get("a");';
    expect(messagesOf(text)).toEqual([expect.stringContaining('.get()')]);
  });
});

describe('what runs while the script is loaded may use everything:', () => {
  test.each([
    ['the top level', 'for (const name of Object.keys(globalThis)) document.body.append(name);'],
    ['what is called there alone', 'install();\nfunction install() { document.createElement("a").remove(); }'],
    ['what such a function calls', 'install();\nfunction install() { inner(); }\nconst inner = () => new Map([["a", 1]]);'],
    ['a function that calls itself', 'install(3);\nfunction install(n: number) { if (n > 0) install(n - 1); Object.freeze(globalThis); }'],
    ['a function of that moment', '(() => document.body.append("a"))();'],
    ['what an array is mapped with', "const a = ['a'].map((one) => one.slice(1));"],
    ['a constructor and fields', 'new A();\nclass A { readonly #map = new Map(); constructor() { this.#map.set(1, 1); } }'],
    ['a static field', 'export class A { static map = new Map([[1, 1]]); }'],
  ])('%s', (_what, text) => {
    expect(messagesOf(text)).toEqual([]);
  });

  test.each([
    ['a listener', "addEventListener('click', () => document.body.append('a'));", 3],
    ['a function that a listener calls', "addEventListener('click', () => f());\nf();\nfunction f() { alert(1); }", 1],
    ['a function that is handed on', "addEventListener('click', f);\nfunction f() { alert(1); }", 1],
    ['a function that nobody calls here', 'export function f() { alert(1); }', 1],
    ['a method', 'new A().b();\nclass A { b() { alert(1); } }', 1],
    ['a class that is made later', 'export const make = () => new A();\nclass A { readonly list = new Map(); }', 1],
    [
      'a function that a later function of the same name hides',
      'export const f = () => { const g = () => alert(1); g(); };\nconst g = () => 1;\ng();',
      1,
    ],
  ])('not %s', (_what, text, count) => {
    expect(messagesOf(text)).toHaveLength(count);
  });

  test('also in another file', () => {
    const use = "import { installed as install } from './b';\n";
    const installed = 'export function installed() { alert(1); }';
    expect(linesOf({ 'page/a.ts': `${use}install();`, 'page/b.ts': installed })).toEqual({ 'page/a.ts': [], 'page/b.ts': [] });
    expect(linesOf({ 'page/a.ts': `${use}export const f = () => install();`, 'page/b.ts': installed })).toEqual({
      'page/a.ts': [],
      'page/b.ts': [1],
    });
  });
});

test('what is handed on while the script is loaded is called later', () => {
  const spec = 'export const used = (text: string) => text.trim();';
  expect(linesOf({ 'page/a.ts': "import { used } from '../spec/b';\nexport const all = [used];", 'spec/b.ts': spec })['spec/b.ts']).toEqual(
    [1],
  );
  expect(
    linesOf({ 'page/a.ts': "import { used } from '../spec/b';\nexport const all = used('');", 'spec/b.ts': spec })['spec/b.ts'],
  ).toEqual([]);
});

test('who shares a realm is asked, and what is called from there; nobody else', () => {
  const files = {
    'page/a.ts': "import { used } from '../spec/b';\nexport const f = () => used();",
    'spec/b.ts':
      'export const unused = () => alert(1);\nexport const used = () => within();\nconst within = () => [1].map(() => alert(2));',
    'content/c.ts': 'export const f = () => alert(1);',
    'worklet/frame.iife.ts': 'export const f = () => alert(1);',
    'worklet/d.ts': 'export const f = () => alert(1);',
    'webidl/e.ts': 'export const f = () => alert(1);',
    'interfaces/f.ts': 'export const f = () => alert(1);',
  };
  expect(linesOf(files)).toEqual({
    'page/a.ts': [],
    'spec/b.ts': [3, 3],
    'content/c.ts': [],
    'worklet/frame.iife.ts': [],
    'worklet/d.ts': [1],
    'webidl/e.ts': [1],
    'interfaces/f.ts': [1],
  });
});
