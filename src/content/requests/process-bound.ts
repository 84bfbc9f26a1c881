/**
 * Values that a page can clone for itself and no other process can be sent. The browser drops a message with one of them without a
 * word, so they have to be found first.
 */

import { type Envelope, fail } from '../../protocol/envelope';

const BOUND = /(?:SharedArrayBuffer|VideoFrame|AudioData|WebAssembly.Module)]$/;

/** Looks through the clone of page data, which has no accessors, no proxies and no names of its own. */
export function isProcessBound(data: unknown): boolean {
  const seen = new Set<unknown>([data]);
  // A set is walked in the order of insertion, also while it grows.
  for (const value of seen) {
    if (typeof value !== 'object' || value === null) continue;
    if (BOUND.test({}.toString.call(value))) return true;
    if (ArrayBuffer.isView(value)) seen.add(value.buffer);
    else for (const part of value instanceof Map ? [...value].flat() : value instanceof Set ? value : Object.values(value)) seen.add(part);
  }
  return false;
}

export const dataCloneError = (method: string): Envelope =>
  fail('DataCloneError', `Failed to execute '${method}' on 'SharedStorage': The data could not be cloned.`);
