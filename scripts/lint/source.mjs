// The sources of the extension, parsed, with what each name in them refers to.

import fs from 'node:fs';
import path from 'node:path';
import { analyze } from '@typescript-eslint/scope-manager';
import { parseSync } from 'vite';

/**
 * @typedef {object} Source
 * @property {string} file as an address below `src`, such as `protocol/messages.ts`
 * @property {string} text
 * @property {import('vite').ESTree.Program} program
 * @property {import('@typescript-eslint/scope-manager').ScopeManager} scopes
 */

/**
 * @typedef {object} Problem
 * @property {string} file
 * @property {number} line
 * @property {string} message
 */

/**
 * @param {string} file
 * @param {string} text
 * @returns {Source}
 */
export function parseSource(file, text) {
  const { program, errors } = parseSync(file, text, { range: true, preserveParens: false });
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  // Oxc's syntax trees of TypeScript are those of typescript-estree, with ranges where they are asked for.
  const tree = /** @type {Parameters<typeof analyze>[0]} */ (/** @type {unknown} */ (program));
  return { file, text, program, scopes: analyze(tree, { sourceType: 'module', lib: [] }) };
}

const SOURCES = path.resolve(import.meta.dirname, '../../src');

/**
 * @param {RegExp} names
 * @returns {{ file: string, text: string }[]} in the order of their names
 */
export function readFiles(names) {
  return fs
    .readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => names.test(file))
    .map((file) => file.split(path.sep).join('/'))
    .toSorted()
    .map((file) => ({ file, text: fs.readFileSync(path.join(SOURCES, file), 'utf8') }));
}

export const readSources = () => readFiles(/\.ts$/).map(({ file, text }) => parseSource(file, text));

/**
 * @param {Source} source
 * @param {{ range?: readonly [number, number] }} node
 * @param {string} message
 * @returns {Problem}
 */
export function problemAt({ file, text }, { range: [start] = [0, 0] }, message) {
  return { file, line: text.slice(0, start).split('\n').length, message };
}

/** @typedef {import('vite').ESTree.Node} Node */

/** @param {unknown} value @returns {value is Node} */
const isNode = (value) => typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/**
 * Calls back for each node, and those it is in: the innermost first.
 *
 * @param {Node} node
 * @param {(node: Node, ancestors: readonly Node[]) => void} enter
 * @param {readonly Node[]} ancestors
 */
export function walk(node, enter, ancestors = []) {
  enter(node, ancestors);
  const inner = [node, ...ancestors];
  for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, enter, inner);
}

/** @param {Problem} problem */
export const lineOf = ({ file, line, message }) => `src/${file}:${line}: ${message}`;
