/** The calls of selectURL() and the budgets that they use, for the service worker and the offscreen document alike. */

import { determineRemainingNavigationBudget, NAVIGATION_BUDGET_LIFETIME } from '../../spec/budgets';
import type { Page } from '../../spec/fenced-frame-config';
import type { OperationResult, SelectionEnvironment } from '../../spec/select-url';
import { beginTransaction, openSelectionDatabase, type SelectionConnection, type StoredSelection } from './schema';
import { beginSelection, finishSelection, type SettledSelection } from './settle';

export class Selections {
  readonly #environment: () => SelectionEnvironment | Promise<SelectionEnvironment>;
  #connecting: Promise<SelectionConnection> | null = null;

  /** The environment is asked for before each transaction, so that settings can be read live. */
  constructor(environment: () => SelectionEnvironment | Promise<SelectionEnvironment>) {
    this.#environment = environment;
  }

  /**
   * Keeps a new call; resolves to it once it is stored, or to what is stored for it already. Nothing is left to the browser here: it may drop a
   * transaction whose worker is stopped, committed or not.
   */
  async add(selection: StoredSelection): Promise<StoredSelection> {
    const connection = await this.#open();
    const transaction = connection.transaction('selections', 'readwrite', { durability: 'relaxed' });
    try {
      const added = transaction.store.add(selection);
      transaction.commit();
      await Promise.all([added, transaction.done]);
      return selection;
    } catch (error) {
      // The worker before this one was stopped before it could say so.
      const known = await this.find(selection.documentId, selection.selectionId);
      if (known) return known;
      throw error;
    }
  }

  async get(urn: string): Promise<StoredSelection | undefined> {
    return (await this.#open()).get('selections', urn);
  }

  /** The call that a document gave this number. */
  async find(documentId: string, selectionId: number): Promise<StoredSelection | undefined> {
    return (await this.#open()).getFromIndex('selections', 'call', [documentId, selectionId]);
  }

  async begin(urn: string, moduleURL: string, isRunning: (urn: string) => boolean): Promise<'run' | 'wait' | 'unknown' | SettledSelection> {
    const [connection, environment] = await Promise.all([this.#open(), this.#environment()]);
    const transaction = beginTransaction(connection);
    const selection = await transaction.objectStore('selections').get(urn);
    if (!selection) return 'unknown';
    const next = selection.result
      ? (selection as SettledSelection)
      : await beginSelection(transaction, environment, selection, moduleURL, isRunning);
    await transaction.done;
    return next;
  }

  /** Resolves to the calls that got their results by this: none where the call has one already. */
  async finish(urn: string, moduleURL: string, result: OperationResult): Promise<SettledSelection[]> {
    const [connection, environment] = await Promise.all([this.#open(), this.#environment()]);
    const transaction = beginTransaction(connection);
    const selection = await transaction.objectStore('selections').get(urn);
    const settled = selection && !selection.result ? await finishSelection(transaction, environment, selection, moduleURL, result) : [];
    await transaction.done;
    return settled;
  }

  /** In bits. https://wicg.github.io/shared-storage/#determine-remaining-navigation-budget */
  async remainingNavigationBudget(site: string): Promise<number> {
    const [connection, environment] = await Promise.all([this.#open(), this.#environment()]);
    return determineRemainingNavigationBudget(environment, await connection.getAllFromIndex('bitDebits', 'site', site));
  }

  /**
   * Charges the sites of the selections for a navigation of the top-level traversable, each selection once.
   * https://wicg.github.io/shared-storage/#charge-shared-storage-navigation-budget
   */
  async chargeNavigation(urns: readonly string[]): Promise<{ site: string; bits: number }[]> {
    const [connection, { currentWallTime: timestamp }] = await Promise.all([this.#open(), this.#environment()]);
    const transaction = beginTransaction(connection);
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
    await transaction.done;
    return charged;
  }

  /** https://wicg.github.io/shared-storage/#purge-expired-bit-debits-from-all-navigation-entropy-ledgers */
  async purgeExpiredBitDebits(): Promise<void> {
    const [connection, { currentWallTime }] = await Promise.all([this.#open(), this.#environment()]);
    const { store, done } = connection.transaction('bitDebits', 'readwrite', { durability: 'relaxed' });
    const expired = IDBKeyRange.upperBound(currentWallTime - NAVIGATION_BUDGET_LIFETIME, true);
    for (const key of await store.index('timestamp').getAllKeys(expired)) await store.delete(key);
    await done;
  }

  /** Forgets what belonged to pages that are gone. */
  async forgetPages(isGone: (page: Page) => Promise<boolean>): Promise<void> {
    const connection = await this.#open();
    const pages = new Map((await connection.getAll('selections')).map(({ page }) => [page.documentId, page]));
    const gone = new Set<string>();
    for (const page of pages.values()) if (await isGone(page)) gone.add(page.documentId);
    const transaction = beginTransaction(connection);
    const selections = transaction.objectStore('selections');
    for (const { urn, page } of await selections.getAll()) if (gone.has(page.documentId)) await selections.delete(urn);
    for (const documentId of gone) {
      await transaction.objectStore('pageBudgets').delete(documentId);
      await transaction.objectStore('savedQueries').delete(IDBKeyRange.bound([documentId], [documentId, []]));
    }
    await transaction.done;
  }

  /** Opens the database, so that the first call need not wait for it. */
  async prepare(): Promise<void> {
    await this.#open();
  }

  #open(): Promise<SelectionConnection> {
    if (!this.#connecting) {
      const forget = () => {
        this.#connecting = null;
      };
      this.#connecting = openSelectionDatabase(forget);
      this.#connecting.catch(forget);
    }
    return this.#connecting;
  }
}
