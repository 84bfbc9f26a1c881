// What a person reads is in _locales: each text that is used is there, each that is there is used, and no string for people is in the code.

import fs from 'node:fs';
import path from 'node:path';
import { problemAt, walk } from './source.mjs';

/** @import { Node, Problem, Source } from './source.mjs' */
/** @import { ESTree } from 'vite' */

/** Where pages are made of components. */
const WORLDS = /^(?:components|panel|options|devtools)\//;

/** Where names of texts may stand: the older pages use some too. */
const USERS = /^(?:components|panel|options|devtools|popup)\//;

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Attributes that people read. */
const READ = /\s(?:aria-label|aria-description|aria-roledescription|title|placeholder|alt|label)="[^"]*\p{L}[^"]*"/u;

/** What stands in the place of an expression. */
const EXPRESSION = '\0';

/** @typedef {{ readonly texts: Readonly<Record<string, string>>, readonly manifest: string }} Texts the text of each name, and the manifest's own text */

/** @returns {Texts} */
export function readTexts() {
  const messages = JSON.parse(fs.readFileSync(path.join(ROOT, '_locales/en/messages.json'), 'utf8'));
  const texts = Object.fromEntries(Object.entries(messages).map(([name, { message }]) => [name, message]));
  return { texts, manifest: fs.readFileSync(path.join(ROOT, 'manifest.json'), 'utf8') };
}

/** @param {string} text @returns how many values it has places for */
const placesOf = (text) => Math.max(0, ...Array.from(text.matchAll(/\$(\d)/g), ([, place]) => Number(place)));

/** @param {Node} node @returns {node is ESTree.StringLiteral} */
const isString = (node) => node.type === 'Literal' && typeof node.value === 'string';

/**
 * @param {ESTree.CallExpression} call
 * @param {Texts['texts']} texts
 * @returns {string | null} what is wrong with a call of text() or counted()
 */
function problemOfCall({ callee, arguments: given }, texts) {
  const [name] = given;
  if (callee.type !== 'Identifier' || !/^(?:text|counted)$/.test(callee.name)) return null;
  if (!name || !isString(name) || given.some(({ type }) => type === 'SpreadElement')) return null;
  const forms = callee.name === 'text' ? [name.value] : [`${name.value}One`, `${name.value}Other`];
  for (const form of forms) {
    const text = Object.hasOwn(texts, form) ? texts[form] : undefined;
    if (text === undefined) return `_locales has no text ${form}`;
    const places = placesOf(text);
    const values = given.length - 1;
    // The number need not be in it: "one frame".
    if (values < places || (callee.name === 'text' && values > places)) return `the text ${form} takes ${places} values, not ${values}`;
  }
  return null;
}

/**
 * @param {ESTree.TaggedTemplateExpression} template
 * @returns {string | null} what of its text people would read
 */
function readableIn({ tag, quasi }) {
  if (tag.type !== 'Identifier' || !/^(?:html|svg)$/.test(tag.name)) return null;
  const markup = quasi.quasis.map(({ value }) => value.cooked ?? '').join(EXPRESSION);
  const attribute = READ.exec(markup)?.[0];
  const between = /\p{L}.*/u.exec(markup.replaceAll(/<!--.*?-->|<[^>]*>|&\w+;/gs, ' '))?.[0];
  return attribute ?? between ?? null;
}

/**
 * @param {readonly Source[]} sources
 * @param {Texts} given
 * @returns {Problem[]}
 */
export function problemsOfTexts(sources, { texts, manifest }) {
  /** @type {Problem[]} */
  const problems = [];
  const used = new Set(Array.from(manifest.matchAll(/__MSG_(\w+)__/g), ([, name]) => name));
  for (const source of sources.filter(({ file }) => USERS.test(file))) {
    walk(source.program, (node) => {
      if (isString(node)) for (const name of [node.value, `${node.value}One`, `${node.value}Other`]) used.add(name);
      const wrong = node.type === 'CallExpression' ? problemOfCall(node, texts) : null;
      if (wrong) problems.push(problemAt(source, node, wrong));
      const readable = node.type === 'TaggedTemplateExpression' && WORLDS.test(source.file) ? readableIn(node) : null;
      if (readable) problems.push(problemAt(source, node, `people read this: it belongs in _locales: ${readable.trim()}`));
    });
  }
  const unused = Object.keys(texts).filter((name) => !used.has(name));
  return [
    ...problems,
    ...unused.map((name) => ({ file: '../_locales/en/messages.json', line: 1, message: `nobody uses the text ${name}` })),
  ];
}
