/**
 * Which keys have handlers, as far as this service worker knows: never fewer than those that have. Writes of data origins without handlers cost nothing for it but a
 * look into a map.
 */

import { readWatchedKeys } from '../../store/entries/noted-changes';
import type { EntriesConnection } from '../../store/entries/schema';

export type Watched = ReadonlyMap<string, ReadonlySet<string>>;

export class WatchedKeys {
  readonly #connection: EntriesConnection;
  #known: Promise<Map<string, Set<string>>> | null = null;
  /** How many times a key was added, and when each data origin's was last, counted so. */
  #count = 0;
  readonly #added = new Map<string, number>();

  constructor(connection: EntriesConnection) {
    this.#connection = connection;
  }

  /** What earlier workers have left is read once. */
  current(): Promise<Watched> {
    return this.#read();
  }

  #read(): Promise<Map<string, Set<string>>> {
    this.#known ??= readWatchedKeys(this.#connection).catch((error: unknown) => {
      this.#known = null;
      throw error;
    });
    return this.#known;
  }

  /** What changes the entry from now on is noted. It is for the offscreen document to store that the key has a handler. */
  async add(dataOrigin: string, key: string): Promise<void> {
    const known = await this.#read();
    this.#added.set(dataOrigin, ++this.#count);
    known.set(dataOrigin, (known.get(dataOrigin) ?? new Set()).add(key));
  }

  /** What somebody says from now on, who is asked from now on, is as new as what has been added so far. */
  mark(): number {
    return this.#count;
  }

  /** Somebody who was asked at the mark knows of no other data origins with handlers. */
  async keepOnly(dataOrigins: readonly string[], mark: number): Promise<void> {
    const known = await this.#read();
    for (const dataOrigin of [...known.keys()])
      if (!dataOrigins.includes(dataOrigin) && (this.#added.get(dataOrigin) ?? 0) <= mark) known.delete(dataOrigin);
  }
}
