/** What is remembered of things that can be found out anew, so that no page makes us remember more and more. */

/**
 * A map of at most `maximum` entries. Where there would be more, the least recently used one goes: the one that has been neither set nor
 * read for longest.
 */
export class BoundedMap<Key, Value> {
  readonly #maximum: number;
  /** The least recently used one first. */
  readonly #entries = new Map<Key, Value>();

  /** `maximum`: how many entries are kept, at least 1. */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether the key is there; this is no use of it. */
  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** The value, undefined where there is none or it has gone. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined || this.#entries.has(key)) this.#put(key, value as Value);
    return value;
  }

  /** This is a use of the key. */
  set(key: Key, value: Value): void {
    this.#put(key, value);
    if (this.#entries.size <= this.#maximum) return;
    for (const leastRecent of this.#entries.keys()) {
      this.#entries.delete(leastRecent);
      break;
    }
  }

  /** All values; this is no use of them. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Whether there was one. */
  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  /**
   * In a map of promises: the one that is there, or else the one that `ask` returns, which is kept. So those who ask at once share one
   * question. A promise that is rejected is forgotten: the next one to ask makes another attempt.
   */
  getOrAsk<Result>(this: BoundedMap<Key, Promise<Result>>, key: Key, ask: () => Promise<Result>): Promise<Result> {
    const known = this.get(key);
    if (known) return known;
    const answer = ask();
    this.set(key, answer);
    answer.catch(() => {
      // Another answer may be in its place by now.
      if (this.#entries.get(key) === answer) this.#entries.delete(key);
    });
    return answer;
  }

  #put(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
