/**
 * What we use of JavaScript and the DOM, captured before any page or worklet code runs.
 *
 * Everything in the page's realm and in the worklet realm can be replaced by the code that shares it. So nothing there is
 * called late: no `promise.then`, no `array.push`, no spread, no destructuring of arrays (both ask for `Symbol.iterator`).
 * Property bags that reach the platform have a null prototype.
 */

export const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf, deleteProperty } =
  Reflect;
export const reflectGet = Reflect.get;
export const { create, freeze, hasOwn } = Object;
export const { isArray } = Array;
/** The name `globalThis` can be given to something else. */
export const globalObject = globalThis;
export const objectPrototype = Object.prototype;

/**
 * A property bag that inherits nothing: what the platform, or we, look for in it in vain, page code cannot have put on Object.prototype.
 */
export function bag<Members extends object>(members: Members): Members {
  return { __proto__: null, ...members };
}

/** A captured function, called on its first argument. */
/* @__NO_SIDE_EFFECTS__ */
export function uncurryThis<Self, Args extends unknown[], Result>(method: (this: Self, ...args: Args) => Result) {
  return (self: Self, ...args: Args): Result => apply(method, self, args);
}

/** The captured getter of an object's own accessor property, or a function that reads undefined where the platform has no such property. */
/* @__NO_SIDE_EFFECTS__ */
export function uncurryGetterOf<Self extends object, Name extends keyof Self>(owner: Self, name: Name): (self: Self) => Self[Name] {
  const getter = getOwnPropertyDescriptor(owner, name)?.get as ((this: Self) => Self[Name]) | undefined;
  return getter ? uncurryThis(getter) : () => undefined as Self[Name];
}

/** The same where instances of a class have it from its prototype. */
/* @__NO_SIDE_EFFECTS__ */
export const uncurryGetter = <Self extends object, Name extends keyof Self>(
  { prototype }: { readonly prototype: Self },
  name: Name,
): ((self: Self) => Self[Name]) => uncurryGetterOf(prototype, name);

type Uncurried<Self, Method> = Method extends (...args: infer Args) => infer Result ? (self: Self, ...args: Args) => Result : never;

/** `uncurryMethod(Map, 'get')(map, key)` is `map.get(key)`, whatever has become of `Map.prototype` since. */
/* @__NO_SIDE_EFFECTS__ */
export const uncurryMethod = <Self extends object, Name extends keyof Self>(
  { prototype }: { readonly prototype: Self },
  name: Name,
): Uncurried<Self, Self[Name]> => uncurryThis(prototype[name] as never) as Uncurried<Self, Self[Name]>;

/** `value instanceof theClass`, without asking the class for its `Symbol.hasInstance`. */
export const isInstance = uncurryMethod(Object, 'isPrototypeOf') as (prototype: object, value: unknown) => boolean;

const NativeError = Error;
const NativeTypeError = TypeError;
const NativeFinalizationRegistry = FinalizationRegistry;
const NativeDOMException = DOMException;
const NativePromise = Promise;
const NativeMap = Map;
const NativeSet = Set;
const NativeWeakMap = WeakMap;
const NativeWeakSet = WeakSet;
const NativeProxy = Proxy;

export {
  NativeDOMException as DOMException,
  NativeError as Error,
  NativeFinalizationRegistry as FinalizationRegistry,
  NativeMap as Map,
  NativePromise as Promise,
  NativeProxy as Proxy,
  NativeSet as Set,
  NativeTypeError as TypeError,
  NativeWeakMap as WeakMap,
  NativeWeakSet as WeakSet,
};

export const captureStackTrace = Error.captureStackTrace;
export const nativeHasInstance = Function.prototype[Symbol.hasInstance];
export const hasInstanceSymbol: typeof Symbol.hasInstance = Symbol.hasInstance;
export const toStringTag: typeof Symbol.toStringTag = Symbol.toStringTag;

export const mapGet: <K, V>(map: Map<K, V>, key: K) => V | undefined = uncurryMethod(Map, 'get');
export const mapSet: <K, V>(map: Map<K, V>, key: K, value: V) => Map<K, V> = uncurryMethod(Map, 'set');
export const mapHas: <K, V>(map: Map<K, V>, key: K) => boolean = uncurryMethod(Map, 'has');
export const mapForEach: <K, V>(map: Map<K, V>, visit: (value: V, key: K) => void) => void = uncurryMethod(Map, 'forEach');
export const mapDelete: <K, V>(map: Map<K, V>, key: K) => boolean = uncurryMethod(Map, 'delete');

export const setAdd: <T>(set: Set<T>, value: T) => Set<T> = uncurryMethod(Set, 'add');

export const weakMapGet: <K extends WeakKey, V>(map: WeakMap<K, V>, key: K) => V | undefined = uncurryMethod(WeakMap, 'get');
export const weakMapSet: <K extends WeakKey, V>(map: WeakMap<K, V>, key: K, value: V) => WeakMap<K, V> = uncurryMethod(WeakMap, 'set');
export const weakSetAdd: <T extends WeakKey>(set: WeakSet<T>, value: T) => WeakSet<T> = uncurryMethod(WeakSet, 'add');
export const weakSetHas: <T extends WeakKey>(set: WeakSet<T>, value: T) => boolean = uncurryMethod(WeakSet, 'has');

export const weakSetDelete: <T extends WeakKey>(set: WeakSet<T>, value: T) => boolean = uncurryMethod(WeakSet, 'delete');

/** Defines a configurable property with a value. */
export function defineValue(target: object, name: PropertyKey, value: unknown, writable: boolean, enumerable: boolean): void {
  defineProperty(target, name, { __proto__: null, value, writable, enumerable, configurable: true } as PropertyDescriptor);
}

/** Adds an element, without the setters that `Array.prototype` may have been given. */
export function append<T>(array: T[], value: T): void {
  defineValue(array, array.length, value, true, true);
}

export const iteratorSymbol: typeof Symbol.iterator = Symbol.iterator;

export const stringSlice: (string: string, start: number, end?: number) => string = uncurryMethod(String, 'slice');
export const stringIndexOf: (string: string, search: string, position?: number) => number = uncurryMethod(String, 'indexOf');

const promiseThen: <T>(promise: Promise<T>, onFulfilled: (value: T) => void, onRejected: (reason: unknown) => void) => unknown =
  uncurryMethod(Promise, 'then');
const promiseReject = uncurryThis(Promise.reject);
const promiseResolve = uncurryThis(Promise.resolve);

/** "A promise resolved with" (Web IDL). */
export function aPromiseResolvedWith(value: unknown): Promise<unknown> {
  return promiseResolve(NativePromise, value);
}

/** "A promise rejected with" (Web IDL). */
export function aPromiseRejectedWith(reason: unknown): Promise<never> {
  return promiseReject(NativePromise, reason) as Promise<never>;
}

/** "React" to a promise that no page code ever sees; its own `constructor` keeps a patched species out of it. */
export function react<T>(promise: Promise<T>, onFulfilled: (value: T) => void, onRejected: (reason: unknown) => void): void {
  defineProperty(promise, 'constructor', { __proto__: null, value: undefined } as PropertyDescriptor);
  promiseThen(promise, onFulfilled, onRejected);
}
