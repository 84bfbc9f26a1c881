/** Parameters that a decoder takes, found by trying: so that only those need to be written down that have more than plain members. */

const CANDIDATES = ['k', 1, true, null, [], {}, 'https://a.example', 'urn:uuid:123e4567-e89b-12d3-a456-426614174000'];

/** Null where the decoder takes nothing at all, undefined where nothing is found. `decode` gives null for what it does not take. */
export function findExample(decode: (given: unknown) => unknown): unknown {
  if (decode(null) !== null) return null;
  const example: Record<string, unknown> = {};
  const tried = new Map<string, number>();
  for (;;) {
    // A decoder reads one member after the other, and none after the first that it does not take.
    let last: string | null = null;
    const read = (_target: object, name: string | symbol) => {
      if (typeof name === 'string') last = name;
      return example[name as string];
    };
    if (decode(new Proxy({}, { get: read })) !== null) return example;
    const member: string | null = last;
    if (member === null) return undefined;
    const next = tried.get(member) ?? 0;
    if (next === CANDIDATES.length) return undefined;
    tried.set(member, next + 1);
    example[member] = CANDIDATES[next];
  }
}
