/** Results that a page's later calls use again. https://wicg.github.io/shared-storage/#saved-queries */

/** "saved query data" */
export interface SavedQueryData {
  /** -1 while the operation has no result yet. */
  readonly index: number;
  /** The URN of the call whose operation decides. */
  readonly decidedBy: string;
  /** The URNs of the calls that wait for it, in their order. */
  readonly callbacks: readonly string[];
}

/** The saved index, or whose result there is to wait for: this call's own, or that of another call. */
export type SavedIndex = number | 'pending current operation' | 'pending callback';

/**
 * `data` is what the map contains for the query, undefined where it contains nothing; `urn` is the call that asks.
 * https://wicg.github.io/shared-storage/#get-the-index-for-a-saved-query
 */
export function getTheIndexForASavedQuery(data: SavedQueryData | undefined, urn: string): { savedIndex: SavedIndex; data: SavedQueryData } {
  // If the saved query map does not contain the tuple, set it to a new struct whose index is -1, and return "pending current operation".
  if (!data) return { savedIndex: 'pending current operation', data: { index: -1, decidedBy: urn, callbacks: [] } };
  if (data.index !== -1) return { savedIndex: data.index, data };
  // The same call, asking once more.
  if (data.decidedBy === urn) return { savedIndex: 'pending current operation', data };
  if (data.callbacks.includes(urn)) return { savedIndex: 'pending callback', data };
  // Enqueue callbackTask to queryData's callbacks.
  return { savedIndex: 'pending callback', data: { ...data, callbacks: [...data.callbacks, urn] } };
}

/** The data with the index, and the calls that get it now. https://wicg.github.io/shared-storage/#store-the-index-for-a-saved-query */
export function storeTheIndexForASavedQuery(data: SavedQueryData, index: number): { data: SavedQueryData; callbacks: readonly string[] } {
  return { data: { ...data, index, callbacks: [] }, callbacks: data.callbacks };
}
