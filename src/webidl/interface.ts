/**
 * Interface objects, prototypes and members as the platform makes them: descriptors, names, lengths, brands, exceptions.
 * https://webidl.spec.whatwg.org/#js-interfaces
 */

import { requireArguments } from './conversions';
import { hideFrames, typeError } from './exceptions';
import {
  aPromiseRejectedWith,
  apply,
  bag,
  construct,
  create,
  defineProperty,
  deleteProperty,
  FinalizationRegistry,
  getPrototypeOf,
  hasInstanceSymbol,
  nativeHasInstance,
  objectPrototype,
  Proxy,
  reflectGet,
  setPrototypeOf,
  toStringTag,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from './primordials';

// biome-ignore lint/complexity/noBannedTypes: any callable may be dressed up
type Callable = Function;

function property(
  target: object,
  name: PropertyKey,
  descriptor: { [Name in keyof PropertyDescriptor]: PropertyDescriptor[Name] | undefined },
): void {
  defineProperty(target, name, bag(descriptor as PropertyDescriptor));
}

/** An argument that is absent is then not looked for on Array.prototype, where page code may have put one. */
function withoutPrototype(args: unknown[]): ArrayLike<unknown> {
  setPrototypeOf(args, null);
  return args;
}

/**
 * The function as page code gets it: `Function.prototype.toString` shows `[native code]`, as it does for every proxy.
 * DEVIATION: the shown text lacks the function's name. Only a patched Function.prototype.toString could add it, and every page would see that patch.
 */
export function asNative<F extends Callable>(callable: F, name: string, length: number, handler: ProxyHandler<F> = create(null)): F {
  // Both stay what they are of every function: configurable, and nothing else.
  property(callable, 'name', { value: name });
  property(callable, 'length', { value: length });
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
  const { callable } = {
    callable(this: unknown, ...args: unknown[]) {
      try {
        return steps(this, withoutPrototype(args));
      } catch (exception) {
        hideFrames(exception, callable);
        if (rejectWith) return rejectWith(exception);
        throw exception;
      }
    },
  };
  return asNative(callable, name, length);
}

/** Puts an attribute's accessor on `target`, as Web IDL does; without `set` it is read-only. */
export function defineAttribute(
  target: object,
  name: string,
  get: (self: unknown) => unknown,
  set?: (self: unknown, args: ArrayLike<unknown>) => void,
): void {
  property(target, name, {
    get: nativeFunction(`get ${name}`, 0, get) as () => unknown,
    set: set && (nativeFunction(`set ${name}`, 1, set) as (value: unknown) => void),
    enumerable: true,
    configurable: true,
  });
}

/** Puts an interface object on the global object, or in its prototype's `constructor`. */
export function exposeInterface(target: object, name: string, { interfaceObject }: { readonly interfaceObject: Callable }): void {
  property(target, name, { value: interfaceObject, writable: true, configurable: true });
}

/** Instances that the browser clones, which it does with none of script's own classes: platform objects of another interface. */
export interface Carrier<State extends object> {
  make(state: State): object;
  /** What a clone of an instance carries; undefined for any other object. */
  read(object: object): State | undefined;
}

export interface InterfaceOptions<State extends object> {
  carrier?: Carrier<State>;
  /** The number of required constructor arguments. */
  length?: number;
  /** The constructor steps; without them `new` throws "Illegal constructor". */
  construct?: (args: ArrayLike<unknown>) => State;
  /** The interface that this one inherits from. */
  parent?: { readonly interfaceObject: Callable; readonly prototype: object };
  /** An existing object to use as the prototype. */
  prototype?: object;
  /** What instances are called, where that is not the name of the interface. */
  tag?: string;
  /** Default: a promise rejected with the exception. */
  rejectWith?: RejectWith;
}

type Steps<State, Result> = (state: State, args: ArrayLike<unknown>) => Result;

/** One Web IDL interface: `State` is what the specification calls the associated values of its instances. */
export class Interface<State extends object> {
  readonly prototype: object;
  readonly interfaceObject: Callable;
  readonly #name: string;
  readonly #rejectWith: RejectWith;
  readonly #carrier: Carrier<State> | undefined;
  readonly #states = new WeakMap<object, State>();

  constructor(name: string, options: InterfaceOptions<State> = {}) {
    this.#name = name;
    this.#rejectWith = options.rejectWith ?? aPromiseRejectedWith;
    this.#carrier = options.carrier;
    this.prototype = options.prototype ?? create(options.parent?.prototype ?? objectPrototype);
    this.interfaceObject = this.#createInterfaceObject(options);
    this.placeConstructor();
    property(this.prototype, toStringTag, { value: options.tag ?? name, configurable: true });
  }

  /** Natively `constructor` comes after the members that every build has, and before those that a feature adds: there this is called again. */
  placeConstructor(): void {
    deleteProperty(this.prototype, 'constructor');
    exposeInterface(this.prototype, 'constructor', this);
  }

  #createInterfaceObject({ construct, length = 0, parent }: InterfaceOptions<State>): Callable {
    const name = this.#name;
    const make = (state: State, newTarget: Callable) => this.#make(state, newTarget);
    const interfaceObject = function (this: object, ...args: unknown[]) {
      try {
        const operation = `Failed to construct '${name}'`;
        // Called as a function, without a word about the interface.
        if (!construct) throw typeError('Illegal constructor', new.target && operation);
        if (!new.target)
          throw typeError(`Please use the 'new' operator, this DOM object constructor cannot be called as a function.`, operation);
        requireArguments(args.length, length, operation);
        return make(construct(withoutPrototype(args)), new.target);
      } catch (exception) {
        hideFrames(exception, interfaceObject);
        throw exception;
      }
    };
    if (parent) setPrototypeOf(interfaceObject, parent.interfaceObject);
    property(interfaceObject, 'prototype', { value: this.prototype, writable: false });
    return asNative(interfaceObject, name, length, this.#carrier && this.#recognizeClones());
  }

  /** A platform object of this interface that script did not construct. */
  create(state: State): object {
    return this.#make(state, this.interfaceObject);
  }

  #make(state: State, newTarget: Callable): object {
    // Whatever it is, it has its prototype and its name from `newTarget`, and it is nothing that the browser clones. Its callback is never called.
    const instance: object = construct(FinalizationRegistry, [create], newTarget);
    const carried = this.#carrier?.make(state);
    if (carried) setPrototypeOf(carried, getPrototypeOf(instance));
    weakMapSet(this.#states, carried ?? instance, state);
    return carried ?? instance;
  }

  /** `instanceof` makes instances of clones. */
  #recognizeClones(): ProxyHandler<Callable> {
    const get = (target: Callable, key: PropertyKey, receiver: unknown) => {
      const value = reflectGet(target, key, receiver);
      if (key !== hasInstanceSymbol || value !== nativeHasInstance) return value;
      return nativeFunction('[Symbol.hasInstance]', 1, (self, args) => {
        this.stateOf(args[0]);
        return apply(nativeHasInstance as Callable, self, args);
      });
    };
    return bag({ get });
  }

  /** The instance's state, or undefined where the object does not implement this interface. */
  stateOf(instance: unknown): State | undefined {
    if (typeof instance !== 'object' || instance === null) return undefined;
    const known = weakMapGet(this.#states, instance);
    const carried = known ? undefined : this.#carrier?.read(instance);
    if (!carried) return known;
    setPrototypeOf(instance, this.prototype);
    weakMapSet(this.#states, instance, carried);
    return carried;
  }

  /** An operation that returns a promise: whatever its steps throw becomes a rejection. */
  promiseOperation(name: string, length: number, steps: Steps<State, Promise<unknown>>, rejectWith = this.#rejectWith): void {
    this.#operation(name, length, steps, `Failed to execute '${name}' on '${this.#name}'`, rejectWith);
  }

  /** An operation that returns or throws at once. */
  operation(name: string, length: number, steps: Steps<State, unknown>): void {
    this.#operation(name, length, steps, '', null);
  }

  readonlyAttribute(name: string, steps: (state: State) => unknown): void {
    defineAttribute(this.prototype, name, (self) => {
      const state = this.stateOf(self);
      if (!state) throw typeError('Illegal invocation');
      return steps(state);
    });
  }

  /** `context` is that of illegal invocations. */
  #operation(name: string, length: number, steps: Steps<State, unknown>, context: string, rejectWith: RejectWith | null): void {
    const run = (self: unknown, args: ArrayLike<unknown>) => {
      const state = this.stateOf(self);
      if (!state) throw typeError('Illegal invocation', context);
      requireArguments(args.length, length, `Failed to execute '${name}' on '${this.#name}'`);
      return steps(state, args);
    };
    property(this.prototype, name, {
      value: nativeFunction(name, length, run, rejectWith),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
}
