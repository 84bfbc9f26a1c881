/** What responses wrote, and what one would write, as the extension's own pages show it. */

import type { ReadEvent } from '../logged-event';
import { array, count, object, string } from '../schema';
import type { DecodersOf } from './feature';

/** What would become of an entry; null where there is none. */
export interface TriedChange {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A member of the header's list; `problem` is null where it is part of the batch. */
export interface TriedMember {
  readonly text: string;
  readonly problem: string | null;
}

/** What a header would do. */
export interface TriedHeader {
  readonly members: readonly TriedMember[];
  readonly withLock: string | null;
  /** Why nothing of it would be written; null where it would. */
  readonly refusal: string | null;
  /** Of the keys that it names. */
  readonly changes: readonly TriedChange[];
  /** Of all entries of the data origin; null where nothing would be written. */
  readonly usage: { readonly before: Usage; readonly after: Usage } | null;
}

interface Usage {
  readonly count: number;
  readonly bytes: number;
}

export interface HeaderWritesRequests {
  /** The newest first of the tab's that came after an event; `newest`: of all events, for the next time. */
  'header-writes.read': { params: { tabId: number; after: number }; result: { events: readonly ReadEvent[]; newest: number } };
  /** For the response of an origin that the document in a frame asked for. It writes nothing. */
  'header-writes.try': { params: { tabId: number; frameId: number; origin: string; lines: readonly string[] }; result: TriedHeader };
}

export const headerWritesDecoders: DecodersOf<HeaderWritesRequests> = {
  'header-writes.read': object({ tabId: count, after: count }),
  'header-writes.try': object({ tabId: count, frameId: count, origin: string, lines: array(string) }),
};
