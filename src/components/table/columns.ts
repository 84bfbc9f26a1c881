/** What a table shows: its columns, and where its rows come from. */

export interface Column<Row extends object> {
  readonly id: string;
  readonly title: string;
  /** Its width: a track of a CSS grid. */
  readonly track: string;
  /** Whether it holds numbers, which stand below one another. */
  readonly isNumber?: boolean;
  /** Whether it is left out where the table is narrow: then what it says must be in the details of the row. */
  readonly isMinor?: boolean;
  /** Whether the rows can be sorted by it; `sortBy` says by what where the table does that itself. */
  readonly isSortable?: boolean;
  sortBy?(row: Row): string | number;
  /** What the cell shows: anything that lit renders. */
  show(row: Row): unknown;
  /** All of it, where the cell has no room; shows when pointed at. */
  whole?(row: Row): string;
}

type Titled = Pick<Column<object>, 'title' | 'track'>;

const REM = /[\d.]+(?=rem)/;

/** How wide a title is, about, with what is around it and the arrow of a column that is sorted by, in rem. */
const titleWidth = (title: string): number => title.length * 0.56 + 2.1;

const leastOf = ({ title, track }: Titled): number => Math.max(titleWidth(title), Number.parseFloat(REM.exec(track)?.[0] ?? '0'));

/** The columns' tracks, each wide enough for its title. */
export const tracksOf = (columns: readonly Titled[]): string =>
  columns.map((column) => column.track.replace(REM, String(leastOf(column)))).join(' ');

/** How narrow a table of these columns can be, in rem. */
export const leastWidth = (columns: readonly Titled[]): number => columns.reduce((sum, column) => sum + leastOf(column), 0);

/** The column as TanStack Table has it: it sorts by it, and no more. */
export function definitionOf({ id, sortBy }: Column<object>) {
  const by = (row: object) => sortBy?.(row) ?? '';
  return {
    id,
    accessorFn: by,
    sortFn: ({ original: a }: { original: object }, { original: b }: { original: object }): number => {
      const [one, other] = [by(a), by(b)];
      return one < other ? -1 : Number(one > other);
    },
  };
}

/** Rows of which only those in view are at hand. They come in the order that the table asks for. */
export interface RowWindow<Row extends object> {
  readonly count: number;
  /** Undefined where it is not at hand yet. */
  at(index: number): Row | undefined;
  /** Called with what is in view, whenever that changes. */
  show(first: number, last: number): void;
}

export interface Sorting {
  readonly id: string;
  readonly desc: boolean;
}

/** A row that was chosen. */
export class ChooseRowEvent<Row extends object> extends Event {
  static readonly type = 'lab-choose-row';
  readonly row: Row;

  constructor(row: Row) {
    super(ChooseRowEvent.type);
    this.row = row;
  }
}

/** A cell is to be edited: by F2, or a double click. */
export class EditCellEvent<Row extends object> extends Event {
  static readonly type = 'lab-edit-cell';
  readonly row: Row;
  /** The column's id; null where the keyboard was on the row as a whole. */
  readonly column: string | null;

  constructor(row: Row, column: string | null) {
    super(EditCellEvent.type);
    this.row = row;
    this.column = column;
  }
}

/** Other rows are in view. */
export class RowsInViewEvent extends Event {
  static readonly type = 'lab-rows-in-view';
  readonly first: number;
  readonly last: number;

  constructor(first: number, last: number) {
    super(RowsInViewEvent.type);
    this.first = first;
    this.last = last;
  }
}

/** The rows are to be in another order. */
export class SortEvent extends Event {
  static readonly type = 'lab-sort';
  readonly sorting: Sorting | null;

  constructor(sorting: Sorting | null) {
    super(SortEvent.type);
    this.sorting = sorting;
  }
}
