// Arguments of calls, as programs write them down: JSON, and objects with a member `$` for what JSON has not (test/pages/differ/step.js makes them).

/** @typedef {unknown} Term */

const UNDEFINED = { $: 'undefined' };
/** One more code unit than a key or a value may have. */
const TOO_LONG = { $: 'repeated', length: 2_621_441 };

const KEYS = ['k', 'k', 'k', 'l', 'l', 'm', 'Ā', 'a', '\ud800', '\n', '\u0000', ' ', '😀', '0'];
const ODD = ['', 0, -1, null, true, [], ['k'], {}, UNDEFINED, { $: 'symbol' }, { $: 'throws' }, { $: 'bigint' }, TOO_LONG];
const VALUES = ['v', 'w', '', 'Ā', '\udfff', 'x'.repeat(100), '0'];

/** Which locks updates may wait for. The order among those that wait for one lock and all others is nobody's business, so that those of windows have one, or none. */
export const LOCKS = {
  any: ['lock', 'other', '', '-reserved', null, 5],
  one: ['lock'],
  none: ['-reserved'],
};
/** @typedef {keyof typeof LOCKS} Locks */

const FLAGS = [true, false, 1, 0, '', 'no', null, UNDEFINED];

/** @param {import('./random.mjs').Random} random @returns {Term} */
export const key = ({ oneOf, chance }) => (chance(0.08) ? oneOf(ODD) : oneOf(KEYS));

/** @param {import('./random.mjs').Random} random @returns {Term} */
export const value = ({ oneOf, chance }) => (chance(0.08) ? oneOf(ODD) : oneOf(VALUES));

/**
 * A dictionary, or what stands in its place.
 * @param {import('./random.mjs').Random} random
 * @param {Record<string, readonly Term[]>} members with what each may be
 * @returns {Term[]} no argument, or one
 */
function options({ oneOf, chance }, members) {
  if (chance(0.5)) return [];
  if (chance(0.08)) return [oneOf([null, UNDEFINED, 5, 'text', []])];
  const chosen = Object.entries(members).filter(() => chance(0.6));
  return [Object.fromEntries(chosen.map(([name, values]) => [name, oneOf(values)]))];
}

/**
 * @param {import('./random.mjs').Random} random
 * @param {Locks} locks
 * @returns {Term[]}
 */
export function setOptions(random, locks) {
  if (locks !== 'one') return options(random, { ignoreIfPresent: FLAGS, withLock: LOCKS[locks] });
  return [{ ignoreIfPresent: random.oneOf(FLAGS), withLock: 'lock' }];
}

/**
 * @param {import('./random.mjs').Random} random
 * @param {Locks} locks
 * @returns {Term[]}
 */
export const lockOptions = (random, locks) => (locks === 'one' ? [{ withLock: 'lock' }] : options(random, { withLock: LOCKS[locks] }));
