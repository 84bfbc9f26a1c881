/** Inputs for decoders: anything at all, and messages that are almost as they should be. */

import fc from 'fast-check';
import { ANYTHING } from './shape';

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** What decoders have been wrong about: numbers at their limits, names that objects inherit, strings that are almost of a form. */
const suspicious = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    -1,
    -0,
    0.5,
    Number.NaN,
    Infinity,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 64,
    0n,
    -1n,
    2n ** 128n,
    '',
    '-',
    true,
    false,
  ),
  fc.constantFrom<unknown>(
    '__proto__',
    'constructor',
    'toString',
    'null',
    'https://',
    'javascript:0',
    'data:,',
    'urn:uuid:',
    '\ud800',
    '\0',
    [],
    {},
    [[]],
    [null],
  ),
  anything,
);

/** Each place in a value, as the names that lead there. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name]))];
}

type Change = (value: unknown) => unknown;

function changed(value: unknown, [name, ...rest]: readonly string[], change: Change): unknown {
  if (name === undefined) return change(value);
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string, unknown>)[name] = changed((copy as Record<string, unknown>)[name], rest, change);
  return copy;
}

const isFields = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Something else in a place, one member more or less there, or an array with elements twice or none. */
const change: fc.Arbitrary<Change> = fc.oneof(
  suspicious.map((other) => () => other),
  fc.tuple(fc.string(), suspicious).map(
    ([name, other]) =>
      (value: unknown) =>
        isFields(value) ? { ...value, [name]: other } : value,
  ),
  fc.nat().map((index) => (value: unknown) => {
    if (!isFields(value)) return value;
    const entries = Object.entries(value);
    return Object.fromEntries(entries.filter((_, at) => at !== index % Math.max(entries.length, 1)));
  }),
  fc.nat({ max: 200 }).map((times) => (value: unknown) => (Array.isArray(value) ? Array(times).fill(value).flat() : value)),
);

/** An example with data of pages in it. */
function filled(example: unknown, data: unknown): unknown {
  if (example === ANYTHING) return data;
  if (Array.isArray(example)) return example.map((element) => filled(element, data));
  if (!isFields(example)) return example;
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, filled(value, data)]));
}

/** One to three changes of an example. */
export function almost(examples: readonly unknown[]): fc.Arbitrary<unknown> {
  const changes = fc.array(fc.tuple(fc.nat(), change), { maxLength: 3 });
  return fc.tuple(fc.constantFrom(...examples), anything, changes).map(([example, data, all]) => {
    let value = filled(example, data);
    for (const [place, apply] of all) {
      const places = placesIn(value);
      value = changed(value, places[place % places.length] ?? [], apply);
    }
    return value;
  });
}

export const input = (examples: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 1, arbitrary: anything }, { weight: 9, arbitrary: almost(examples) });
