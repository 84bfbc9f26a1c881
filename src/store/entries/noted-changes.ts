/**
 * Changes of entries that handlers are registered for (docs/possibilities.md). Whoever makes such a change notes it in the transaction that it is made in, and the
 * offscreen document takes the notes from there: a change is not forgotten with a worker that is stopped, none is told of twice, and the notes are in
 * the order in which the changes were made, whoever made them.
 */

import { batchUpdateEntries, type DatabaseEnvironment, type DatabaseMap, retrieveAnEntry } from '../../spec/database';
import type { ModifierMethod } from '../../spec/modifier-methods';
import { changesOfBatch, isChange, type KeyChange } from '../../spec/possibilities/key-handlers';
import { type ChangeNote, type EntriesConnection, MAXIMUM_UPDATES } from './schema';

/** Whose change it is, for those who are shown it, and for the chain of handlers that it may be part of. */
export type Cause = Pick<ChangeNote, 'scope' | 'documentId' | 'tabId' | 'by'>;

/** A place in the journal as one number, which is larger for whatever is asked for later. */
export const askedAt = ({ number, index }: { readonly number: number; readonly index: number }): number => number * MAXIMUM_UPDATES + index;

/** Of what the extension does by itself, or a person by hand. */
export const BY_NOBODY: Cause = { scope: 'background', documentId: null, tabId: null, by: null };

/** Carries the methods out as batchUpdateEntries() does, and returns how that has changed the entries with these keys; null where one of them failed. */
export async function batchUpdateNoting(
  map: DatabaseMap,
  environment: DatabaseEnvironment,
  methods: readonly ModifierMethod[],
  keys: ReadonlySet<string>,
): Promise<KeyChange[] | null> {
  const changes: KeyChange[] = [];
  for (const method of methods) {
    const concerned = method.type === 'clear' ? [...keys] : keys.has(method.key) ? [method.key] : [];
    const before = new Map<string, boolean>();
    for (const key of concerned) before.set(key, (await retrieveAnEntry(map, environment, key)) !== undefined);
    if (!(await batchUpdateEntries(map, environment, [method]))) return null;
    for (const [key, wasThere] of before) if (isChange(method, wasThere)) changes.push({ key, action: method.type });
  }
  return changesOfBatch(changes);
}

/** The note of what was changed, as it is stored. */
export function changeNote(
  dataOrigin: string,
  changes: readonly KeyChange[],
  cause: Cause,
  method: string,
  asked: number | null,
): ChangeNote {
  return { dataOrigin, changes, asked, method, time: Date.now(), ...cause };
}

/** Takes all notes that there are, in the order in which the changes were made. `begun` is called once what is noted from then on is left for the next time. */
export function takeChangeNotes(connection: EntriesConnection, begun: () => void): Promise<ChangeNote[]> {
  return connection.use(async (open) => {
    const { store, done } = open.transaction('changes', 'readwrite', { durability: 'relaxed' });
    const notes = store.getAll();
    begun();
    const [taken] = await Promise.all([notes, store.clear(), done]);
    return taken;
  });
}

/** Which keys of which data origins have handlers. Written by the offscreen document, which has the handlers, and read by each new service worker. */
export function readWatchedKeys(connection: EntriesConnection): Promise<Map<string, Set<string>>> {
  return connection.use(async (open) => {
    const watched = new Map<string, Set<string>>();
    for (const [dataOrigin, key] of await open.getAllKeys('watched'))
      watched.set(dataOrigin, (watched.get(dataOrigin) ?? new Set()).add(key));
    return watched;
  });
}

/** Resolves once it is stored, of each of the keys, whether it `isWatched`. */
export function writeWatchedKeys(
  connection: EntriesConnection,
  dataOrigin: string,
  keys: readonly string[],
  isWatched: (key: string) => boolean,
): Promise<unknown> {
  return connection.use((open) => {
    const { store, done } = open.transaction('watched', 'readwrite', { durability: 'relaxed' });
    const write = (key: string) => (isWatched(key) ? store.put(key, [dataOrigin, key]) : store.delete([dataOrigin, key]));
    return Promise.all([...keys.map<Promise<unknown>>(write), done]);
  });
}

/** Forgets the keys of an offscreen document that is gone, and its handlers with it. What has been noted for those, no later handler hears of. */
export const forgetWatchedKeys = (connection: EntriesConnection): Promise<unknown> => connection.use((open) => open.clear('watched'));
