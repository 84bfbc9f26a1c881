/**
 * Interface objects, prototypes and members as the platform makes them: descriptors, names, lengths, brands, exceptions.
 * https://webidl.spec.whatwg.org/#js-interfaces
 */

import type { recognizeClones } from './clones';
import { requireArguments } from './conversions';
import { hideFrames, typeError } from './exceptions';
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

/**
 * One Web IDL interface: `State` is what the specification calls the associated values of its instances. Every page pays for what is done here
 * before it uses the interface, so its members are defined when somebody first looks at the interface object, or asks for the prototype.
 */
export class Interface<State extends object> {
  readonly interfaceObject: Callable;
  readonly #name: string;
  readonly #rejectWith: RejectWith;
  readonly #carrier: Carrier<State> | undefined;
  readonly #states = new WeakMap<object, State>();
  #prototype: object | null = null;
  /** Defines what has been declared so far; null once that is done, and everything is defined at once. */
  #declared: (() => void) | null;

  constructor(name: string, options: InterfaceOptions<State> = {}) {
    this.#name = name;
    this.#rejectWith = options.rejectWith ?? aPromiseRejectedWith;
    this.#carrier = options.carrier;
    const target = this.#createConstructor(options);
    this.interfaceObject = lazyProxy(target, () => this.#define() && this.#carrier?.recognize(this));
    this.#declared = () => this.#defineInterface(target, options);
    // It is there already, and who looks at it does not ask for ours.
    if (options.prototype) this.#define();
  }

  get prototype(): object {
    return this.#define();
  }

  #define(): object {
    const declared = this.#declared;
    this.#declared = null;
    declared?.();
    return this.#prototype as object;
  }

  #declare(define: (prototype: object) => void): void {
    const declared = this.#declared;
    this.#declared = () => {
      declared?.();
      define(this.#prototype as object);
    };
    if (!declared) this.#define();
  }

  #defineInterface(target: Callable, { length = 0, parent, prototype, tag = this.#name }: InterfaceOptions<State>): void {
    const own = prototype ?? create(parent?.prototype ?? objectPrototype);
    this.#prototype = own;
    if (parent) setPrototypeOf(target, parent.interfaceObject);
    defineProperty(target, 'prototype', { __proto__: null, value: own, writable: false } as PropertyDescriptor);
    nameFunction(target, this.#name, length);
    this.placeConstructor();
    defineValue(own, toStringTag, tag, false, false);
  }

  /** Natively `constructor` comes after the members that every build has, and before those that a feature adds: there this is called again. */
  placeConstructor(): void {
    this.#declare((prototype) => {
      deleteProperty(prototype, 'constructor');
      exposeInterface(prototype, 'constructor', this);
    });
  }

  #createConstructor({ construct, length = 0 }: InterfaceOptions<State>): Callable {
    const name = this.#name;
    const make = (state: State, newTarget: Callable) => this.#make(state, newTarget);
    const target = function (this: object, ...args: unknown[]) {
      try {
        const operation = `Failed to construct '${name}'`;
        // Called as a function, without a word about the interface.
        if (!construct) throw typeError('Illegal constructor', new.target && operation);
        if (!new.target)
          throw typeError(`Please use the 'new' operator, this DOM object constructor cannot be called as a function.`, operation);
        requireArguments(args.length, length, operation);
        return make(construct(withoutPrototype(args)), new.target);
      } catch (exception) {
        hideFrames(exception, target);
        throw exception;
      }
    };
    return target;
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

  #requireState(self: unknown, context?: string): State {
    const state = this.stateOf(self);
    if (!state) throw typeError('Illegal invocation', context);
    return state;
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
    this.#declare((prototype) => defineAttribute(prototype, name, (self) => steps(this.#requireState(self))));
  }

  /** `context` is that of illegal invocations. */
  #operation(name: string, length: number, steps: Steps<State, unknown>, context: string, rejectWith: RejectWith | null): void {
    const run = (self: unknown, args: ArrayLike<unknown>) => {
      const state = this.#requireState(self, context);
      requireArguments(args.length, length, `Failed to execute '${name}' on '${this.#name}'`);
      return steps(state, args);
    };
    this.#declare((prototype) => defineValue(prototype, name, nativeFunction(name, length, run, rejectWith), true, true));
  }
}
