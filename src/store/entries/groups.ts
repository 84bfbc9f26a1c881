/** Updates that are kept, or applied, in one transaction. */

/** How many methods they have together, at most, unless one update has more: others wait for no more than that, and no more of it is in memory twice. */
const MAXIMUM_METHODS = 1000;

/**
 * How many of the first updates make the next group. `methodsOf`: how many methods an update has; null for what is none, and ends the group. `most`: how many
 * methods they may have together.
 */
export function lengthOfGroup<Item>(items: readonly Item[], methodsOf: (item: Item) => number | null, most = MAXIMUM_METHODS): number {
  let sum = 0;
  for (const [index, item] of items.entries()) {
    const count = methodsOf(item);
    if (count === null) return index;
    sum += Math.max(1, count);
    if (index > 0 && sum > most) return index;
  }
  return items.length;
}
