// No block of code is there twice: whoever mends the one forgets the other.

/** @import { Problem, Source } from './source.mjs' */

const MINIMUM_LINES = 10;

/**
 * The lines that say something, without their indentation; lists of imports and comments are no code.
 *
 * @param {string} text
 * @returns {{ text: string, line: number }[]}
 */
function linesOf(text) {
  const blank = (/** @type {string} */ part) => part.replace(/[^\n]/g, '');
  return text
    .replace(/^import [^;]*;$|^[ \t]*(?:\/\*.*?\*\/|\/\/[^\n]*$)/gms, blank)
    .split('\n')
    .map((line, index) => ({ text: line.trim(), line: index + 1 }))
    .filter((line) => line.text !== '');
}

/**
 * @param {readonly Pick<Source, 'file' | 'text'>[]} files
 * @returns {Problem[]} one for each copy, at its first line
 */
export function problemsOfCopies(files) {
  /** @type {Map<string, string>} */
  const places = new Map();
  /** @type {Problem[]} */
  const problems = [];
  for (const { file, text } of files) {
    const lines = linesOf(text);
    for (let first = 0; first + MINIMUM_LINES <= lines.length; first++) {
      const block = lines.slice(first, first + MINIMUM_LINES);
      const key = block.map((line) => line.text).join('\n');
      const { line } = /** @type {typeof block[0]} */ (block[0]);
      const original = places.get(key);
      if (original === undefined) {
        places.set(key, `src/${file}:${line}`);
        continue;
      }
      problems.push({ file, line, message: `${MINIMUM_LINES} lines or more are copied from ${original}` });
      first += MINIMUM_LINES - 1;
    }
  }
  return problems;
}
