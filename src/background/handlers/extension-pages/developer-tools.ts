/**
 * The same requests for whoever has the service worker's console: a person in the developer tools, or the test kit (src/kit), as
 * `await sharedStorageLab.request('settings.read', {})`. No page and no worklet can reach this global scope.
 */

import { base64 } from '../../../protocol/base64';
import type { AnswerExtensionPage } from './listener';

/** What JSON has no word for: big integers in decimal, bytes in base64. */
function toJSON(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toJSON);
  if (value instanceof Uint8Array) return base64(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJSON(member)]));
}

export function offerToDeveloperTools(answer: AnswerExtensionPage): void {
  const request = async (method: unknown, params: unknown = {}): Promise<unknown> => {
    const envelope = await answer({ method, params });
    if (envelope.ok) return toJSON(envelope.value);
    const error = new Error(envelope.error.message);
    error.name = envelope.error.name;
    throw error;
  };
  Object.defineProperty(globalThis, 'sharedStorageLab', { value: { request }, configurable: true });
}
