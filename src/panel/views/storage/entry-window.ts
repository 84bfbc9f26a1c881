/** The entries that are in view, of a list that the service worker keeps: they are read a page at a time. */

import { ask } from '../../../components/ask';
import type { RowWindow } from '../../../components/table/columns';
import type { EntryQuery, ListedEntry } from '../../../protocol/extension-pages/entries';

/** How many entries are read at once. */
const PAGE = 100;

/** So many pages are kept. */
const MAXIMUM_PAGES = 50;

/** How many are read at a time: whoever scrolls past pages does not wait for all of them. */
const MAXIMUM_READINGS = 4;

/** How many pages are read before they come into view, where the view is moving to. */
const AHEAD = 3;

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
  #inView: readonly [number, number] = [0, 0];
  #isGoingUp = false;
  #readings = 0;

  private constructor(list: string, count: number, listener: WindowListener) {
    this.#list = list;
    this.count = count;
    this.#listener = listener;
  }

  /** Makes a list. What is `inView`, from one place to another, is at hand when the promise resolves. */
  static async open(query: EntryQuery, inView: readonly [number, number], listener: WindowListener): Promise<EntryWindow> {
    const { list, count } = await ask('entries.list', query);
    const window = new EntryWindow(list, count, listener);
    const [first, last] = inView;
    await Promise.all(window.#between(first, last).map((page) => window.#read(page)));
    return window;
  }

  at(index: number): EntryRow | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  show(first: number, last: number): void {
    const [before] = this.#inView;
    if (first !== before) this.#isGoingUp = first < before;
    this.#inView = [first, last];
    this.#readNext();
  }

  /** What is in view comes first, whatever was asked for earlier. */
  #readNext(): void {
    for (const page of this.#wanted()) {
      if (this.#readings >= MAXIMUM_READINGS) return;
      if (this.#pages.has(page)) continue;
      this.#readings++;
      const reading = this.#read(page).finally(() => this.#readings--);
      void reading.then(
        () => {
          this.#listener.changed();
          this.#readNext();
        },
        () => this.#listener.forgotten(),
      );
    }
  }

  #wanted(): number[] {
    const [first, last] = this.#inView;
    const inView = this.#between(first, last);
    const rows = AHEAD * PAGE;
    const ahead = this.#isGoingUp ? this.#between(first - rows, first).reverse() : this.#between(last, last + rows);
    return [...inView, ...ahead];
  }

  /** The pages with these rows, as far as there are such rows. */
  #between(first: number, last: number): number[] {
    const from = Math.floor(Math.max(0, first) / PAGE);
    const to = Math.floor(Math.min(last, this.count - 1) / PAGE);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
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
