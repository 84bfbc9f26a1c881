/** What is stored, as the extension's own pages read and change it. */

import type { ModifierMethod } from '../../spec/modifier-methods';
import { array, boolean, count, nullable, object, oneOf, string } from '../schema';
import { key, modifierMethod } from '../updates';
import type { DecodersOf } from './feature';

/** What a data origin has. What has expired counts until it is purged. */
export interface OriginUsage {
  readonly dataOrigin: string;
  readonly count: number;
  readonly bytes: number;
  /** When its first entry was written since there were none; null where that is not known. */
  readonly created: number | null;
}

/** What all data origins go by. */
export interface StorageLimits {
  /** In bytes, for each data origin. */
  readonly quota: number;
  /** How long after its last write an entry expires, in milliseconds. */
  readonly lifetime: number;
  /** The time that entries expire by. */
  readonly now: number;
}

/** By what entries can be sorted. */
export const ENTRY_COLUMNS = ['key', 'value', 'lastUpdated'] as const;

export type EntryColumn = (typeof ENTRY_COLUMNS)[number];

/** Which entries, and in which order. */
export interface EntryQuery {
  readonly dataOrigin: string;
  /** A part of their key or value, in any case; all where it is empty. */
  readonly filter: string;
  readonly sortBy: EntryColumn;
  readonly desc: boolean;
}

export interface ListedEntry {
  readonly key: string;
  /** No more than its beginning. */
  readonly value: string;
  /** In UTF-16 code units. */
  readonly length: number;
  readonly lastUpdated: number;
}

/** How many entries are read at once, and how much of each value. */
export const MAXIMUM_ENTRIES = 200;
export const LISTED_LENGTH = 500;

export interface EntriesRequests {
  'entries.origins': { params: object; result: StorageLimits & { readonly origins: readonly OriginUsage[] } };
  /** Makes a list of keys, which the service worker remembers for some time under the name `list`. */
  'entries.list': { params: EntryQuery; result: { readonly list: string; readonly count: number } };
  /** A part of a list, from one place on to another, not included: null for each entry that has gone since; all null where the list was forgotten. */
  'entries.read': { params: { list: string; from: number; to: number }; result: readonly (ListedEntry | null)[] | null };
  'entries.value': { params: { dataOrigin: string; key: string }; result: { readonly value: string; readonly lastUpdated: number } | null };
  /** All methods or none. The result: why not, or null. `tabId`: for the event log, the tab that was inspected. */
  'entries.update': { params: { dataOrigin: string; methods: ModifierMethod[]; tabId: number | null }; result: string | null };
  /** `dataOrigin`: null for all. Forgets what waits to be written, too. */
  'entries.forget': { params: { dataOrigin: string | null; tabId: number | null }; result: null };
}

const tabId = nullable(count);

export const entriesDecoders: DecodersOf<EntriesRequests> = {
  'entries.origins': object({}),
  'entries.list': object({ dataOrigin: string, filter: string, sortBy: oneOf(ENTRY_COLUMNS), desc: boolean }),
  'entries.read': object({ list: string, from: count, to: count }),
  'entries.value': object({ dataOrigin: string, key }),
  'entries.update': object({ dataOrigin: string, methods: array(modifierMethod), tabId }),
  'entries.forget': object({ dataOrigin: nullable(string), tabId }),
};
