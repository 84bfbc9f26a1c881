/** The operation map of the global scope. https://wicg.github.io/shared-storage/#scope-algo */

import { MAXIMUM_TOLD, MAXIMUM_TOLD_LENGTH } from '../protocol/limits';
import type { ToRealm } from '../protocol/worklet-port';
import type { OperationResult } from '../spec/select-url';
import { isObject, requireArguments, toDOMString } from '../webidl/conversions';
import { dataError, failureOf, typeError } from '../webidl/exceptions';
import { append, bag, construct, Map, mapGet, mapHas, mapSet, stringSlice } from '../webidl/primordials';
import { callAlone } from './call-alone';
import type { Lines } from './console/lines';
import type { RunningOperations } from './console/running-operations';
import { describeFailure } from './operation-failure';
import type { OperationScopes } from './operation-scope';
import type { HostPort } from './port';
import type { OperationStates } from './private-aggregation/operation-states';

type Constructor = new () => object;

interface Operation {
  readonly run: (...args: unknown[]) => unknown;
  readonly operationConstructor: Constructor;
  /** Undefined until the first operation of the name; null where its construction failed. */
  instance: object | null | undefined;
}

const REGISTER = failureOf('register', 'SharedStorageWorkletGlobalScope');

const failure = (error: string): OperationResult => bag({ error });

type Run = Extract<ToRealm, { type: 'run' }>;

/** What operations take of the realm. */
interface Realm {
  readonly port: HostPort;
  readonly scopes: OperationScopes;
  readonly lines: Lines;
  readonly running: RunningOperations;
  readonly contributing: OperationStates;
}

export class Operations {
  readonly #port: HostPort;
  readonly #scopes: OperationScopes;
  readonly #lines: Lines;
  readonly #running: RunningOperations;
  readonly #contributing: OperationStates;
  /** "operation map" */
  readonly #map = new Map<string, Operation>();
  /** The names of the first ones, for whoever shows the worklet. */
  readonly #names: string[] = [];

  constructor({ port, scopes, lines, running, contributing }: Realm) {
    this.#port = port;
    this.#scopes = scopes;
    this.#lines = lines;
    this.#running = running;
    this.#contributing = contributing;
  }

  get names(): string[] {
    return this.#names;
  }

  /**
   * https://wicg.github.io/shared-storage/#dom-sharedstorageworkletglobalscope-register
   * DEVIATION: the specification constructs the class here and takes `run` from the instance. As natively, `run` is taken from the prototype,
   * and the class is constructed at the name's first operation, so that its constructor may use `sharedStorage`.
   */
  register(args: ArrayLike<unknown>): undefined {
    requireArguments(args.length, 2, REGISTER);
    const name = toDOMString(args[0], REGISTER);
    const operationConstructor = args[1];
    if (typeof operationConstructor !== 'function') throw typeError(`parameter 2 is not of type 'Function'.`, REGISTER);
    // If name is missing or empty, throw a TypeError (Chromium: a DataError).
    if (name === '') throw dataError(`${REGISTER}: Operation name cannot be empty.`);
    // If operationMap contains an entry with key name, throw a TypeError (Chromium: a DataError).
    if (mapHas(this.#map, name)) throw dataError(`${REGISTER}: Operation name already registered.`);
    const { prototype } = operationConstructor as { prototype: unknown };
    if (!isObject(prototype)) throw typeError(`constructor prototype is not an object`, REGISTER);
    const { run } = prototype as { run?: unknown };
    if (run === undefined) throw typeError(`Property "run" doesn't exist`, REGISTER);
    // If IsCallable(runFunction) is false, throw a TypeError.
    if (typeof run !== 'function') throw typeError(`"run" is not a function`, REGISTER);
    mapSet(
      this.#map,
      name,
      bag({ run: run as Operation['run'], operationConstructor: operationConstructor as Constructor, instance: undefined }),
    );
    if (this.#names.length < MAXIMUM_TOLD) append(this.#names, stringSlice(name, 0, MAXIMUM_TOLD_LENGTH));
    return undefined;
  }

  /**
   * The steps of run() and selectURL() in the worklet's agent. What they come to is for the offscreen document alone.
   * https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-run
   * https://wicg.github.io/shared-storage/#get-the-select-url-result-index
   */
  run(run: Run): void {
    const { runId, name, filteringIds } = run;
    // If operationMap contains name: invoke operation. Otherwise nothing happens, and no page is told.
    const operation = mapGet(this.#map, name);
    if (!operation) {
      this.#finish(runId, failure('Cannot find operation name.'), false);
      return;
    }
    this.#running.start(name);
    this.#contributing.start(runId, filteringIds);
    const scope = bag({ runId });
    this.#scopes.begin(scope, () => {
      this.#invoke(operation, run, (result, isUncaught) => {
        this.#running.stop(name);
        this.#scopes.end(scope);
        this.#finish(runId, result, isUncaught);
      });
    });
  }

  #invoke(operation: Operation, { urls, data }: Run, end: (result: OperationResult | null, isUncaught: boolean) => void): void {
    const instance = this.#instanceOf(operation);
    if (!instance) {
      end(failure('Empty operation definition instance.'), false);
      return;
    }
    const args: unknown[] = [];
    if (urls) append(args, urls);
    append(args, data?.value);
    const fulfill = (value: unknown) => end(urls ? this.#toIndex(value) : null, false);
    const report = (exception: unknown) => this.#lines.mirrorUncaught(exception, '(in promise) ');
    callAlone(operation.run, instance, args, fulfill, (reason) => end(failure(describeFailure(reason, report)), true));
  }

  /** The instance that all operations of the name share; null where its construction has failed, now or before. */
  #instanceOf(operation: Operation): object | null {
    if (operation.instance !== undefined) return operation.instance;
    operation.instance = null;
    try {
      operation.instance = construct(operation.operationConstructor, []) as object;
    } catch (exception) {
      this.#lines.mirrorUncaught(exception);
    }
    return operation.instance;
  }

  /** The value as an `unsigned long`: https://webidl.spec.whatwg.org/#js-unsigned-long */
  #toIndex(value: unknown): OperationResult {
    try {
      return bag({ index: +(value as number) >>> 0 });
    } catch (exception) {
      this.#lines.mirrorUncaught(exception, '(in promise) ');
      return failure('Promise did not resolve to an uint32 number.');
    }
  }

  /** `isUncaught`: the error is one that the operation's code has thrown. */
  #finish(runId: number, result: OperationResult | null, isUncaught: boolean): void {
    // The worklet may end with it.
    this.#contributing.finish(runId);
    this.#lines.send();
    this.#port.afterPendingCalls(() => this.#port.send({ type: 'finished', runId, result, isUncaught }));
  }
}
