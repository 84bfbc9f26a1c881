/** Changes that a person makes to what is stored. Each resolves to why it was not made, or null. */

import { ask } from '../../../components/ask';
import { text } from '../../../components/text';
import { isValidKey, isValidValue, type ModifierMethod } from '../../../spec/modifier-methods';

export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Whose entries, and the inspected tab. */
export interface Whose {
  readonly dataOrigin: string;
  readonly tabId: number;
}

const update = ({ dataOrigin, tabId }: Whose, ...methods: ModifierMethod[]) => ask('entries.update', { dataOrigin, tabId, methods });

const set = ({ key, value }: Entry): ModifierMethod => ({ type: 'set', key, value, ignoreIfPresent: false });

/** An entry as a person saw it: without a value where there was none any more. */
export interface SeenEntry {
  readonly key: string;
  readonly value: string | null;
}

/** `before`: the entry that is changed; null where it is new. */
export async function saveEntry(whose: Whose, before: SeenEntry | null, entry: Entry): Promise<string | null> {
  if (!isValidKey(entry.key)) return text('keyMissing');
  if (!isValidValue(entry.value)) return text('valueTooLong');
  const { dataOrigin } = whose;
  const storedAt = async (key: string) => (await ask('entries.value', { dataOrigin, key }))?.value ?? null;
  // Nobody else's change is written over unseen. What comes between this look and the writing still is.
  if (before && (await storedAt(before.key)) !== before.value) return text('entryChanged');
  if (entry.key === before?.key) return update(whose, set(entry));
  if ((await storedAt(entry.key)) !== null) return text('keyTaken');
  return before === null ? update(whose, set(entry)) : update(whose, { type: 'delete', key: before.key }, set(entry));
}

export const deleteEntry = (whose: Whose, key: string): Promise<string | null> => update(whose, { type: 'delete', key });
