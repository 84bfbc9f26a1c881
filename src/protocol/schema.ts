/**
 * Decoders: what they are given may be anything, and what they give is of the type that they say, with nothing else in it. A decoder of
 * something is made of decoders of its parts, and its type is inferred.
 */

/** What a decoder gives for anything unexpected; no value that could be sent. */
export const INVALID = Symbol('invalid');

/** Gives the value, made anew, or INVALID. Never throws. */
export type Decoder<Value> = (value: unknown) => Value | typeof INVALID;

/** The type that a decoder decodes to. */
export type Decoded<D> = D extends Decoder<infer Value> ? Value : never;

/** The decoded value, or null on anything unexpected. */
export function decode<Value>(decoder: Decoder<Value>, value: unknown): Value | null {
  const decoded = decoder(value);
  return decoded === INVALID ? null : decoded;
}

/** Takes what passes a test. */
export const matching =
  <Value>(test: (value: unknown) => value is Value): Decoder<Value> =>
  (value) =>
    test(value) ? value : INVALID;

export const isString = (value: unknown): value is string => typeof value === 'string';
/** A number of things, or the number of a thing: an integer from 0 up. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
export const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

export const string = matching(isString);
export const count = matching(isCount);
export const boolean = matching((value): value is boolean => typeof value === 'boolean');
export const integer = matching((value): value is number => Number.isSafeInteger(value));
export const nothing: Decoder<null> = (value) => (value === null ? null : INVALID);
/** Whatever it is. */
export const unknown: Decoder<unknown> = (value) => value;

/** A string that passes a test. */
export const stringThat = (test: (text: string) => boolean): Decoder<string> =>
  matching((value): value is string => isString(value) && test(value));

/** `longest` is in UTF-16 code units. */
export const stringUpTo = (longest: number): Decoder<string> => stringThat(({ length }) => length <= longest);

/** One of these strings. */
export const oneOf = <const Value extends string>(values: readonly Value[]): Decoder<Value> =>
  matching((value): value is Value => (values as readonly unknown[]).includes(value));

/** What the decoder takes, or null. */
export const nullable =
  <Value>(decoder: Decoder<Value>): Decoder<Value | null> =>
  (value) =>
    value === null ? null : decoder(value);

/** What the decoder takes, or undefined. */
export const optional =
  <Value>(decoder: Decoder<Value>): Decoder<Value | undefined> =>
  (value) =>
    value === undefined ? undefined : decoder(value);

/** `longest` is a number of elements. */
export const array =
  <Value>(element: Decoder<Value>, longest = Number.POSITIVE_INFINITY, shortest = 0): Decoder<Value[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length > longest || value.length < shortest) return INVALID;
    const elements: Value[] = [];
    for (const one of value) {
      const decoded = element(one);
      if (decoded === INVALID) return INVALID;
      elements.push(decoded);
    }
    return elements;
  };

/** An object with these members; others are left out. */
export function object<Members extends Readonly<Record<string, Decoder<unknown>>>>(
  members: Members,
): Decoder<{ [Name in keyof Members]: Decoded<Members[Name]> }> {
  const entries = Object.entries(members);
  return (value) => {
    if (!isFields(value)) return INVALID;
    const object: Record<string, unknown> = {};
    for (const [name, member] of entries) {
      const decoded = member(value[name]);
      if (decoded === INVALID) return INVALID;
      object[name] = decoded;
    }
    return object as { [Name in keyof Members]: Decoded<Members[Name]> };
  };
}

type Variant<Variants> = {
  [Type in keyof Variants]: { readonly type: Type } & { [Name in keyof Variants[Type]]: Decoded<Variants[Type][Name]> };
}[keyof Variants];

/** One of several objects, known by their member `type`; each has these other members. */
export function variant<const Variants extends Readonly<Record<string, Readonly<Record<string, Decoder<unknown>>>>>>(
  variants: Variants,
): Decoder<Variant<Variants>> {
  const decoders = new Map(Object.entries(variants).map(([type, members]) => [type, object({ type: oneOf([type]), ...members })]));
  return (value) => {
    const decoder = isFields(value) && isString(value.type) ? decoders.get(value.type) : undefined;
    return decoder ? (decoder(value) as Variant<Variants> | typeof INVALID) : INVALID;
  };
}
