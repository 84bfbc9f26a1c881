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

/** `before`: the key that the entry had; null where it is new. */
export async function saveEntry(whose: Whose, before: string | null, entry: Entry): Promise<string | null> {
  if (!isValidKey(entry.key)) return text('keyMissing');
  if (!isValidValue(entry.value)) return text('valueTooLong');
  if (entry.key === before) return update(whose, set(entry));
  const { dataOrigin } = whose;
  if (await ask('entries.value', { dataOrigin, key: entry.key })) return text('keyTaken');
  return before === null ? update(whose, set(entry)) : update(whose, { type: 'delete', key: before }, set(entry));
}

export const deleteEntry = (whose: Whose, key: string): Promise<string | null> => update(whose, { type: 'delete', key });
