/** Lists of a data origin's keys, in any order, of which whoever shows them reads a part at a time. What has expired and is not purged yet is in them. */

import type { ValueStruct } from '../../spec/database';
import { BoundedMap } from '../bounded-map';
import { type Connection, type EntriesConnection, rangeOf } from './schema';

/** Which entries, and in which order. */
export interface ListQuery {
  readonly dataOrigin: string;
  /** A part of their key or value, in any case; all where it is empty. */
  readonly filter: string;
  readonly sortBy: 'key' | 'value' | 'lastUpdated';
  readonly desc: boolean;
}

interface List {
  readonly query: ListQuery;
  /** The first keys. */
  readonly beginning: readonly string[];
  /** All keys. Null until somebody reads more than the beginning: there may be very many. */
  keys: Promise<readonly string[]> | null;
}

/** How many keys are read before anybody asks for more. */
const BEGINNING = 200;

/** How many lists are remembered. */
const MAXIMUM_LISTS = 8;

type Entry = readonly [key: string, valueStruct: ValueStruct];

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));

function comparing(sortBy: ListQuery['sortBy']): (a: Entry, b: Entry) => number {
  const of = ([key, valueStruct]: Entry) => (sortBy === 'key' ? key : valueStruct[sortBy]);
  return (a, b) => compare(of(a), of(b)) || compare(a[0], b[0]);
}

/** As they are in the database. */
const isAsStored = ({ filter, sortBy, desc }: ListQuery): boolean => filter === '' && sortBy === 'key' && !desc;

async function beginningOf(connection: Connection, { dataOrigin }: ListQuery): Promise<{ beginning: string[]; count: number }> {
  const { store } = connection.transaction('entries');
  const range = rangeOf(dataOrigin);
  const [ids, count] = await Promise.all([store.getAllKeys(range, BEGINNING), store.count(range)]);
  return { beginning: ids.map(([, key]) => key), count };
}

/** The keys that are wanted. By key and without a filter no values are read: there may be very many. */
async function keysOf(connection: Connection, { dataOrigin, filter, sortBy, desc }: ListQuery): Promise<string[]> {
  const { store } = connection.transaction('entries');
  const range = rangeOf(dataOrigin);
  const wanted = filter.toLowerCase();
  if (wanted === '' && sortBy === 'key') {
    const keys = (await store.getAllKeys(range)).map(([, key]) => key);
    return desc ? keys.reverse() : keys;
  }
  const [ids, valueStructs] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
  const entries = ids.map(([, key], index): Entry => [key, valueStructs[index] as ValueStruct]);
  const matches = ([key, { value }]: Entry) => key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted);
  const inOrder = (wanted === '' ? entries : entries.filter(matches)).sort(comparing(sortBy));
  const keys = inOrder.map(([key]) => key);
  return desc ? keys.reverse() : keys;
}

export class EntryLists {
  readonly #connection: EntriesConnection;
  readonly #lists = new BoundedMap<string, List>(MAXIMUM_LISTS);

  constructor(connection: EntriesConnection) {
    this.#connection = connection;
  }

  /** Makes a list of what is there now, which is remembered under a name for some time. */
  async make(query: ListQuery): Promise<{ list: string; count: number }> {
    const list = crypto.randomUUID();
    if (isAsStored(query)) {
      const { beginning, count } = await this.#connection.use((connection) => beginningOf(connection, query));
      this.#lists.set(list, { query, beginning, keys: count > beginning.length ? null : Promise.resolve(beginning) });
      return { list, count };
    }
    const keys = await this.#connection.use((connection) => keysOf(connection, query));
    this.#lists.set(list, { query, beginning: [], keys: Promise.resolve(keys) });
    return { list, count: keys.length };
  }

  /** The entries of a part of a list as they are now: null for those that have gone. Null where nobody remembers the list. */
  async read(name: string, from: number, to: number): Promise<(Entry | null)[] | null> {
    const list = this.#lists.get(name);
    if (!list) return null;
    const { query, beginning } = list;
    const { dataOrigin } = query;
    if (!list.keys && to > beginning.length) list.keys = this.#connection.use((connection) => keysOf(connection, query));
    const keys = ((await list.keys) ?? beginning).slice(from, to);
    const valueStructs = await this.#connection.use((connection) => {
      const { store } = connection.transaction('entries');
      return Promise.all(keys.map((key) => store.get([dataOrigin, key])));
    });
    return keys.map((key, index) => {
      const valueStruct = valueStructs[index];
      return valueStruct ? [key, valueStruct] : null;
    });
  }

  /** When each data origin that has entries came to have some; those of earlier versions of the extension are left out. */
  creationTimes(): Promise<ReadonlyMap<string, number>> {
    return this.#connection.use(async (connection) => {
      const { store } = connection.transaction('origins');
      const [dataOrigins, records] = await Promise.all([store.getAllKeys(), store.getAll()]);
      const times = records.map(({ created }, index): [string, number | null] => [dataOrigins[index] as string, created ?? null]);
      return new Map(times.filter((time): time is [string, number] => time[1] !== null));
    });
  }

  /** One entry, undefined where there is none. */
  value(dataOrigin: string, key: string): Promise<ValueStruct | undefined> {
    return this.#connection.use((connection) => connection.get('entries', [dataOrigin, key]));
  }
}
