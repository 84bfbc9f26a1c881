// What differs between two observations, which differences are known, and the shortest program that shows one.

/** @typedef {{ reason: string, native: string, extension: string }} Known patterns of both sides' words; see test/differ/known.json */
/** @typedef {{ where: string, native: string, extension: string }} Difference */

/**
 * Of a document that was left, how many of its updates had resolved by then depends on the machine; those that had in both browsers must have in the
 * same order.
 * @param {readonly number[][]} native of each document
 * @param {readonly number[][]} extension
 */
function shownOrders(native, extension) {
  const last = Math.max(native.length, extension.length) - 1;
  const shown = (/** @type {readonly number[][]} */ own, /** @type {readonly number[][]} */ other) =>
    own.map((order, index) => (index === last ? order : order.filter((update) => other[index]?.includes(update))).join()).join('; ');
  return { native: shown(native, extension), extension: shown(extension, native) };
}

/**
 * @param {import('./program.mjs').Step[]} program
 * @param {import('./side.mjs').Observation} native
 * @param {import('./side.mjs').Observation} extension
 * @returns {Difference[]}
 */
export function differences(program, native, extension) {
  const outcomes = program.map((step, index) => ({
    where: `step ${index}, ${step.call}`,
    native: String(native.outcomes[index]),
    extension: String(extension.outcomes[index]),
  }));
  const labels = new Set([...Object.keys(native.operations), ...Object.keys(extension.operations)]);
  const operations = [...labels].map((label) => ({
    where: label,
    native: native.operations[label] ?? 'nothing',
    extension: extension.operations[label] ?? 'nothing',
  }));
  const order = { where: 'order', ...shownOrders(native.orders, extension.orders) };
  const shown = { where: 'console', native: native.console, extension: extension.console };
  return [...outcomes, ...operations, order, shown].filter((one) => one.native !== one.extension);
}

/**
 * Those that no line of the list explains.
 * @param {readonly Difference[]} found
 * @param {readonly Known[]} known
 */
export const unexplained = (found, known) =>
  found.filter(
    (one) => !known.some(({ native, extension }) => new RegExp(native).test(one.native) && new RegExp(extension).test(one.extension)),
  );

/**
 * Leaves out steps as long as what is left still differs.
 * @template One
 * @param {One[]} program
 * @param {(program: One[]) => Promise<boolean>} isDifferent
 */
export async function shrink(program, isDifferent) {
  let smallest = program;
  for (let size = Math.ceil(smallest.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let start = 0; start < smallest.length; ) {
      const shorter = smallest.toSpliced(start, size);
      if (shorter.length > 0 && (await isDifferent(shorter))) smallest = shorter;
      else start += size;
    }
  }
  return smallest;
}
