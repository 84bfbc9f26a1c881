/**
 * Interface objects, prototypes and members as the platform makes them: descriptors, names, lengths, brands, exceptions.
 * https://webidl.spec.whatwg.org/#js-interfaces
 */

import type { recognizeClones } from './clones';
import { requireArguments } from './conversions';
import { failureOf, hideFrames, typeError } from './exceptions';
import {
  type Callable,
  defineAttribute,
  lazyProxy,
  nameFunction,
  nativeFunction,
  type RejectWith,
  withoutPrototype,
} from './native-function';
import {
  aPromiseRejectedWith,
  bag,
  construct,
  create,
  defineProperty,
  defineValue,
  deleteProperty,
  FinalizationRegistry,
  getPrototypeOf,
  objectPrototype,
  setPrototypeOf,
  toStringTag,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from './primordials';

/** Puts an interface object on the global object, or in its prototype's `constructor`. */
export function exposeInterface(target: object, name: string, { interfaceObject }: { readonly interfaceObject: Callable }): void {
  defineValue(target, name, interfaceObject, true, false);
}

/** What is exposed of an interface before anybody uses it, and what `new` calls. */
export interface Exposed {
  readonly target: Callable;
  readonly interfaceObject: Callable;
}

interface Constructible {
  constructSteps(args: unknown[], newTarget: Callable | undefined): object;
  getOfProxy(): ProxyHandler<Callable>['get'];
}

/** An interface object that asks for its interface when somebody first looks at it, or makes an instance: every page pays for this much. */
export function createInterfaceObject(get: () => Constructible): Exposed {
  const target = function (this: object, ...args: unknown[]) {
    try {
      return get().constructSteps(args, new.target);
    } catch (exception) {
      hideFrames(exception, target);
      throw exception;
    }
  };
  return { target, interfaceObject: lazyProxy(target, () => get().getOfProxy()) };
}

/** Makes something when it is first asked for. */
export function lazily<Made extends object>(make: () => Made): () => Made {
  let made: Made | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/** Does something when it is first asked for, and never again. */
export function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

/** Instances that the browser clones, which it does with none of script's own classes: platform objects of another interface. */
export interface Carrier<State extends object> {
  make(state: State): object;
  /** What a clone of an instance carries; undefined for any other object. */
  read(object: object): State | undefined;
  /** recognizeClones(), which is of no use to other interfaces. */
  recognize: typeof recognizeClones;
}

export interface InterfaceOptions<State extends object> {
  carrier?: Carrier<State>;
  /** What of it is exposed already. */
  exposed?: Exposed | undefined;
  /** The number of required constructor arguments. */
  length?: number;
  /** The constructor steps; without them `new` throws "Illegal constructor". */
  construct?: ((args: ArrayLike<unknown>) => State) | null;
  /** The interface that this one inherits from. */
  parent?: { readonly interfaceObject: Callable; readonly prototype: object } | undefined;
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
  readonly interfaceObject: Callable;
  readonly prototype: object;
  readonly #name: string;
  readonly #options: InterfaceOptions<State>;
  readonly #states = new WeakMap<object, State>();

  constructor(name: string, options: InterfaceOptions<State> = {}) {
    this.#name = name;
    // Made late, perhaps: what it has not itself, page code may have put on Object.prototype by then.
    this.#options = bag(options);
    const { length = 0, parent, prototype, tag = name, exposed } = this.#options;
    const { target, interfaceObject } = exposed ?? createInterfaceObject(() => this);
    this.interfaceObject = interfaceObject;
    const own = prototype ?? create(parent?.prototype ?? objectPrototype);
    this.prototype = own;
    if (parent) setPrototypeOf(target, parent.interfaceObject);
    defineProperty(target, 'prototype', { __proto__: null, value: own, writable: false } as PropertyDescriptor);
    nameFunction(target, name, length);
    this.placeConstructor();
    defineValue(own, toStringTag, tag, false, false);
  }

  /** Natively `constructor` comes after the members that every build has, and before those that a feature adds: there this is called again. */
  placeConstructor(): void {
    deleteProperty(this.prototype, 'constructor');
    exposeInterface(this.prototype, 'constructor', this);
  }

  /** What the interface object's proxy does with `get`, now that it is looked at. */
  getOfProxy(): ProxyHandler<Callable>['get'] {
    return this.#options.carrier?.recognize(this);
  }

  constructSteps(args: unknown[], newTarget: Callable | undefined): object {
    const { construct, length = 0 } = this.#options;
    const operation = `Failed to construct '${this.#name}'`;
    // Called as a function, without a word about the interface.
    if (!construct) throw typeError('Illegal constructor', newTarget && operation);
    if (!newTarget)
      throw typeError(`Please use the 'new' operator, this DOM object constructor cannot be called as a function.`, operation);
    requireArguments(args.length, length, operation);
    return this.#make(construct(withoutPrototype(args)), newTarget);
  }

  /** A platform object of this interface that script did not construct. */
  create(state: State): object {
    return this.#make(state, this.interfaceObject);
  }

  #make(state: State, newTarget: Callable): object {
    // Whatever it is, it has its prototype and its name from `newTarget`, and it is nothing that the browser clones. Its callback is never called.
    const instance: object = construct(FinalizationRegistry, [create], newTarget);
    const carried = this.#options.carrier?.make(state);
    if (carried) setPrototypeOf(carried, getPrototypeOf(instance));
    weakMapSet(this.#states, carried ?? instance, state);
    return carried ?? instance;
  }

  /** The instance's state, or undefined where the object does not implement this interface. */
  stateOf(instance: unknown): State | undefined {
    if (typeof instance !== 'object' || instance === null) return undefined;
    const known = weakMapGet(this.#states, instance);
    const carried = known ? undefined : this.#options.carrier?.read(instance);
    if (!carried) return known;
    setPrototypeOf(instance, this.prototype);
    weakMapSet(this.#states, instance, carried);
    return carried;
  }

  #requireState(self: unknown, context?: string): State {
    const state = this.stateOf(self);
    if (!state) throw typeError('Illegal invocation', context);
    return state;
  }

  /** An operation that returns a promise: whatever its steps throw becomes a rejection. */
  promiseOperation(
    name: string,
    length: number,
    steps: Steps<State, Promise<unknown>>,
    rejectWith = this.#options.rejectWith ?? aPromiseRejectedWith,
  ): void {
    this.#operation(name, length, steps, failureOf(name, this.#name), rejectWith);
  }

  /** An operation that returns or throws at once. */
  operation(name: string, length: number, steps: Steps<State, unknown>): void {
    this.#operation(name, length, steps, '', null);
  }

  readonlyAttribute(name: string, steps: (state: State) => unknown): void {
    defineAttribute(this.prototype, name, (self) => steps(this.#requireState(self)));
  }

  /** `context` is that of illegal invocations. */
  #operation(name: string, length: number, steps: Steps<State, unknown>, context: string, rejectWith: RejectWith | null): void {
    const run = (self: unknown, args: ArrayLike<unknown>) => {
      const state = this.#requireState(self, context);
      requireArguments(args.length, length, failureOf(name, this.#name));
      return steps(state, args);
    };
    defineValue(this.prototype, name, nativeFunction(name, length, run, rejectWith), true, true);
  }
}
