/**
 * Values that a page can clone for itself and no other process can be sent. The browser drops a message with one of them without a
 * word, so they have to be found first.
 */

const isBound = (value: object): boolean =>
  value instanceof WebAssembly.Module ||
  (typeof SharedArrayBuffer === 'function' &&
    (value instanceof SharedArrayBuffer || (ArrayBuffer.isView(value) && value.buffer instanceof SharedArrayBuffer))) ||
  (typeof VideoFrame === 'function' && value instanceof VideoFrame) ||
  (typeof AudioData === 'function' && value instanceof AudioData);

/** Looks through the clone of page data, which has no accessors and no proxies. */
export function isProcessBound(data: unknown): boolean {
  const seen = new Set<unknown>([data]);
  // A set is walked in the order of insertion, also while it grows.
  for (const value of seen) {
    if (typeof value !== 'object' || value === null) continue;
    if (isBound(value)) return true;
    if (ArrayBuffer.isView(value)) continue;
    if (value instanceof Map) for (const entry of value) for (const part of entry) seen.add(part);
    else if (value instanceof Set) for (const part of value) seen.add(part);
    else for (const part of Object.values(value)) seen.add(part);
  }
  return false;
}
