/** What an operation is given, as the event log keeps it: all of it, or nothing. */

/** In UTF-16 code units of its JSON. */
const LONGEST = 1000;

/** Whether it is made of nothing but what JSON is made of, and undefined. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object' || value === null) return !['symbol', 'function', 'bigint'].includes(typeof value);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlain);
}

const lengthOf = (value: unknown): number => (JSON.stringify(value) ?? '').length;

/** The members of an event's parameters: none where nothing was given. */
export function loggedData(data: { readonly value: unknown } | null): { data?: unknown; isDataOmitted?: true } {
  if (data === null) return {};
  try {
    if (isPlain(data.value) && lengthOf(data.value) <= LONGEST) return { data: data.value };
  } catch {
    // It contains itself.
  }
  return { isDataOmitted: true };
}
