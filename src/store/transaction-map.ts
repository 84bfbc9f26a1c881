/** One data origin's entries inside a transaction: reads once, remembers what was written, writes it out at the end. */

import type { IDBPTransaction } from 'idb';
import type { DatabaseMap, ValueStruct } from '../spec/database';
import { rangeOf, type Schema } from './schema';

export type WriteTransaction = IDBPTransaction<Schema, ('entries' | 'lockedUpdates' | 'writes')[], 'readwrite'>;

/** A batch's own notes on top of the map, dropped when the batch fails. */
export class BatchMap implements DatabaseMap {
  readonly #base: DatabaseMap;
  readonly #notes = new Map<string, ValueStruct | undefined>();
  #cleared = false;

  constructor(base: DatabaseMap) {
    this.#base = base;
  }

  async get(key: string): Promise<ValueStruct | undefined> {
    if (this.#notes.has(key) || this.#cleared) return this.#notes.get(key);
    return this.#base.get(key);
  }

  set(key: string, valueStruct: ValueStruct): void {
    this.#notes.set(key, valueStruct);
  }

  remove(key: string): void {
    this.#notes.set(key, undefined);
  }

  clear(): void {
    this.#notes.clear();
    this.#cleared = true;
  }

  /** Hands the batch's notes down to the map. */
  commit(): void {
    if (this.#cleared) this.#base.clear();
    for (const [key, valueStruct] of this.#notes) {
      if (valueStruct) this.#base.set(key, valueStruct);
      else this.#base.remove(key);
    }
  }
}

export class TransactionMap implements DatabaseMap {
  readonly #transaction: WriteTransaction;
  readonly #dataOrigin: string;
  readonly #known = new Map<string, ValueStruct | undefined>();
  readonly #changed = new Set<string>();
  #cleared = false;

  constructor(transaction: WriteTransaction, dataOrigin: string) {
    this.#transaction = transaction;
    this.#dataOrigin = dataOrigin;
  }

  async get(key: string): Promise<ValueStruct | undefined> {
    if (this.#known.has(key) || this.#cleared) return this.#known.get(key);
    const valueStruct = await this.#transaction.objectStore('entries').get([this.#dataOrigin, key]);
    this.#known.set(key, valueStruct);
    return valueStruct;
  }

  set(key: string, valueStruct: ValueStruct): void {
    this.#known.set(key, valueStruct);
    this.#changed.add(key);
  }

  remove(key: string): void {
    this.#known.set(key, undefined);
    this.#changed.add(key);
  }

  clear(): void {
    this.#known.clear();
    this.#changed.clear();
    this.#cleared = true;
  }

  /** Issues the writes; the transaction's completion says when they are stored. */
  writeOut(): Promise<unknown>[] {
    const entries = this.#transaction.objectStore('entries');
    const requests: Promise<unknown>[] = [];
    if (this.#cleared) requests.push(entries.delete(rangeOf(this.#dataOrigin)));
    for (const key of this.#changed) {
      const valueStruct = this.#known.get(key);
      const id: [string, string] = [this.#dataOrigin, key];
      requests.push(valueStruct ? entries.put(valueStruct, id) : entries.delete(id));
    }
    return requests;
  }
}
