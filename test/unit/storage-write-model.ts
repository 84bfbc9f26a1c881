/**
 * A second reading of "handle a Shared-Storage-Write response", from the text of the specification and of RFC 8941 alone: one regular
 * expression for each production, no parser of its own position, no code shared with src.
 */

export interface Batch {
  readonly methods: readonly object[];
  readonly withLock: string | null;
}

const NOTHING: Batch = { methods: [], withLock: null };

const PRODUCTIONS = {
  string: /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y,
  bytes: /:([A-Za-z0-9+/=]*):/y,
  boolean: /\?([01])/y,
  decimal: /-?\d{1,12}\.\d{1,3}(?![\d.])/y,
  integer: /-?\d{1,15}(?![\d.])/y,
  token: /[A-Za-z*][!#$%&'*+\-.^_`|~:/A-Za-z0-9]*/y,
} as const;

const KEY = /;\x20*([a-z*][a-z0-9_\-.*]*)(=?)/y;

/** A value that counts as a string, or a boolean; undefined for every other type. */
type Value = string | boolean | undefined;
type Bare = [end: number, value: Value];

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function utf8(base64: string): string | undefined | null {
  const padded = base64.replace(/=+$/, '');
  if (padded.includes('=') || padded.length % 4 === 1) return null;
  if (padded.length !== base64.length && base64.length % 4 !== 0) return null;
  const bytes = Buffer.from(padded, 'base64');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

function bare(text: string, at: number): Bare | null {
  for (const [type, pattern] of Object.entries(PRODUCTIONS)) {
    const found = match(pattern, text, at);
    if (!found) continue;
    const end = at + found[0].length;
    if (type === 'string') return [end, (found[1] as string).replace(/\\(.)/g, '$1')];
    if (type === 'token') return [end, found[0]];
    if (type === 'boolean') return [end, found[1] === '1'];
    if (type !== 'bytes') return [end, undefined];
    const decoded = utf8(found[1] as string);
    return decoded === null ? null : [end, decoded];
  }
  return null;
}

function parameters(text: string, start: number): [end: number, values: Map<string, Value>] | null {
  const values = new Map<string, Value>();
  let at = start;
  for (;;) {
    if (text[at] !== ';') return [at, values];
    const found = match(KEY, text, at);
    if (!found) return null;
    at += found[0].length;
    const value: Bare | null = found[2] === '' ? [at, true] : bare(text, at);
    if (!value) return null;
    at = value[0];
    values.set(found[1] as string, value[1]);
  }
}

function innerList(text: string, start: number): number | null {
  let at = start + 1;
  for (;;) {
    while (text[at] === ' ') at++;
    if (text[at] === ')') return at + 1;
    const item = bare(text, at);
    const tail = item && parameters(text, item[0]);
    if (!tail) return null;
    at = tail[0];
    if (text[at] !== ' ' && text[at] !== ')') return null;
  }
}

type Member = [name: Value, values: Map<string, Value>];

function members(text: string): Member[] | null {
  const list: Member[] = [];
  let at = (/^\x20*/.exec(text) as RegExpExecArray)[0].length;
  while (at < text.length) {
    const isInner = text[at] === '(';
    const item: Bare | null = isInner ? ((end) => (end === null ? null : [end, undefined]))(innerList(text, at)) : bare(text, at);
    const tail = item && parameters(text, item[0]);
    if (!item || !tail) return null;
    list.push([item[1], tail[1]]);
    const comma = match(/[\x20\t]*(?:(,)[\x20\t]*|$)/y, text, tail[0]);
    if (!comma) return null;
    at = tail[0] + comma[0].length;
    if (comma[1] && at === text.length) return null;
  }
  return list;
}

export function readAgain(lines: readonly string[]): Batch {
  const list = members(lines.join(', '));
  if (!list) return NOTHING;
  const methods: object[] = [];
  let withLock: string | null = null;
  let isSpoilt = false;
  for (const [item, values] of list) {
    // As natively, in any case of letters.
    const type = typeof item === 'string' ? item.toLowerCase() : item;
    const text = (name: string): string | null => {
      const value = values.get(name);
      return typeof value === 'string' ? value : null;
    };
    const lock = text('with_lock')?.startsWith('-') ? null : text('with_lock');
    const [key, value] = [text('key'), text('value')];
    const hasKey = key !== null && key !== '' && key.length <= 2_621_440;
    const hasValue = value !== null && value.length <= 2_621_440;
    const before = methods.length;
    if (type === 'options') withLock = lock;
    else if (type === 'clear') methods.push({ type });
    else if (type === 'delete' && hasKey) methods.push({ type, key });
    else if (type === 'append' && hasKey && hasValue) methods.push({ type, key, value });
    else if (type === 'set' && hasKey && hasValue)
      methods.push({ type, key, value, ignoreIfPresent: values.get('ignore_if_present') === true });
    isSpoilt ||= methods.length > before && lock !== null;
  }
  return { methods: isSpoilt ? [] : methods, withLock };
}
