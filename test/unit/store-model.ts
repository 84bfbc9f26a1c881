/** What the store must do, in the fewest words: a map for each data origin, and the clock. */

import type { DatabaseEnvironment } from '../../src/spec/database';
import type { ModifierMethod } from '../../src/spec/modifier-methods';

const bytesOf = (key: string): Buffer => Buffer.from(key, 'utf16le');

interface Entry {
  value: string;
  time: number;
}

export class StoreModel {
  now = 1_000_000_000;
  lifetime = 1000;
  quota = 200;
  #origins = new Map<string, Map<string, Entry>>();

  environment(): DatabaseEnvironment {
    return { currentWallTime: this.now, defaultEntryLifetime: this.lifetime, quota: this.quota };
  }

  /** The entries that have not expired; the others are forgotten as soon as anybody looks. */
  #live(origin: string): Map<string, Entry> {
    const entries = [...(this.#origins.get(origin) ?? [])].filter(([, { time }]) => time + this.lifetime > this.now);
    this.#origins.set(origin, new Map(entries));
    return new Map(entries);
  }

  update(origin: string, methods: readonly ModifierMethod[]): boolean {
    const entries = this.#live(origin);
    for (const method of methods) {
      if (method.type === 'clear') entries.clear();
      else if (method.type === 'delete') entries.delete(method.key);
      else {
        const old = entries.get(method.key);
        let { value } = method;
        if (old && method.type === 'append') value = old.value + value;
        if (old && method.type === 'set' && method.ignoreIfPresent) value = old.value;
        entries.set(method.key, { value, time: this.now });
        const grows = !old || value.length > old.value.length;
        if (grows && [...entries].reduce((sum, [key, entry]) => sum + 2 * (key.length + entry.value.length), 0) > this.quota) return false;
      }
    }
    this.#origins.set(origin, entries);
    return true;
  }

  entries(origin: string): [string, string][] {
    return [...this.#live(origin)]
      .map(([key, { value }]): [string, string] => [key, value])
      .sort(([a], [b]) => bytesOf(a).compare(bytesOf(b)));
  }

  clearAll(): void {
    this.#origins.clear();
  }
}
