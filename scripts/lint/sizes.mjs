// Files and functions stay small, and types are stated rather than forced.

import { problemAt, walk } from './source.mjs';

/** @import { Problem, Source } from './source.mjs' */

const MAXIMUM_LINES_OF_FILE = 250;
const MAXIMUM_LINES_OF_FUNCTION = 60;
/** `as unknown as` switches the compiler off: for what its libraries have wrong, and for nothing else. */
const MAXIMUM_DOUBLE_CASTS = 10;

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** @param {string} text */
const linesIn = (text) => text.split('\n').length;

/**
 * @param {Source} source
 * @returns {Problem[]}
 */
function problemsOfLength(source) {
  const { text, program } = source;
  const lines = linesIn(text.trimEnd());
  const problems =
    lines > MAXIMUM_LINES_OF_FILE ? [problemAt(source, program, `a file of ${lines} lines, more than ${MAXIMUM_LINES_OF_FILE}`)] : [];
  walk(program, (node) => {
    const length = linesIn(text.slice(node.start, node.end));
    if (!FUNCTIONS.has(node.type) || length <= MAXIMUM_LINES_OF_FUNCTION) return;
    problems.push(problemAt(source, node, `a function of ${length} lines, more than ${MAXIMUM_LINES_OF_FUNCTION}`));
  });
  return problems;
}

/**
 * @param {Source} source
 * @returns {Problem[]}
 */
function doubleCasts(source) {
  /** @type {Problem[]} */
  const found = [];
  walk(source.program, (node) => {
    if (node.type !== 'TSAsExpression' || node.expression.type !== 'TSAsExpression') return;
    if (node.expression.typeAnnotation.type === 'TSUnknownKeyword')
      found.push(problemAt(source, node, `\`as unknown as\`: there may be ${MAXIMUM_DOUBLE_CASTS} of them in all`));
  });
  return found;
}

/**
 * @param {readonly Source[]} sources
 * @returns {Problem[]}
 */
export function problemsOfSizes(sources) {
  const casts = sources.flatMap(doubleCasts);
  return [...sources.flatMap(problemsOfLength), ...(casts.length > MAXIMUM_DOUBLE_CASTS ? casts : [])];
}
