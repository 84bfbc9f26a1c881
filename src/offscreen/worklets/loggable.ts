/** What a worklet may show in the console of its page. */

import type { LoggedLine } from '../../protocol/console-lines';
import { MAXIMUM_LOGGED_CHARACTERS, MAXIMUM_LOGGED_VALUES } from '../../protocol/limits';

/** Our script in a realm counts neither the words that it puts in for what it does not show nor, in a map, the last value. */
const SLACK = 1.5;

const LARGEST_BIGINT = 10n ** 100n;

/** What is left of what may be shown. */
class Budget {
  /** UTF-16 code units in strings, and bytes in buffers. */
  characters: number;
  values = 0;

  constructor(characters: number) {
    this.characters = characters;
  }

  take(characters: number): boolean {
    this.characters -= characters;
    return this.characters >= 0;
  }

  hasAll(values: readonly unknown[]): boolean {
    return values.length <= this.values && values.every((value) => this.#has(value));
  }

  #has(value: unknown): boolean {
    if (--this.values < 0) return false;
    if (typeof value === 'string') return this.take(value.length);
    if (typeof value === 'bigint') return value < LARGEST_BIGINT && value > -LARGEST_BIGINT;
    return typeof value !== 'object' || value === null || this.#hasObject(value);
  }

  #hasObject(value: object): boolean {
    if (value instanceof ArrayBuffer) return this.take(value.byteLength);
    if (ArrayBuffer.isView(value)) return this.take(value.buffer.byteLength);
    if (value instanceof RegExp) return this.take(value.source.length);
    if (value instanceof Map) return value.size <= this.values && this.hasAll([...value.keys()]) && this.hasAll([...value.values()]);
    if (value instanceof Set) return value.size <= this.values && this.hasAll([...value]);
    if (value instanceof Date) return true;
    if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
    const entries = Object.entries(value);
    return this.hasAll(entries.map(([, member]) => member)) && entries.every(([name]) => this.take(name.length));
  }
}

/**
 * Whether these are such copies as our script in a realm makes: of plain data and of the language's own classes, no more than it counts. They go
 * through the service worker to another process, and may neither fill those nor get lost on the way.
 */
export function areLoggable(lines: readonly LoggedLine[]): boolean {
  // A message has more than one line only while it is far from what one line may have.
  const budget = new Budget(2 * MAXIMUM_LOGGED_CHARACTERS);
  return lines.every(({ operation, args }) => {
    budget.values = SLACK * MAXIMUM_LOGGED_VALUES;
    return budget.take(operation.length) && budget.hasAll(args);
  });
}
