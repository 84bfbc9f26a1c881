/**
 * What pages and worklets asked for, in the shape of the Chrome DevTools Protocol's `Storage.sharedStorageAccessed`, made of the extension's event log.
 * There is no `mainFrameId`, which is the protocol's own name for a frame, and no numbers of worklets and operations.
 * https://chromedevtools.github.io/devtools-protocol/tot/Storage/#event-sharedStorageAccessed
 */

export interface SharedStorageAccessParams {
  /** Of `addModule` and `createWorklet`. */
  readonly scriptSourceUrl?: string;
  /** Of `createWorklet`: what the page asked for, a keyword or an origin. */
  readonly dataOrigin?: string;
  /** Of `run` and `selectURL`. */
  readonly operationName?: string;
  readonly keepAlive?: boolean;
  /** Of `selectURL`, without what is reported of them. A long URL ends in `… (N code units)`. */
  readonly urlsWithMetadata?: readonly { readonly url: string }[];
  readonly urnUuid?: string;
  /** Of entries. A long key or value ends in `… (N code units)`. */
  readonly key?: string;
  readonly value?: string;
  readonly ignoreIfPresent?: boolean;
  readonly withLock?: string;
  /** Of `batchUpdate`. */
  readonly batchSize?: number;
}

export interface SharedStorageAccess {
  /** When, in seconds since the Unix epoch. */
  readonly accessTime: number;
  readonly scope: 'window' | 'sharedStorageWorklet' | 'header';
  /** As the protocol names it: `set`, `append`, `delete`, `clear`, `batchUpdate`, `get`, `length`, `entries`, `addModule`, `createWorklet`, `run`, `selectURL`. */
  readonly method: string;
  readonly ownerOrigin: string;
  readonly ownerSite: string;
  readonly params: SharedStorageAccessParams;
  /** What came of it, as the extension's event log has it; the protocol has no such thing. */
  readonly result: unknown;
  /** Why it was refused or came to nothing, whatever the page was told; null where it was not. */
  readonly refusal: string | null;
  /** In milliseconds. */
  readonly duration: number;
}

/** Which accesses are meant: those that have all of these members; `params` by each of its members. A function decides for itself, and what it throws is thrown to whoever waits. */
export type Filter =
  | ((access: SharedStorageAccess) => boolean)
  | (Partial<Omit<SharedStorageAccess, 'params'>> & { readonly params?: Partial<SharedStorageAccessParams> });

export function matches(access: SharedStorageAccess, filter: Filter): boolean {
  if (typeof filter === 'function') return filter(access);
  const { params = {}, ...others } = filter;
  return hasAll(access, others) && hasAll(access.params, params);
}

/** By JSON, since results and parameters come from there. What is undefined is not asked for. */
function hasAll(whole: object, part: object): boolean {
  const members: Record<string, unknown> = { ...whole };
  return Object.entries(part).every(([name, value]) => value === undefined || JSON.stringify(members[name]) === JSON.stringify(value));
}
