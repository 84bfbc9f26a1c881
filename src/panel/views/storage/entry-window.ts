/** The entries that are in view, of a list that the service worker keeps: they are read a page at a time. */

import { ask } from '../../../components/ask';
import type { RowWindow } from '../../../components/table/columns';
import type { EntryQuery, ListedEntry } from '../../../protocol/extension-pages/entries';

/** How many entries are read at once. */
const PAGE = 100;

/** So many pages are kept. */
const MAXIMUM_PAGES = 50;

/** An entry that has gone since the list was made. */
export interface GoneEntry {
  readonly key: null;
}

export type EntryRow = ListedEntry | GoneEntry;

const GONE: GoneEntry = { key: null };

/** Told what becomes of a window. */
export interface WindowListener {
  /** More of it is at hand. */
  changed(): void;
  /** The service worker does not know the list any more. */
  forgotten(): void;
}

export class EntryWindow implements RowWindow<EntryRow> {
  readonly count: number;
  readonly #list: string;
  readonly #listener: WindowListener;
  /** The least recently read first; null while they are being read. */
  readonly #pages = new Map<number, readonly EntryRow[] | null>();

  private constructor(list: string, count: number, listener: WindowListener) {
    this.#list = list;
    this.count = count;
    this.#listener = listener;
  }

  /** Makes a list. What is `inView`, from one place to another, is at hand when the promise resolves. */
  static async open(query: EntryQuery, inView: readonly [number, number], listener: WindowListener): Promise<EntryWindow> {
    const { list, count } = await ask('entries.list', query);
    const window = new EntryWindow(list, count, listener);
    await Promise.all(window.#missing(...inView).map((page) => window.#read(page)));
    return window;
  }

  at(index: number): EntryRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  show(first: number, last: number): void {
    for (const page of this.#missing(first, last))
      void this.#read(page).then(
        () => this.#listener.changed(),
        () => this.#listener.forgotten(),
      );
  }

  #missing(first: number, last: number): number[] {
    const missing: number[] = [];
    const end = Math.min(last, this.count - 1);
    for (let page = Math.floor(first / PAGE); page * PAGE <= end; page++) if (!this.#pages.has(page)) missing.push(page);
    return missing;
  }

  async #read(page: number): Promise<void> {
    this.#pages.set(page, null);
    const entries = await ask('entries.read', { list: this.#list, from: page * PAGE, to: (page + 1) * PAGE });
    this.#pages.delete(page);
    if (!entries) throw new Error('The list is forgotten.');
    this.#pages.set(
      page,
      entries.map((entry) => entry ?? GONE),
    );
    for (const [oldest] of this.#pages) {
      if (this.#pages.size <= MAXIMUM_PAGES) break;
      this.#pages.delete(oldest);
    }
  }
}
