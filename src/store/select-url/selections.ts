/** The calls of selectURL() and the budgets that they use, for the service worker and the offscreen document alike. */

import { determineRemainingNavigationBudget, NAVIGATION_BUDGET_LIFETIME } from '../../spec/budgets';
import type { Page } from '../../spec/fenced-frame-config';
import type { CallResult, SelectionEnvironment } from '../../spec/select-url';
import type { AnnounceChange } from '../announce-change';
import { allOrNothing } from '../database-connection';
import {
  beginTransaction,
  connectToSelections,
  type SelectionsConnection,
  type SelectionTransaction,
  type StoredSelection,
} from './schema';
import { beginSelection, finishSelection, type SettledSelection } from './settle';

/** Methods reject with a Refusal where the database cannot be opened, and with the browser's own error where a transaction fails. */
export class Selections {
  readonly #environment: () => SelectionEnvironment | Promise<SelectionEnvironment>;
  readonly #connection: SelectionsConnection;
  /** Called when something has been written. */
  readonly #announce: AnnounceChange;

  /** The environment is asked for before each transaction, so that settings can be read live. */
  constructor(
    environment: () => SelectionEnvironment | Promise<SelectionEnvironment>,
    connection: SelectionsConnection = connectToSelections(),
    announce: AnnounceChange = () => undefined,
  ) {
    this.#environment = environment;
    this.#announce = announce;
    this.#connection = connection;
  }

  /**
   * Keeps a new call; resolves to it once it is stored, or to what is stored for it already. Nothing is left to the browser here: it may drop a
   * transaction whose worker is stopped, committed or not.
   */
  async add(selection: StoredSelection): Promise<StoredSelection> {
    try {
      await this.#connection.use(async (connection) => {
        const transaction = connection.transaction('selections', 'readwrite', { durability: 'relaxed' });
        const added = transaction.store.add(selection);
        transaction.commit();
        await Promise.all([added, transaction.done]);
      });
      this.#announce({ topic: 'selections' });
      return selection;
    } catch (error) {
      // The worker before this one was stopped before it could say so.
      const known = await this.find(selection.documentId, selection.selectionId);
      if (known) return known;
      throw error;
    }
  }

  /** Undefined where no call of a page that is still there got this URN. */
  get(urn: string): Promise<StoredSelection | undefined> {
    return this.#connection.use((connection) => connection.get('selections', urn));
  }

  /** The call that a document gave this number. */
  find(documentId: string, selectionId: number): Promise<StoredSelection | undefined> {
    return this.#connection.use((connection) => connection.getFromIndex('selections', 'call', [documentId, selectionId]));
  }

  /** What is to be done for a call with a worklet's module, as `beginSelection()` says; `unknown` where there is no such call any more. */
  begin(urn: string, moduleURL: string, isRunning: (urn: string) => boolean): Promise<'run' | 'wait' | 'unknown' | SettledSelection> {
    return this.#write(async (transaction, environment) => {
      const selection = await transaction.objectStore('selections').get(urn);
      if (!selection) return 'unknown';
      if (selection.result) return selection as SettledSelection;
      return beginSelection(transaction, environment, selection, moduleURL, isRunning);
    });
  }

  /** Resolves to the calls that got their results by this: none where the call has one already. */
  finish(urn: string, moduleURL: string, result: CallResult): Promise<SettledSelection[]> {
    return this.#write(async (transaction, environment) => {
      const selection = await transaction.objectStore('selections').get(urn);
      return selection && !selection.result ? finishSelection(transaction, environment, selection, moduleURL, result) : [];
    });
  }

  /** In bits; of the site, as the data origin sees it. https://wicg.github.io/shared-storage/#determine-remaining-navigation-budget */
  async remainingNavigationBudget(site: string, dataOrigin?: string): Promise<number> {
    const environment = await this.#environment();
    if (dataOrigin !== undefined && environment.isExhausted?.(dataOrigin)) return 0;
    const ledger = await this.#connection.use((connection) => connection.getAllFromIndex('bitDebits', 'site', site));
    return determineRemainingNavigationBudget(environment, ledger);
  }

  /**
   * Charges the sites of the selections for a navigation of the top-level traversable, each selection once.
   * https://wicg.github.io/shared-storage/#charge-shared-storage-navigation-budget
   */
  chargeNavigation(urns: readonly string[]): Promise<{ site: string; bits: number }[]> {
    return this.#write(async (transaction, { currentWallTime: timestamp }) => {
      const charged: { site: string; bits: number }[] = [];
      for (const urn of urns) {
        const selection = await transaction.objectStore('selections').get(urn);
        // If pendingBits is not greater than 0, then continue.
        if (!selection || selection.pendingBits <= 0) continue;
        const { site, pendingBits: bits } = selection;
        // Append bitDebit to ledger. Set pendingBits to 0.
        await Promise.all([
          transaction.objectStore('bitDebits').add({ site, bits, timestamp }),
          transaction.objectStore('selections').put({ ...selection, pendingBits: 0 }),
        ]);
        charged.push({ site, bits });
      }
      return charged;
    });
  }

  /** https://wicg.github.io/shared-storage/#purge-expired-bit-debits-from-all-navigation-entropy-ledgers */
  purgeExpiredBitDebits(): Promise<void> {
    return this.#write(async (transaction, { currentWallTime }) => {
      const store = transaction.objectStore('bitDebits');
      const expired = IDBKeyRange.upperBound(currentWallTime - NAVIGATION_BUDGET_LIFETIME, true);
      for (const key of await store.index('timestamp').getAllKeys(expired)) await store.delete(key);
    });
  }

  /** Forgets what belonged to pages that are gone. */
  async forgetPages(isGone: (page: Page) => Promise<boolean>): Promise<void> {
    const stored = await this.#connection.use((connection) => connection.getAll('selections'));
    const pages = new Map(stored.map(({ page }) => [page.documentId, page]));
    const gone = new Set<string>();
    for (const page of pages.values()) if (await isGone(page)) gone.add(page.documentId);
    if (gone.size === 0) return;
    await this.#write(async (transaction) => {
      const selections = transaction.objectStore('selections');
      // A page that is gone selects nothing any more.
      for (const { urn, page } of stored) if (gone.has(page.documentId)) await selections.delete(urn);
      for (const documentId of gone) {
        await transaction.objectStore('pageBudgets').delete(documentId);
        await transaction.objectStore('savedQueries').delete(IDBKeyRange.bound([documentId], [documentId, []]));
      }
    });
  }

  /** Opens the database, so that the first call need not wait for it. */
  async prepare(): Promise<void> {
    await this.#connection.open();
  }

  /** Resolves, once the transaction is complete, to what the task came to in it. */
  async #write<Result>(task: (transaction: SelectionTransaction, environment: SelectionEnvironment) => Promise<Result>): Promise<Result> {
    // Not after the connection: it might give way while the environment is waited for.
    const environment = await this.#environment();
    const result = await this.#connection.use(async (connection) => {
      const transaction = beginTransaction(connection);
      return allOrNothing(transaction, () => task(transaction, environment));
    });
    this.#announce({ topic: 'selections' });
    return result;
  }
}
