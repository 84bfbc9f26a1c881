/** Selections, as tests see them. */

import type { SharedStorageAccess } from './access';
import type { Settings } from './settings';

/** What `selectURL()` selected. */
export interface Selection {
  /** Of the data origin. */
  readonly origin: string;
  readonly operationName: string;
  readonly urn: string;
  /** Null where the setting `selectUrl.reveal` hides it. */
  readonly index: number | null;
  /** The same. A long one ends in `… (N code units)`. */
  readonly url: string | null;
  /** Why it is not the operation's own index, or not the one that was forced; null where there is nothing to say. */
  readonly reason: string | null;
  /** The origin's other operations for which an index is forced now: one that was forced by a wrong name is among them. */
  readonly forcedOthers: readonly string[];
}

/** @internal */
export function readSelection(
  { ownerOrigin: origin, params, result, refusal: reason }: SharedStorageAccess,
  { selectUrl }: Settings,
): Selection {
  const { index, url } = (result ?? { index: null, url: null }) as Pick<Selection, 'index' | 'url'>;
  const { operationName = '', urnUuid: urn = '' } = params;
  const forcedOthers = Object.keys(selectUrl.forceIndex[origin] ?? {}).filter((name) => name !== operationName);
  return { origin, operationName, urn, index, url, reason, forcedOthers };
}
