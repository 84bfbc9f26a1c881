/** What Chromium does to a connection that it closes by force, for tests in Node. */

import { forceCloseDatabase, IDBObjectStore, IDBTransaction } from 'fake-indexeddb';
import { wrap } from 'idb';
import { vi } from 'vitest';

/** What the fake has inside. */
interface Inside {
  _started: boolean;
  _state: string;
  _abort(name: string): void;
}

type Transaction = IDBTransaction & Inside;
type Connection = IDBDatabase & { readonly _rawDatabase: { readonly transactions: readonly Transaction[] } };

/**
 * What is under way fails, and so does what is begun until the connection hears that it is closed: that is in a later task, and some transactions have been begun
 * and have failed by then.
 */
function closeByForce(connection: Connection): void {
  const abort = (transaction: Transaction) => {
    if (transaction._state === 'finished') return;
    // Whoever only reads does not listen to that.
    wrap(transaction as IDBTransaction).done.catch(() => undefined);
    transaction._abort('AbortError');
  };
  for (const transaction of [...connection._rawDatabase.transactions]) if (transaction.db === connection) abort(transaction);
  const begin = connection.transaction.bind(connection);
  connection.transaction = (...scope) => {
    const transaction = begin(...scope) as Transaction;
    // Nothing carries it out.
    transaction._started = true;
    setTimeout(() => abort(transaction));
    return transaction;
  };
  setTimeout(() => forceCloseDatabase(connection as never), 5);
}

const METHODS = ['add', 'put', 'get', 'getAll', 'getAllKeys', 'delete'] as const;

/** The connection is closed by force right after the request of this number has been made, from 1, or the transaction of it is to be committed. */
export class ForcedClose {
  /** How many requests there were. */
  requests = 0;
  readonly #closeAfter: number;
  readonly #restore: (() => void)[] = [];

  constructor(closeAfter: number) {
    this.#closeAfter = closeAfter;
    for (const method of METHODS) {
      const native = IDBObjectStore.prototype[method] as (this: IDBObjectStore, ...args: unknown[]) => IDBRequest;
      const counted = this.#counted(native, ({ transaction }) => transaction, setImmediate);
      const spy = vi.spyOn(IDBObjectStore.prototype, method as 'get').mockImplementation(counted);
      this.#restore.push(() => spy.mockRestore());
    }
    const { commit } = IDBTransaction.prototype;
    const spy = vi
      .spyOn(IDBTransaction.prototype, 'commit')
      .mockImplementation(this.#counted(commit, (self: IDBTransaction) => self, queueMicrotask));
    this.#restore.push(() => spy.mockRestore());
  }

  /** Nothing more is closed. */
  end(): void {
    for (const restore of this.#restore) restore();
  }

  #counted<Self, Args extends unknown[], Result>(
    native: (this: Self, ...args: Args) => Result,
    transactionOf: (self: Self) => IDBTransaction,
    close: (callback: () => void) => unknown,
  ) {
    const count = (self: Self) => {
      const { db, mode } = transactionOf(self);
      // One that cannot be opened is no connection that is closed.
      if (mode !== 'versionchange' && ++this.requests === this.#closeAfter) close(() => closeByForce(db as Connection));
    };
    return function (this: Self, ...args: Args): Result {
      const result = native.apply(this, args);
      count(this);
      return result;
    };
  }
}
