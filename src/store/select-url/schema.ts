/**
 * The database of what selectURL() selected, apart from the entries: what belongs to pages, which the next start of the browser
 * forgets, and the sites' ledgers, which it does not.
 */

import type { DBSchema, IDBPDatabase, IDBPTransaction } from 'idb';
import type { BitDebit, PageBudget } from '../../spec/budgets';
import type { Page, SelectableUrl } from '../../spec/fenced-frame-config';
import type { Reason } from '../../spec/reason';
import type { SavedQueryData } from '../../spec/saved-queries';
import type { SelectionAccount } from '../../spec/select-url';
import { DatabaseConnection } from '../database-connection';

/** One call of selectURL(). */
export interface StoredSelection {
  readonly urn: string;
  /** The document that called, and its number for the call. */
  readonly documentId: string;
  readonly selectionId: number;
  readonly workletId: number;
  readonly embedderOrigin: string;
  readonly page: Page;
  readonly dataOrigin: string;
  readonly site: string;
  /** "operationName" */
  readonly operation: string;
  readonly urls: readonly SelectableUrl[];
  readonly savedQuery: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Null while the operation has not finished. */
  readonly result: {
    readonly index: number;
    /** Why it is not the one that the operation chose; null where it is. */
    readonly reason: Reason | null;
    /** Whether the page's budgets were charged for it. */
    readonly charged: boolean;
  } | null;
  /** "pending shared storage budget debit": the bits that a top-level navigation has not been charged for yet. */
  readonly pendingBits: number;
  /** How the result came about; only looked at. Absent before that, and where an earlier version of the extension wrote the result. */
  readonly account?: SelectionAccount;
}

/** The key of a "saved query map", with the page whose map it is. */
export type SavedQueryKey = [page: string, dataOrigin: string, workletScriptURL: string, operationName: string, queryName: string];

/** The object stores. */
export interface SelectionSchema extends DBSchema {
  selections: { key: string; value: StoredSelection; indexes: { call: [documentId: string, selectionId: number] } };
  /** By the documentId of the page's top-level document. */
  pageBudgets: { key: string; value: PageBudget };
  savedQueries: { key: SavedQueryKey; value: SavedQueryData };
  /** The ledgers of the "shared storage navigation budget table". */
  bitDebits: { key: number; value: BitDebit & { readonly site: string }; indexes: { site: string; timestamp: number } };
}

/** A connection that is open. */
type Connection = IDBPDatabase<SelectionSchema>;

const STORES = ['selections', 'pageBudgets', 'savedQueries', 'bitDebits'] as const;

/** In which a call gets its result, and is charged for it. */
export type SelectionTransaction = IDBPTransaction<SelectionSchema, typeof STORES, 'readwrite'>;

/** Relaxed: complete when the operating system has what it writes, which may not be on the disk yet. */
export const beginTransaction = (connection: Connection): SelectionTransaction =>
  connection.transaction(STORES, 'readwrite', { durability: 'relaxed' });

/** The connection to the database. */
export type SelectionsConnection = DatabaseConnection<SelectionSchema>;

/** For each part of the extension, one. */
export const connectToSelections = (): SelectionsConnection =>
  new DatabaseConnection({
    name: 'shared-storage-selections',
    version: 1,
    upgrade(database) {
      const selections = database.createObjectStore('selections', { keyPath: 'urn' });
      selections.createIndex('call', ['documentId', 'selectionId'], { unique: true });
      database.createObjectStore('pageBudgets');
      database.createObjectStore('savedQueries');
      const bitDebits = database.createObjectStore('bitDebits', { autoIncrement: true });
      bitDebits.createIndex('site', 'site');
      bitDebits.createIndex('timestamp', 'timestamp');
    },
  });
