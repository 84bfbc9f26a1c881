/**
 * What is remembered of documents for the next service worker, in a database of its own: it goes with them, at the latest when the browser is
 * closed, and no document takes room away from another.
 */

import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import { allOrNothing, DatabaseConnection } from './database-connection';

/** The document that a record goes with, and whose room it takes. */
export interface Owner {
  readonly documentId: string;
  readonly tabId: number;
}

interface Schema extends DBSchema {
  records: {
    key: [kind: string, key: string];
    value: {
      readonly documentId: string;
      /** In code units, as `sizeOf` counts. */
      readonly size: number;
      /** When it was set, in milliseconds since the Unix epoch. */
      readonly time: number;
      readonly value: unknown;
    };
    indexes: { age: [documentId: string, time: number] };
  };
  /** What the records of each document come to, by documentId. */
  documents: { key: string; value: { readonly tabId: number; readonly size: number; readonly count: number } };
}

type Connection = IDBPDatabase<Schema>;
type Transaction = IDBPTransaction<Schema, ('records' | 'documents')[], 'readwrite'>;
type Key = Schema['records']['key'];

/** How many records a document may have, and how large they may be together, in code units. A URL has at most two millions. */
const MAXIMUM_COUNT = 1000;
const MAXIMUM_SIZE = 32 * 1024 * 1024;

/** The code units of all strings in it, and one for anything else. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce((sum, [name, member]) => sum + name.length + sizeOf(member), 1);
}

const begin = (connection: Connection): Transaction =>
  connection.transaction(['records', 'documents'], 'readwrite', { durability: 'relaxed' });

async function remove(transaction: Transaction, id: Key): Promise<void> {
  const records = transaction.objectStore('records');
  const documents = transaction.objectStore('documents');
  const record = await records.get(id);
  const usage = record && (await documents.get(record.documentId));
  if (!usage) return;
  const { documentId, size } = record;
  await records.delete(id);
  if (usage.count === 1) await documents.delete(documentId);
  else await documents.put({ ...usage, size: usage.size - size, count: usage.count - 1 }, documentId);
}

const ofDocument = (documentId: string): IDBKeyRange => IDBKeyRange.bound([documentId], [documentId, []]);

type Usage = Schema['documents']['value'];

const isTooMuch = (usage: Usage | undefined): boolean => usage !== undefined && (usage.size > MAXIMUM_SIZE || usage.count > MAXIMUM_COUNT);

/** Puts the record in the place of the one that is there; resolves to what its document's come to then. Each request that is waited for costs a third of a millisecond. */
async function put(transaction: Transaction, id: Key, value: unknown, size: number, { documentId, tabId }: Owner): Promise<Usage> {
  const records = transaction.objectStore('records');
  const documents = transaction.objectStore('documents');
  const [existing, known] = await Promise.all([records.get(id), documents.get(documentId)]);
  const isOwn = existing?.documentId === documentId;
  if (existing && !isOwn) await remove(transaction, id);
  const { size: others, count } = known ?? { size: 0, count: 0 };
  const usage = { tabId, size: others + size - (isOwn ? existing.size : 0), count: count + (isOwn ? 0 : 1) };
  await Promise.all([records.put({ documentId, size, time: Date.now(), value }, id), documents.put(usage, documentId)]);
  return usage;
}

/** What the document was given first goes, but for the record itself, until it has no more than it may have. */
async function makeRoom(transaction: Transaction, documentId: string, kept: Key): Promise<void> {
  const oldestFirst = await transaction.objectStore('records').index('age').getAllKeys(ofDocument(documentId));
  for (const id of oldestFirst.filter((other) => indexedDB.cmp(other, kept) !== 0)) {
    await remove(transaction, id);
    if (!isTooMuch(await transaction.objectStore('documents').get(documentId))) return;
  }
}

/** Records of one kind, by keys of their own. */
export class Records<Value> {
  readonly #use: DatabaseConnection<Schema>['use'];
  readonly #kind: string;

  constructor(use: DatabaseConnection<Schema>['use'], kind: string) {
    this.#use = use;
    this.#kind = kind;
  }

  /** Undefined where there is none, or it has gone. */
  get(key: string): Promise<Value | undefined> {
    return this.#use(async (connection) => (await connection.get('records', [this.#kind, key]))?.value as Value | undefined);
  }

  /** Resolves once it is stored. Rejects where it is larger than all that a document may have. */
  async set(key: string, value: Value, owner: Owner): Promise<void> {
    const size = sizeOf(value);
    if (size > MAXIMUM_SIZE) throw new RangeError(`A record of ${size} code units is more than is remembered of a document.`);
    const id: Key = [this.#kind, key];
    await this.#write(async (transaction) => {
      if (isTooMuch(await put(transaction, id, value, size, owner))) await makeRoom(transaction, owner.documentId, id);
    });
  }

  /** Resolves once they are gone; those that are not there are as good. */
  delete(keys: readonly string[]): Promise<void> {
    return this.#write(async (transaction) => {
      for (const key of keys) await remove(transaction, [this.#kind, key]);
    });
  }

  /** The keys of all that begin with `prefix`. */
  keys(prefix = ''): Promise<string[]> {
    const range = IDBKeyRange.bound([this.#kind, prefix], [this.#kind, `${prefix}\uffff`]);
    return this.#use(async (connection) => (await connection.getAllKeys('records', range)).map(([, key]) => key));
  }

  /** All of the kind, by key. */
  entries(): Promise<[key: string, value: Value][]> {
    const range = IDBKeyRange.bound([this.#kind], [this.#kind, []]);
    return this.#use(async (connection) => {
      const { store } = connection.transaction('records');
      const [ids, records] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return ids.map(([, key], index) => [key, records[index]?.value as Value]);
    });
  }

  #write<Result>(task: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.#use((connection) => {
      const transaction = begin(connection);
      return allOrNothing(transaction, () => task(transaction));
    });
  }
}

/** The records of all kinds. */
export class DocumentRecords {
  readonly #connection = new DatabaseConnection<Schema>({
    name: 'shared-storage-documents',
    version: 1,
    upgrade(database) {
      database.createObjectStore('records').createIndex('age', ['documentId', 'time']);
      database.createObjectStore('documents');
    },
  });
  readonly #beginSession: (clear: () => Promise<void>) => Promise<void>;
  #begun: Promise<void> | null = null;

  /** `beginSession` is called before anything else: it calls `clear` unless it did so in this session of the browser. */
  constructor(beginSession: (clear: () => Promise<void>) => Promise<void>) {
    this.#beginSession = beginSession;
  }

  /** `kind`: a name that no other records have. */
  of<Value>(kind: string): Records<Value> {
    return new Records((task) => this.#use(task), kind);
  }

  /** Forgets what belonged to documents that are gone; resolves to the others. */
  async forget(isGone: (owner: Owner) => Promise<boolean>): Promise<Owner[]> {
    const owners = await this.#use(async (connection) => {
      const { store } = connection.transaction('documents');
      const [documentIds, documents] = await Promise.all([store.getAllKeys(), store.getAll()]);
      return documentIds.map((documentId, index) => ({ documentId, tabId: documents[index]?.tabId ?? 0 }));
    });
    const gone = await Promise.all(owners.map(isGone));
    await this.#use(async (connection) => {
      const transaction = begin(connection);
      await allOrNothing(transaction, async () => {
        const records = transaction.objectStore('records');
        for (const { documentId } of owners.filter((_owner, index) => gone[index])) {
          for (const id of await records.index('age').getAllKeys(ofDocument(documentId))) await records.delete(id);
          await transaction.objectStore('documents').delete(documentId);
        }
      });
    });
    return owners.filter((_owner, index) => !gone[index]);
  }

  async #use<Result>(task: (connection: Connection) => Promise<Result>): Promise<Result> {
    this.#begun ??= this.#beginSession(() => this.#clear()).catch((error: unknown) => {
      this.#begun = null;
      throw error;
    });
    await this.#begun;
    return this.#connection.use(task);
  }

  #clear(): Promise<void> {
    return this.#connection.use(async (connection) => {
      const transaction = begin(connection);
      await allOrNothing(transaction, async () => {
        await Promise.all([transaction.objectStore('records').clear(), transaction.objectStore('documents').clear()]);
      });
    });
  }
}
