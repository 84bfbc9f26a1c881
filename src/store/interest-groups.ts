/** The interest groups that this browser is in, in a database of their own. */

import type { DBSchema } from 'idb';
import { type InterestGroup, LONGEST_LIFETIME } from '../spec/interest-groups/interest-group';
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

/** How many joins are counted. */
const MAXIMUM_JOINS = 1000;

/** All keys are arrays. */
const ofAnybody = IDBKeyRange.lowerBound([]);

/** All keys of an owner: after every string there is an array. */
const ofOwner = (owner: string) => IDBKeyRange.bound([owner], [owner, []]);

export class InterestGroups {
  readonly #now: () => Promise<number>;
  readonly #connection = new DatabaseConnection<Schema>({
    name: 'shared-storage-interest-groups',
    version: 1,
    upgrade(database) {
      database.createObjectStore('groups');
    },
  });

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
      if ((await store.count(ofOwner(group.owner))) > MAXIMUM_OF_AN_OWNER) {
        const all = (await store.getAll(ofOwner(group.owner))).toSorted((a, b) => a.expiry - b.expiry);
        for (const { group } of all.slice(0, all.length - MAXIMUM_OF_AN_OWNER)) await store.delete([group.owner, group.name]);
      }
      await done;
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
