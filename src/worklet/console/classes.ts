/** How the console tells values of the language's own classes apart, and copies them; captured before the worklet's code runs. */

import { uncurryGetter, uncurryMethod } from '../../webidl/primordials';

export const { structuredClone } = globalThis;

export const functionToString: (value: unknown) => string = uncurryMethod(Function, 'toString') as never;
export const symbolToString: (value: symbol) => string = uncurryMethod(Symbol, 'toString');
export const mapForEach: <K, V>(map: Map<K, V>, callback: (value: V, key: K) => void) => void = uncurryMethod(Map, 'forEach') as never;
export const setForEach: <T>(set: Set<T>, callback: (value: T) => void) => void = uncurryMethod(Set, 'forEach') as never;

/** Whether the method can be called on the value, which then has what an instance of the method's class has. */
function answers(method: (value: never) => unknown, value: unknown): boolean {
  try {
    method(value as never);
    return true;
  } catch {
    return false;
  }
}

const dateGetTime = uncurryMethod(Date, 'getTime');
const regExpGlobal = uncurryGetter(RegExp, 'global');
const RegExpPrototype = RegExp.prototype;
export const regExpSource: (value: unknown) => string = uncurryGetter(RegExp, 'source') as never;
const mapSize = uncurryGetter(Map, 'size');
const setSize = uncurryGetter(Set, 'size');

export const isDate = (value: unknown): boolean => answers(dateGetTime, value);
/** The getter answers for the prototype as well, which is no regular expression. */
export const isRegExp = (value: unknown): boolean => value !== RegExpPrototype && answers(regExpGlobal, value);
export const isMap = (value: unknown): value is Map<unknown, unknown> => answers(mapSize, value);
export const isSet = (value: unknown): value is Set<unknown> => answers(setSize, value);
