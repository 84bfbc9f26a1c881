/** What each data origin has stored; a person can look at it, and clear it. */

import type { IndexedDatabase } from '../store/entries/indexed-database';
import type { EventLog } from '../store/events/event-log';
import { button, byId, element, showRows } from './elements';

/** How many entries of a data origin are listed. */
const MAXIMUM_ENTRIES = 500;

const CLEAR_ALL = 'Clear everything…';
const CLEAR_ALL_CONFIRMED = 'Yes, clear the data of every origin';

/** How much of a key or value is shown, in code units. */
const MAXIMUM_LENGTH = 300;

const shortened = (text: string): string => (text.length <= MAXIMUM_LENGTH ? text : `${text.slice(0, MAXIMUM_LENGTH)}…`);

/** Bytes, as a person reads them. */
function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 / 1024).toFixed(2)} MB`;
}

export class StorageSection {
  readonly #database: IndexedDatabase;
  readonly #log: EventLog;
  readonly #refresh: () => void;
  /** The data origins whose entries are shown. */
  readonly #open = new Set<string>();

  constructor(database: IndexedDatabase, log: EventLog, refresh: () => void) {
    this.#database = database;
    this.#log = log;
    this.#refresh = refresh;
    const clearAll = byId('clear-all', 'button');
    clearAll.addEventListener('click', () => this.#askOrClearAll(clearAll));
    clearAll.addEventListener('blur', () => this.#stopAsking(clearAll));
  }

  async show(originOfPage: string | null): Promise<void> {
    const origins = await this.#database.origins();
    const isOfPage = ({ dataOrigin }: { dataOrigin: string }) => Number(dataOrigin === originOfPage);
    origins.sort((a, b) => isOfPage(b) - isOfPage(a) || a.dataOrigin.localeCompare(b.dataOrigin));
    const rows = await Promise.all(origins.map((origin) => this.#rowsOf(origin, originOfPage)));
    showRows(byId('origins', 'table'), rows.flat());
    byId('origins', 'table').hidden = origins.length === 0;
    byId('clear-all', 'button').disabled = origins.length === 0;
    byId('no-origins', 'p').hidden = origins.length > 0;
  }

  async #rowsOf(
    { dataOrigin, count, bytes }: { dataOrigin: string; count: number; bytes: number },
    originOfPage: string | null,
  ): Promise<HTMLTableRowElement[]> {
    const isOpen = this.#open.has(dataOrigin);
    const toggle = () => {
      if (!this.#open.delete(dataOrigin)) this.#open.add(dataOrigin);
      this.#refresh();
    };
    const actions = [button(isOpen ? 'Hide' : 'Show', toggle), ' ', button('Clear', () => this.#clear(dataOrigin))];
    const row = element(
      'tr',
      {},
      element('td', dataOrigin === originOfPage ? { class: 'of-this-page', title: 'The page in view' } : {}, dataOrigin),
      element('td', { class: 'number' }, count.toLocaleString()),
      element('td', { class: 'number' }, size(bytes)),
      element('td', { class: 'actions' }, ...actions),
    );
    return isOpen ? [row, await this.#entriesRow(dataOrigin)] : [row];
  }

  async #entriesRow(dataOrigin: string): Promise<HTMLTableRowElement> {
    const entries = await this.#database.entries(dataOrigin);
    const list = element('dl', {});
    for (const [key, value] of entries.slice(0, MAXIMUM_ENTRIES))
      list.append(element('dt', {}, element('code', {}, shortened(key))), element('dd', {}, element('code', {}, shortened(value))));
    if (entries.length > MAXIMUM_ENTRIES) list.append(element('dt', {}, `and ${(entries.length - MAXIMUM_ENTRIES).toLocaleString()} more`));
    const cell = element('td', {}, list);
    cell.colSpan = 4;
    return element('tr', { class: 'entries' }, cell);
  }

  async #clear(dataOrigin: string): Promise<void> {
    await this.#database.clearOrigin(dataOrigin);
    this.#note(dataOrigin);
    this.#refresh();
  }

  /** The first click asks, the second clears. */
  #askOrClearAll(clearAll: HTMLButtonElement): void {
    if (clearAll.textContent === CLEAR_ALL_CONFIRMED) {
      this.#stopAsking(clearAll);
      void this.#clearAll();
    } else {
      clearAll.textContent = CLEAR_ALL_CONFIRMED;
    }
  }

  #stopAsking(clearAll: HTMLButtonElement): void {
    clearAll.textContent = CLEAR_ALL;
  }

  async #clearAll(): Promise<void> {
    await this.#database.clearAll();
    this.#note(null);
    this.#refresh();
  }

  #note(dataOrigin: string | null): void {
    const method = dataOrigin === null ? 'cleared everything by hand' : 'cleared by hand';
    const nothing = { documentId: null, tabId: null, parameters: null, result: true, refusal: null, duration: 0 };
    this.#log.log({ ...nothing, scope: 'background', time: Date.now(), method, dataOrigin });
  }
}
