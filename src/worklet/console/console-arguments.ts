/**
 * Copies of what a worklet logs: plain data, of a bounded size. Logging must not be a way to fill the extension's memory, and a
 * message that cannot be cloned into another process would get lost, and its answer with it.
 */

import { MAXIMUM_LOGGED_CHARACTERS, MAXIMUM_LOGGED_VALUES } from '../../protocol/limits';
import { create, defineProperty, Error, isInstance, Map, mapSet, Set, setAdd, stringSlice } from '../../webidl/primordials';
import { bufferLength, isArray, isShared, objectKeys, tagOf } from '../primordials';
import {
  functionToString,
  isDate,
  isMap,
  isRegExp,
  isSet,
  mapForEach,
  regExpSource,
  setForEach,
  structuredClone,
  symbolToString,
} from './classes';
import { describeError } from './describe-error';

const MAXIMUM_DEPTH = 6;
const LARGEST_BIGINT = 10n ** 100n;

interface Budget {
  characters: number;
  values: number;
}

function copyString(string: string, budget: Budget): string {
  if (string.length <= budget.characters) {
    budget.characters -= string.length;
    return string;
  }
  const kept = stringSlice(string, 0, budget.characters);
  budget.characters = 0;
  return `${kept}…`;
}

function put(target: object, key: PropertyKey, value: unknown): void {
  defineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor);
}

/** What has no parts that are the worklet's own objects is cloned by the browser; undefined for everything else. */
function cloneLeaf(value: object, budget: Budget): object | undefined {
  const bytes = bufferLength(value);
  if (bytes !== undefined) {
    // Shared memory cannot leave the process.
    if (bytes > budget.characters || isShared(value)) return undefined;
    budget.characters -= bytes;
    return structuredClone(value);
  }
  if (isDate(value)) return structuredClone(value);
  if (!isRegExp(value)) return undefined;
  const { length } = regExpSource(value);
  if (length > budget.characters) return undefined;
  budget.characters -= length;
  return structuredClone(value);
}

function copyCollection(value: Map<unknown, unknown> | Set<unknown>, budget: Budget, depth: number): unknown {
  if (isMap(value)) {
    const copy = new Map<unknown, unknown>();
    mapForEach(value, (one, key) => {
      if (budget.values > 0) mapSet(copy, copyValue(key, budget, depth + 1), copyValue(one, budget, depth + 1));
    });
    return copy;
  }
  const copy = new Set<unknown>();
  setForEach(value, (one) => {
    if (budget.values > 0) setAdd(copy, copyValue(one, budget, depth + 1));
  });
  return copy;
}

function copyObject(value: object, budget: Budget, depth: number): unknown {
  if (isInstance(Error.prototype, value)) return copyString(describeError(value), budget);
  const tag = tagOf(value);
  if (depth === MAXIMUM_DEPTH) return copyString(tag, budget);
  const leaf = cloneLeaf(value, budget);
  if (leaf) return leaf;
  if (isMap(value) || isSet(value)) return copyCollection(value, budget, depth);
  const array = isArray(value);
  // Objects of the platform show nothing by their properties.
  if (!array && tag !== '[object Object]') return copyString(tag, budget);
  const copy = array ? [] : create(null);
  const keys = array ? null : objectKeys(value);
  const length = keys ? keys.length : (value as unknown[]).length;
  for (let index = 0; index < length && budget.values > 0; index++) {
    const key = keys ? (keys[index] as string) : index;
    put(copy, keys ? copyString(key as string, budget) : index, copyValue((value as Record<PropertyKey, unknown>)[key], budget, depth + 1));
  }
  return copy;
}

function copyValue(value: unknown, budget: Budget, depth: number): unknown {
  budget.values--;
  switch (typeof value) {
    case 'string':
      return copyString(value, budget);
    case 'bigint':
      return value < LARGEST_BIGINT && value > -LARGEST_BIGINT ? value : '[a large BigInt]';
    case 'function':
      return copyString(functionToString(value), budget);
    case 'symbol':
      return copyString(symbolToString(value), budget);
    case 'object':
      return value && copyObject(value, budget, depth);
    default:
      return value;
  }
}

/** Runs getters and proxy traps of the worklet's own; what they throw stays here. */
export function copyConsoleArguments(args: unknown[]): { readonly copies: unknown[]; readonly characters: number } {
  const budget: Budget = { characters: MAXIMUM_LOGGED_CHARACTERS, values: MAXIMUM_LOGGED_VALUES };
  const copies: unknown[] = [];
  for (let index = 0; index < args.length && budget.values > 0; index++) {
    let copy: unknown;
    try {
      copy = copyValue(args[index], budget, 0);
    } catch {
      copy = '[an object that cannot be copied]';
    }
    put(copies, index, copy);
  }
  return { copies, characters: MAXIMUM_LOGGED_CHARACTERS - budget.characters };
}
