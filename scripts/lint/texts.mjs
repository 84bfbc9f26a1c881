// What a person reads is in _locales: each text that is used is there, each that is there is used, and no string for people is in the code. A reason
// that is kept is the name of a text: only what somebody else has said has its words (src/spec/reason.ts).

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

/** Who makes reasons of words, and says that a string is one: nobody else may. */
const REASONS = 'spec/reason.ts';

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

/** What names texts, and whether the text has two forms, and takes a number first. */
const NAMING = new Map([
  ['text', { hasForms: false }],
  ['counted', { hasForms: true }],
  ['because', { hasForms: false }],
  ['becauseOf', { hasForms: true }],
]);

/** @param {ESTree.CallExpression} call @returns {string[]} the names that the first argument can be */
function namesIn({ arguments: [name] }) {
  const choices = name?.type === 'ConditionalExpression' ? [name.consequent, name.alternate] : [name];
  return choices.flatMap((choice) => (choice && isString(choice) ? [choice.value] : []));
}

/** @param {ESTree.CallExpression} call */
const namingOf = ({ callee }) => (callee.type === 'Identifier' ? NAMING.get(callee.name) : undefined);

/** @param {ESTree.CallExpression} call @returns {string[]} the texts that it names */
function textsNamedBy(call) {
  const naming = namingOf(call);
  return naming ? namesIn(call).flatMap((name) => (naming.hasForms ? [`${name}One`, `${name}Other`] : [name])) : [];
}

/**
 * @param {ESTree.CallExpression} call
 * @param {Texts['texts']} texts
 * @returns {string | null} what is wrong with a call that names a text
 */
function problemOfCall(call, texts) {
  const { arguments: given } = call;
  const naming = namingOf(call);
  if (!naming || given.some(({ type }) => type === 'SpreadElement')) return null;
  for (const form of textsNamedBy(call)) {
    const text = Object.hasOwn(texts, form) ? texts[form] : undefined;
    if (text === undefined) return `_locales has no text ${form}`;
    const places = placesOf(text);
    const values = given.length - 1;
    // The number need not be in it: "one frame".
    if (values < places || (!naming.hasForms && values > places)) return `the text ${form} takes ${places} values, not ${values}`;
  }
  return null;
}

/** Others have functions of that name, for something else. @param {Source} source */
const usesSaid = ({ program }) =>
  program.body.some(
    (node) =>
      node.type === 'ImportDeclaration' &&
      /\breason$/.test(node.source.value) &&
      node.specifiers.some(({ local: { name } }) => name === 'said'),
  );

/**
 * @param {Node} node
 * @param {Source} source
 * @returns {string | null} what is wrong with words that are taken for a reason
 */
function problemOfReason(node, source) {
  const { file } = source;
  if (file === REASONS) return null;
  if (node.type === 'TSAsExpression' && node.typeAnnotation.type === 'TSTypeReference') {
    const { typeName } = node.typeAnnotation;
    return typeName.type === 'Identifier' && /^(?:Said|Reason)$/.test(typeName.name) ? `only ${REASONS} makes a reason of a string` : null;
  }
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'said' || !usesSaid(source)) return null;
  const [words] = node.arguments;
  const hasWords = words?.type === 'TemplateLiteral' || (words && isString(words));
  return hasWords ? 'words of ours are no reason: give it a text in _locales, and because()' : null;
}

/** What answers pages of ours, and nobody else. */
const ANSWERS = /^background\/handlers\/extension-pages\//;

/** What such an answer's error is made with: its name, and its words. */
const FAILING = /^(?:fail|Refusal)$/;

/**
 * @param {Node} node
 * @returns {string | null} what is wrong with the words of an error that a person reads in a page of ours
 */
function problemOfFailure(node) {
  if ((node.type !== 'CallExpression' && node.type !== 'NewExpression') || node.callee.type !== 'Identifier') return null;
  const [, words] = node.arguments;
  const hasWords = words?.type === 'TemplateLiteral' || (words && isString(words));
  return hasWords && FAILING.test(node.callee.name) ? 'pages of ours show this: give it a text in _locales, and wordsOf(because())' : null;
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
  for (const source of sources) {
    walk(source.program, (node) => {
      if (node.type === 'CallExpression') for (const name of textsNamedBy(node)) used.add(name);
      const wrong =
        (node.type === 'CallExpression' && problemOfCall(node, texts)) ||
        problemOfReason(node, source) ||
        (ANSWERS.test(source.file) && problemOfFailure(node));
      if (wrong) problems.push(problemAt(source, node, wrong));
    });
  }
  for (const source of sources.filter(({ file }) => USERS.test(file))) {
    walk(source.program, (node) => {
      if (isString(node)) for (const name of [node.value, `${node.value}One`, `${node.value}Other`]) used.add(name);
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
