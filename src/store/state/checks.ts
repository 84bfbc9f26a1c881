/** Checks that say where in a JSON text something is wrong, and what. */

import { because, type Reason } from '../../spec/reason';

/** `pointer`: a JSON pointer (RFC 6901) to the place; the text of `problem` ends the sentence that begins with the place. */
export interface Problem {
  readonly pointer: string;
  readonly problem: Reason;
}

/** How many problems are told: whoever made all these mistakes knows by then. */
const MAXIMUM_PROBLEMS = 20;

export class Problems {
  readonly list: Problem[] = [];
  /** How many there are besides those. */
  more = 0;

  add(pointer: string, problem: Reason): void {
    if (this.list.length < MAXIMUM_PROBLEMS) this.list.push({ pointer, problem });
    else this.more++;
  }
}

/** Adds what is wrong with the value at this place. */
export type Check = (value: unknown, at: string, problems: Problems) => void;

/** https://www.rfc-editor.org/rfc/rfc6901#section-3 */
export const pointerTo = (at: string, name: string | number): string =>
  `${at}/${typeof name === 'number' ? name : name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

export const that =
  (test: (value: unknown) => boolean, problem: Reason): Check =>
  (value, at, problems) => {
    if (!test(value)) problems.add(at, problem);
  };

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export const text = that((value) => typeof value === 'string', because('problemNoString'));
export const textOrNull = that((value) => value === null || typeof value === 'string', because('problemNoStringOrNull'));
export const flag = that((value) => typeof value === 'boolean', because('problemNoFlag'));
export const number = that((value) => Number.isFinite(value), because('problemNoNumber'));
export const time = that((value) => Number.isFinite(value), because('problemNoTime'));
export const timeOrNull = that((value) => value === null || Number.isFinite(value), because('problemNoTimeOrNull'));
export const count = that((value) => Number.isSafeInteger(value) && (value as number) >= 0, because('problemNoCount'));
export const anything: Check = () => undefined;

export const listOf =
  (check: Check): Check =>
  (value, at, problems) => {
    if (!Array.isArray(value)) problems.add(at, because('problemNoArray'));
    else for (const [index, one] of value.entries()) check(one, pointerTo(at, index), problems);
  };

/** An object whose names and members are checked one by one. */
export const recordOf =
  (checkName: Check, check: Check): Check =>
  (value, at, problems) => {
    if (!isObject(value)) {
      problems.add(at, because('problemNoObject'));
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      checkName(name, pointerTo(at, name), problems);
      check(member, pointerTo(at, name), problems);
    }
  };

interface Members {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
  /** Whether it may have others, which are kept as they are. */
  readonly others?: boolean;
}

export const membersOf =
  ({ required = {}, optional = {}, others = false }: Members): Check =>
  (value, at, problems) => {
    if (!isObject(value)) {
      problems.add(at, because('problemNoObject'));
      return;
    }
    for (const name of Object.keys(required)) if (!Object.hasOwn(value, name)) problems.add(pointerTo(at, name), because('problemMissing'));
    for (const [name, member] of Object.entries(value)) {
      const check = Object.hasOwn(required, name) ? required[name] : Object.hasOwn(optional, name) ? optional[name] : undefined;
      if (check) check(member, pointerTo(at, name), problems);
      else if (!others) problems.add(pointerTo(at, name), because('problemUnknown'));
    }
  };
