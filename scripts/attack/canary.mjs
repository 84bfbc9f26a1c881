// What the victim stores, and every form in which it could be carried away.

const LENGTH = 24;
const LETTERS = 'abcdefghijkmnpqrstuvwxyz';

/**
 * Letters alone, so that no URL, JSON or HTML writes it in another way.
 * @param {import('../differ/random.mjs').Random} random
 */
export const createCanary = (random) => Array.from({ length: LENGTH }, () => LETTERS[random.below(LETTERS.length)]).join('');

/** One bit of each letter, for attacks that can only guess. @param {string} canary */
export const bitsOf = (canary) => [...canary].map((letter) => letter.charCodeAt(0) & 1).join('');

/**
 * Whether so many bits are right, or wrong, as chance alone makes of one in 3,500.
 * @param {string} guess
 * @param {string} canary
 */
export function isTellingGuess(guess, canary) {
  const right = [...bitsOf(canary)].filter((bit, index) => bit === guess[index]).length;
  return right >= LENGTH - 3 || right <= 3;
}

/** @param {string} text */
const reversed = (text) => [...text].reverse().join('');

/**
 * The middle of what base64 makes of bytes that may stand behind others: what does not depend on those before and after.
 * @param {Buffer} bytes
 */
function base64Middles(bytes) {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(before === 0 ? 0 : 4, -4);
  });
}

/** @param {string} canary */
function formsOfOne(canary) {
  const [utf8, utf16] = [Buffer.from(canary), Buffer.from(canary, 'utf16le')];
  const codes = [...utf8];
  const separated = (/** @type {string} */ separator) => codes.join(separator);
  return [
    canary,
    canary.toUpperCase(),
    utf8.toString('hex'),
    utf8.toString('hex').toUpperCase(),
    utf16.toString('hex'),
    utf16.swap16().toString('hex'),
    ...base64Middles(utf8),
    ...base64Middles(Buffer.from(canary, 'utf16le')),
    ...base64Middles(Buffer.from(canary, 'utf16le').swap16()),
    separated(','),
    separated(', '),
    separated(' '),
    separated('-'),
    [...canary].join(' '),
    [...canary].join('","'),
    [...canary].join('\0'),
    codes.map((code) => `%${code.toString(16)}`).join(''),
    codes.map((code) => `\\u00${code.toString(16)}`).join(''),
  ];
}

export class Canary {
  #forms;

  /** @param {string} value */
  constructor(value) {
    this.value = value;
    this.#forms = [...formsOfOne(value), ...formsOfOne(reversed(value))];
  }

  /**
   * The form in which the text has it, or undefined.
   * @param {string} text
   */
  findIn(text) {
    return this.#forms.find((form) => text.includes(form));
  }
}
