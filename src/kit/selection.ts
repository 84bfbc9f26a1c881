/** Selections, as tests see them. */

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
  /** Why it is not the operation's own index; null where it is. */
  readonly reason: string | null;
}
