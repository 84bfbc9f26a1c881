/** The one way to open one of the extension's IndexedDB databases, to keep the connection, and to give way with it. Nothing is ever deleted here. */

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { Refusal } from '../protocol/envelope';
import { because, type Reason } from '../spec/reason';

/** The transaction of a migration: it has all object stores. */
export type Upgrade<Schema extends DBSchema> = IDBPTransaction<Schema, ArrayLike<StoreNames<Schema>>, 'versionchange'>;

/** A database, and how it became what it is. */
export interface DatabaseDefinition<Schema extends DBSchema> {
  readonly name: string;
  /** From 1 on. */
  readonly version: number;
  /** Leads from any older version, 0 where there is no database yet, to this one. Where it throws or rejects, nothing is changed. */
  upgrade(database: IDBPDatabase<Schema>, oldVersion: number, transaction: Upgrade<Schema>): void | Promise<void>;
}

/** How long another part of the extension may keep a database at its old version, in milliseconds. */
const LONGEST_BLOCK = 5000;

/** Pages are told in English, as of whatever their browser cannot do; people read `reason`. */
const unavailable = (why: string, remedy: string, reason: Reason) =>
  new Refusal('UnknownError', `Shared Storage Lab cannot open its database: ${why}. Nothing was lost or changed. ${remedy}`, reason);

function explain(error: unknown): Refusal {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'VersionError':
      return unavailable('a newer version of the extension wrote it', 'Install that version again.', because('reasonDatabaseNewer'));
    case 'QuotaExceededError':
      return unavailable('the disk is full', 'Make room on it and try again.', because('reasonDiskFull'));
    default:
      return unavailable(
        `${name}: ${message}`,
        'Try again; if that does not help, restart the browser, and then see whether its profile folder can be written to and its disk has room.',
        because('reasonDatabaseFailed', `${name}: ${message}`),
      );
  }
}

/** Ends a transaction that may have ended by itself. */
function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already, which is as good.
  }
}

/** Resolves to what `task` comes to in the transaction, once that is complete; rejects where anything in it fails, and then nothing is changed. */
export async function allOrNothing<Result>(
  transaction: { abort(): void; readonly done: Promise<void> },
  task: () => Promise<Result>,
): Promise<Result> {
  try {
    const [result] = await Promise.all([task(), transaction.done]);
    return result;
  } catch (reason) {
    abort(transaction);
    await transaction.done.catch(() => undefined);
    throw reason;
  }
}

function open<Schema extends DBSchema>(definition: DatabaseDefinition<Schema>, onClosed: () => void): Promise<IDBPDatabase<Schema>> {
  const { name, version, upgrade } = definition;
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gaveUp = false;
    let failure: unknown;
    const fail = (error: Refusal) => {
      clearTimeout(timer);
      gaveUp = true;
      reject(error);
    };
    const opening = async () =>
      openDB<Schema>(name, version, {
        upgrade(database, oldVersion, _newVersion, transaction) {
          // Opening fails with it; that is where the failure is told.
          transaction.done.catch(() => undefined);
          const migrate = async () => upgrade(database, oldVersion, transaction);
          migrate().catch((error: unknown) => {
            failure = error;
            abort(transaction);
          });
        },
        blocked() {
          const reason = because('reasonDatabaseBlocked');
          const error = unavailable('another part of the extension still uses its older version', 'Reload the extension.', reason);
          timer = setTimeout(() => fail(error), LONGEST_BLOCK);
        },
        // A part of the extension of a newer version, which waits to migrate the schema, does not wait for this one.
        blocking(_currentVersion, _blockedVersion, event) {
          (event.target as IDBDatabase).close();
          onClosed();
        },
        terminated: onClosed,
      });
    const attempt = (left: number) => {
      opening().then(
        (connection) => {
          clearTimeout(timer);
          if (gaveUp) connection.close();
          else resolve(connection);
        },
        (error: unknown) => {
          if (left > 1 && failure === undefined && error instanceof DOMException && CLOSING.test(error.message)) attempt(left - 1);
          else fail(explain(failure ?? error));
        },
      );
    };
    attempt(ATTEMPTS);
  });
}

/** Some of what Chromium says of what was under way when it closed the connection by force, and of an attempt to open one at that moment. */
const CLOSING = /connection (is closing|was closed)/i;

/** How often something is tried where the browser closes one connection after the other. */
const ATTEMPTS = 3;

/** How long a connection may take to show that it is open, in milliseconds: what was begun and was to be complete when Chromium closed it may never end. */
const LONGEST_PROOF = 1000;

/**
 * Whether the error comes of the connection's having been closed. A transaction may be aborted for other reasons, such as a full disk, and Chromium ends what is
 * under way some time before the connection itself hears that it is closed: whether it is, only the next transaction tells.
 */
async function isOfClosing<Schema extends DBSchema>({ name, message }: DOMException, connection: IDBPDatabase<Schema>): Promise<boolean> {
  if (name === 'InvalidStateError' || (name === 'UnknownError' && CLOSING.test(message))) return true;
  if (name !== 'AbortError') return false;
  try {
    // It does nothing, and is complete all the same only where there is a database behind the connection.
    const { done } = connection.transaction(connection.objectStoreNames[0] as StoreNames<Schema>);
    await Promise.race([done, new Promise((_, reject) => setTimeout(reject, LONGEST_PROOF))]);
    return false;
  } catch {
    return true;
  }
}

/** A connection is opened when it is first needed, and kept; one that was closed, or could not be opened, is opened anew by the next who needs it. */
export class DatabaseConnection<Schema extends DBSchema> {
  readonly #definition: DatabaseDefinition<Schema>;
  #opened: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(definition: DatabaseDefinition<Schema>) {
    this.#definition = definition;
  }

  /** Rejects with a Refusal that pages and worklets may be shown, after at most five seconds if another part is in the way. */
  open(): Promise<IDBPDatabase<Schema>> {
    if (this.#opened) return this.#opened;
    const opened = open(this.#definition, () => this.#forget(opened));
    this.#opened = opened;
    opened.catch(() => this.#forget(opened));
    return opened;
  }

  /**
   * Calls `task` with the open connection; it has to begin its one transaction before anything is waited for, or the connection may have given
   * way by then. Where the browser has closed the connection, before the transaction or in the middle of it, `task` is called again with a new
   * one: a transaction that never began, or was ended with its connection, has changed nothing.
   */
  async use<Result>(task: (connection: IDBPDatabase<Schema>) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const opened = this.open();
      const connection = await opened;
      try {
        return await task(connection);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof DOMException) || !(await isOfClosing(error, connection))) throw error;
        connection.close();
        this.#forget(opened);
      }
    }
  }

  #forget(opened: Promise<IDBPDatabase<Schema>>): void {
    if (this.#opened === opened) this.#opened = null;
  }
}
