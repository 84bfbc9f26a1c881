/** Events as pages of the extension read them: with their reasons in words. */

import { wordsOf } from '../../../extension/words';
import type { NumberedEvent, ReadEvent } from '../../../protocol/logged-event';
import { reason } from '../../../protocol/reason';
import { array, decode, isFields, object, unknown } from '../../../protocol/schema';
import type { Reason } from '../../../spec/reason';
import { MESSAGE_DROPPED } from '../../isolation/isolation';

export const wordsOrNull = (why: Reason | null): string | null => (why === null ? null : wordsOf(why));

/** A value that may be a reason, as a person reads it. */
function inWords(value: unknown): unknown {
  const decoded = isFields(value) ? decode(reason, value) : null;
  return decoded === null ? value : wordsOf(decoded);
}

const withItems = object({ items: array(unknown) });
const withContent = object({ contains: unknown });

/** Each item of a header may have a reason of its own why it was skipped; and what is known of a message that was dropped is what such can contain. */
function parametersOf({ method, parameters }: NumberedEvent): unknown {
  const { items } = (method === 'Shared-Storage-Write' && decode(withItems, parameters)) || {};
  if (items)
    return { ...(parameters as object), items: items.map((item) => (isFields(item) ? { ...item, fate: inWords(item.fate) } : item)) };
  const { contains } = (method === MESSAGE_DROPPED && decode(withContent, parameters)) || {};
  return contains === undefined ? parameters : { ...(parameters as object), contains: inWords(contains) };
}

export const eventInWords = (event: NumberedEvent): ReadEvent => ({
  ...event,
  parameters: parametersOf(event),
  refusal: wordsOrNull(event.refusal),
});
