/**
 * Functions and members as the platform makes them: descriptors, names, lengths, exceptions. Every page pays for those that its platform objects
 * get, so making one is cheap.
 */

import { hideFrames } from './exceptions';
import { create, defineProperty, defineValue, Proxy, setPrototypeOf } from './primordials';

// biome-ignore lint/complexity/noBannedTypes: any callable may be dressed up
export type Callable = Function;

/** An argument that is absent is then not looked for on Array.prototype, where page code may have put one. */
export function withoutPrototype(args: unknown[]): ArrayLike<unknown> {
  setPrototypeOf(args, null);
  return args;
}

/** Both stay what they are of every function: configurable, and nothing else. */
export function nameFunction(callable: Callable, name: string, length: number): void {
  defineValue(callable, 'length', length, false, false);
  defineValue(callable, 'name', name, false, false);
}

type Get = ProxyHandler<Callable>['get'];

interface LazyHandler {
  readonly complete: () => Get;
  get: Get;
}

/** What the handlers of proxies inherit from that nobody has used yet: it is asked for the first trap that is looked for. */
const UNUSED = new Proxy(
  create(null) as object,
  {
    __proto__: null,
    get(_target: object, trap: PropertyKey, handler: LazyHandler) {
      handler.get = handler.complete();
      setPrototypeOf(handler, null);
      return trap === 'get' ? handler.get : undefined;
    },
  } as ProxyHandler<object>,
);

/** A proxy that calls `complete` just before the first use of it, for the `get` that it has from then on. */
export const lazyProxy = (target: Callable, complete: () => Get): Callable =>
  new Proxy(target, { __proto__: UNUSED, complete } as ProxyHandler<Callable>);

/**
 * The function as page code gets it: `Function.prototype.toString` shows `[native code]`, as it does for every proxy.
 * DEVIATION: the shown text lacks the function's name. Only a patched Function.prototype.toString could add it, and every page would see that patch.
 */
export function asNative<F extends Callable>(callable: F, name: string, length: number, handler: ProxyHandler<F> = create(null)): F {
  nameFunction(callable, name, length);
  return new Proxy(callable, handler);
}

/** Makes the promise that an operation returns instead of throwing. */
export type RejectWith = (exception: unknown) => Promise<unknown>;

/** A function that is no constructor. What its steps throw is thrown, or becomes a promise that `rejectWith` makes. */
export function nativeFunction(
  name: string,
  length: number,
  steps: (self: unknown, args: ArrayLike<unknown>) => unknown,
  rejectWith: RejectWith | null = null,
): Callable {
  const { [name]: callable } = {
    [name](this: unknown, ...args: unknown[]) {
      try {
        return steps(this, withoutPrototype(args));
      } catch (exception) {
        hideFrames(exception, callable as Callable);
        if (rejectWith) return rejectWith(exception);
        throw exception;
      }
    },
  };
  if (length) defineValue(callable as Callable, 'length', length, false, false);
  return new Proxy(callable as Callable, create(null));
}

/** Puts an attribute's accessor on `target`, as Web IDL does; without `set` it is read-only. */
export function defineAttribute(
  target: object,
  name: string,
  get: (self: unknown) => unknown,
  set?: (self: unknown, args: ArrayLike<unknown>) => void,
): void {
  defineProperty(target, name, {
    __proto__: null,
    get: nativeFunction(`get ${name}`, 0, get) as () => unknown,
    set: set && (nativeFunction(`set ${name}`, 1, set) as (value: unknown) => void),
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}
