/** Events as pages of the extension read them: with their reasons in words. */

import { wordsOf } from '../../../extension/words';
import type { NumberedEvent, ReadEvent } from '../../../protocol/logged-event';
import { reason as reasonDecoder } from '../../../protocol/reason';
import { array, decode, isFields, object, unknown } from '../../../protocol/schema';
import type { Reason } from '../../../spec/reason';

export const wordsOrNull = (reason: Reason | null): string | null => (reason === null ? null : wordsOf(reason));

const withItems = object({ items: array(unknown) });

/** Each item of a header may have a reason of its own why it was skipped. */
function parametersOf({ method, parameters }: NumberedEvent): unknown {
  const items = method === 'Shared-Storage-Write' ? decode(withItems, parameters)?.items : undefined;
  if (!items) return parameters;
  const inWords = items.map((item) => {
    const fate = isFields(item) ? decode(reasonDecoder, item.fate) : null;
    return fate === null ? item : { ...(item as object), fate: wordsOf(fate) };
  });
  return { ...(parameters as object), items: inWords };
}

export const eventInWords = (event: NumberedEvent): ReadEvent => ({
  ...event,
  parameters: parametersOf(event),
  refusal: wordsOrNull(event.refusal),
});
