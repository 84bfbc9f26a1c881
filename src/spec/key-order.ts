/**
 * The order in which entries are iterated.
 * The specification leaves it open. As natively, where the database compares keys by their bytes in UTF-16LE: that of the code units as
 * long as none of them is above U+00FF, and with the two bytes of each swapped otherwise.
 */

const HIGH = /[^\0-\xff]/;

/** Whether the key comes, among others of which that is true as well, where its code units place it. */
export const isPlain = (key: string): boolean => !HIGH.test(key);

const swapBytes = (unit: number): number => ((unit & 0xff) << 8) | (unit >> 8);

/** As `Array.prototype.sort()` asks for it. */
export function compareKeys(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const difference = swapBytes(one.charCodeAt(index)) - swapBytes(other.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Entries in the order of iteration; `entries` are in that of their keys' code units, and may be changed. */
export function inOrderOfIteration<Value>(entries: [key: string, value: Value][]): [key: string, value: Value][] {
  const isInOrder = entries.every(([key]) => isPlain(key));
  return isInOrder ? entries : entries.sort(([one], [other]) => compareKeys(one, other));
}
