/**
 * "Parsing a List". https://httpwg.org/specs/rfc8941.html#parse-list
 *
 * The specification goes by RFC 8941, which fails on the dates and display strings of its successor; libraries read those.
 */

import { because, type Reason, ReasonedError } from './reason';

/** A bare item, in the shapes that tell its types apart. */
export type BareItem =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'token'; readonly value: string }
  | { readonly type: 'byte-sequence'; readonly value: Uint8Array }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'other' };

/** https://httpwg.org/specs/rfc8941.html#list */
export interface ListMember {
  /** Null for an inner list. */
  readonly item: BareItem | null;
  readonly parameters: ReadonlyMap<string, BareItem>;
  /** As it was written. */
  readonly text: string;
}

const KEY = /[a-z*]/;
const KEY_REST = /[a-z0-9_\-.*]/;
const TOKEN = /[A-Za-z*]/;
const TOKEN_REST = /[!#$%&'*+\-.^_`|~:/A-Za-z0-9]/;
const DIGIT = /[0-9]/;
/** At most 15 digits, or at most 12 before the point and three after it. */
const NUMBER = /^(?:\d{1,15}|\d{1,12}\.\d{1,3})$/;

class Parser {
  readonly #input: string;
  #position = 0;

  constructor(input: string) {
    this.#input = input;
  }

  list(): ListMember[] {
    const members: ListMember[] = [];
    this.#skip(' ');
    while (!this.#isAtEnd()) {
      const start = this.#position;
      const member = this.#next() === '(' ? this.#innerList() : this.#item();
      members.push({ ...member, text: this.#input.slice(start, this.#position) });
      this.#skip(' \t');
      if (this.#isAtEnd()) break;
      this.#expect(',');
      this.#skip(' \t');
      if (this.#isAtEnd()) throw this.#error(because('headerNothingAfterComma'));
    }
    return members;
  }

  #item(): Omit<ListMember, 'text'> {
    const item = this.#bareItem();
    return { item, parameters: this.#parameters() };
  }

  #innerList(): Omit<ListMember, 'text'> {
    this.#expect('(');
    for (;;) {
      this.#skip(' ');
      if (this.#next() === ')') break;
      this.#item();
      if (this.#next() !== ' ' && this.#next() !== ')') throw this.#error(because('headerInnerListEnd'));
    }
    this.#expect(')');
    return { item: null, parameters: this.#parameters() };
  }

  #parameters(): Map<string, BareItem> {
    const parameters = new Map<string, BareItem>();
    while (this.#next() === ';') {
      this.#position++;
      this.#skip(' ');
      if (!KEY.test(this.#next())) throw this.#error(because('headerNoParameterName'));
      const name = this.#while(KEY_REST);
      const hasValue = this.#next() === '=';
      if (hasValue) this.#position++;
      parameters.set(name, hasValue ? this.#bareItem() : { type: 'boolean', value: true });
    }
    return parameters;
  }

  #bareItem(): BareItem {
    const next = this.#next();
    if (next === '"') return { type: 'string', value: this.#string() };
    if (next === ':') return { type: 'byte-sequence', value: this.#byteSequence() };
    if (next === '?') return { type: 'boolean', value: this.#boolean() };
    if (TOKEN.test(next)) return { type: 'token', value: this.#while(TOKEN_REST) };
    return this.#number();
  }

  #number(): BareItem {
    if (this.#next() === '-') this.#position++;
    let number = this.#while(DIGIT);
    if (number !== '' && this.#next() === '.') {
      this.#position++;
      number = `${number}.${this.#while(DIGIT)}`;
    }
    if (!NUMBER.test(number)) throw this.#error(because('headerNoItem'));
    return { type: 'other' };
  }

  #string(): string {
    let value = '';
    let start = ++this.#position;
    for (; !this.#isAtEnd(); this.#position++) {
      const next = this.#next();
      if (next === '"') return value + this.#input.slice(start, this.#position++);
      if (next < ' ' || next > '~') break;
      if (next !== '\\') continue;
      value += this.#input.slice(start, this.#position++);
      if (this.#next() !== '"' && this.#next() !== '\\') break;
      start = this.#position;
    }
    throw this.#error(because('headerStringEnd'));
  }

  #byteSequence(): Uint8Array {
    const end = this.#input.indexOf(':', this.#position + 1);
    const base64 = this.#input.slice(this.#position + 1, end);
    if (end < 0 || /[^A-Za-z0-9+/=]/.test(base64)) throw this.#error(because('headerByteSequenceEnd'));
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    this.#position = end + 1;
    return bytes;
  }

  #boolean(): boolean {
    this.#position++;
    const next = this.#next();
    if (next !== '0' && next !== '1') throw this.#error(because('headerNoBoolean'));
    this.#position++;
    return next === '1';
  }

  #next(): string {
    return this.#input.charAt(this.#position);
  }

  #isAtEnd(): boolean {
    return this.#position >= this.#input.length;
  }

  #skip(characters: string): void {
    while (!this.#isAtEnd() && characters.includes(this.#next())) this.#position++;
  }

  #while(pattern: RegExp): string {
    const start = this.#position;
    while (pattern.test(this.#next())) this.#position++;
    return this.#input.slice(start, this.#position);
  }

  #expect(character: string): void {
    if (this.#next() !== character) throw this.#error(because('headerNoCharacter', character));
    this.#position++;
  }

  #error(what: Reason): Error {
    return new ReasonedError(because('headerAtOffset', what, this.#position));
  }
}

/** Throws a ReasonedError where the text is no list. */
export const parseList = (text: string): ListMember[] => new Parser(text).list();
