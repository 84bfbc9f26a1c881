/** The interest groups that this browser is in, in a database of their own. */

import type { DBSchema, IDBPObjectStore } from 'idb';
import { estimateSize, type InterestGroup, LONGEST_LIFETIME } from '../spec/interest-groups/interest-group';
import { BoundedMap } from './bounded-map';
import { DatabaseConnection } from './database-connection';

/** A group, and what its owner is told of it besides. Times in milliseconds since the Unix epoch, by the clock of the settings. */
export interface StoredInterestGroup {
  readonly group: InterestGroup;
  /** The origin of the page at the top, where the browser joined. */
  readonly joiningOrigin: string;
  /** When it joined, the last time first. */
  readonly joins: readonly number[];
  readonly expiry: number;
}

interface Schema extends DBSchema {
  groups: { key: [owner: string, name: string]; value: StoredInterestGroup };
}

/** How many groups of one owner are kept, as natively. */
const MAXIMUM_OF_AN_OWNER = 2000;

/** How much of them, in bytes, as natively: a worklet's `interestGroups()` gives all that there are. */
const MAXIMUM_BYTES_OF_AN_OWNER = 10 * 2 ** 20;

/** Of so many owners it is remembered how much is kept. */
const MAXIMUM_OWNERS = 1000;

/** How many joins are counted. */
const MAXIMUM_JOINS = 1000;

/** All keys are arrays. */
const ofAnybody = IDBKeyRange.lowerBound([]);

/** All keys of an owner: after every string there is an array. */
const ofOwner = (owner: string) => IDBKeyRange.bound([owner], [owner, []]);

type Groups = IDBPObjectStore<Schema, ['groups'], 'groups', 'readwrite'>;

/** Has the owner's groups that expire first leave, until there are not too many; resolves to how much is left, in bytes. */
async function makeRoom(store: Groups, owner: string): Promise<number> {
  const all: { readonly name: string; readonly expiry: number; readonly size: number }[] = [];
  // One after the other: there may be more of them than memory has room for.
  for (let cursor = await store.openCursor(ofOwner(owner)); cursor; cursor = await cursor.continue()) {
    const { group, expiry } = cursor.value;
    all.push({ name: group.name, expiry, size: estimateSize(group) });
  }
  let bytes = 0;
  for (const [index, { name, size }] of all.sort((a, b) => b.expiry - a.expiry).entries()) {
    if (index < MAXIMUM_OF_AN_OWNER && bytes + size <= MAXIMUM_BYTES_OF_AN_OWNER) bytes += size;
    else await store.delete([owner, name]);
  }
  return bytes;
}

export class InterestGroups {
  readonly #now: () => Promise<number>;
  readonly #connection = new DatabaseConnection<Schema>({
    name: 'shared-storage-interest-groups',
    version: 1,
    upgrade(database) {
      database.createObjectStore('groups');
    },
  });

  /** So many bytes at most are kept of each owner. */
  readonly #bytes = new BoundedMap<string, number>(MAXIMUM_OWNERS);

  /** `now` is the clock that groups expire by. */
  constructor(now: () => Promise<number>) {
    this.#now = now;
  }

  /** Of a group that the browser is in already the members are replaced. Where the owner has too many, the first to expire go. */
  async join(group: InterestGroup, lifetimeMs: number, joiningOrigin: string): Promise<void> {
    const now = await this.#now();
    await this.#connection.use(async (connection) => {
      const { store, done } = connection.transaction('groups', 'readwrite');
      const key: [string, string] = [group.owner, group.name];
      const known = await store.get(key);
      const earlier = known && known.expiry > now ? known.joins.filter((time) => time > now - LONGEST_LIFETIME) : [];
      const expiry = now + Math.min(lifetimeMs, LONGEST_LIFETIME);
      await store.put({ group, joiningOrigin, joins: [now, ...earlier].slice(0, MAXIMUM_JOINS), expiry }, key);
      const count = await store.count(ofOwner(group.owner));
      const bytes = (this.#bytes.get(group.owner) ?? Number.POSITIVE_INFINITY) + estimateSize(group);
      const hasRoom = count <= MAXIMUM_OF_AN_OWNER && bytes <= MAXIMUM_BYTES_OF_AN_OWNER;
      const kept = hasRoom ? bytes : await makeRoom(store, group.owner);
      await done;
      this.#bytes.set(group.owner, kept);
    });
  }

  async leave(owner: string, name: string): Promise<void> {
    await this.#connection.use((connection) => connection.delete('groups', [owner, name]));
  }

  /** Leaves all groups of the owner that were joined on pages of that origin, but for those of these names. */
  async clear(owner: string, joiningOrigin: string, keep: readonly string[]): Promise<void> {
    await this.#connection.use(async (connection) => {
      const { store, done } = connection.transaction('groups', 'readwrite');
      for (const stored of await store.getAll(ofOwner(owner)))
        if (stored.joiningOrigin === joiningOrigin && !keep.includes(stored.group.name)) await store.delete([owner, stored.group.name]);
      await done;
    });
  }

  /** Forgets all groups of the owner, whoever joined; of all owners where it is null. */
  async forget(owner: string | null): Promise<void> {
    await this.#connection.use((connection) => connection.delete('groups', owner === null ? ofAnybody : ofOwner(owner)));
  }

  /** Those of the owner that have not expired, and what time it is for them. */
  async of(owner: string): Promise<{ groups: StoredInterestGroup[]; now: number }> {
    const now = await this.#now();
    const groups = await this.#connection.use((connection) => connection.getAll('groups', ofOwner(owner)));
    return { groups: groups.filter(({ expiry }) => expiry > now), now };
  }

  async purgeExpired(): Promise<void> {
    const now = await this.#now();
    await this.#connection.use(async (connection) => {
      const { store, done } = connection.transaction('groups', 'readwrite');
      for (const { group, expiry } of await store.getAll()) if (expiry <= now) await store.delete([group.owner, group.name]);
      await done;
    });
  }
}
