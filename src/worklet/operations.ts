/** The operation map of the global scope. https://wicg.github.io/shared-storage/#scope-algo */

import { MAXIMUM_TOLD, MAXIMUM_TOLD_LENGTH } from '../protocol/limits';
import type { ToRealm } from '../protocol/worklet-port';
import type { OperationResult } from '../spec/select-url';
import { isObject, requireArguments, toDOMString } from '../webidl/conversions';
import { domException, typeError } from '../webidl/exceptions';
import { append, bag, construct, Map, mapGet, mapHas, mapSet, stringSlice } from '../webidl/primordials';
import { callAlone } from './call-alone';
import { sendLines } from './console/lines';
import { startRunning, stopRunning } from './console/running-operations';
import { describeFailure, reportUncaught } from './operation-failure';
import { beginInScope, endScope } from './operation-scope';
import { afterPendingCalls, send } from './port';
import { finishContributing, startContributing } from './private-aggregation/operation-states';

type Constructor = new () => object;

interface Operation {
  readonly run: (...args: unknown[]) => unknown;
  readonly operationConstructor: Constructor;
  /** Undefined until the first operation of the name; null where its construction failed. */
  instance: object | null | undefined;
}

/** "operation map" */
const operationMap = new Map<string, Operation>();

/** The names of the first ones, for whoever shows the worklet. */
const names: string[] = [];

export const registeredNames = (): string[] => names;

const REGISTER = "Failed to execute 'register' on 'SharedStorageWorkletGlobalScope'";

/**
 * https://wicg.github.io/shared-storage/#dom-sharedstorageworkletglobalscope-register
 * DEVIATION: the specification constructs the class here and takes `run` from the instance. As natively, `run` is taken from the prototype,
 * and the class is constructed at the name's first operation, so that its constructor may use `sharedStorage`.
 */
export function register(args: ArrayLike<unknown>): undefined {
  requireArguments(args.length, 2, REGISTER);
  const name = toDOMString(args[0], REGISTER);
  const operationConstructor = args[1];
  if (typeof operationConstructor !== 'function') throw typeError(`parameter 2 is not of type 'Function'.`, REGISTER);
  // If name is missing or empty, throw a TypeError (Chromium: a DataError).
  if (name === '') throw domException('DataError', `${REGISTER}: Operation name cannot be empty.`);
  // If operationMap contains an entry with key name, throw a TypeError (Chromium: a DataError).
  if (mapHas(operationMap, name)) throw domException('DataError', `${REGISTER}: Operation name already registered.`);
  const { prototype } = operationConstructor as { prototype: unknown };
  if (!isObject(prototype)) throw typeError(`constructor prototype is not an object`, REGISTER);
  const { run } = prototype as { run?: unknown };
  if (run === undefined) throw typeError(`Property "run" doesn't exist`, REGISTER);
  // If IsCallable(runFunction) is false, throw a TypeError.
  if (typeof run !== 'function') throw typeError(`"run" is not a function`, REGISTER);
  mapSet(
    operationMap,
    name,
    bag({ run: run as Operation['run'], operationConstructor: operationConstructor as Constructor, instance: undefined }),
  );
  if (names.length < MAXIMUM_TOLD) append(names, stringSlice(name, 0, MAXIMUM_TOLD_LENGTH));
  return undefined;
}

/** The instance that all operations of the name share; null where its construction has failed, now or before. */
function instanceOf(operation: Operation): object | null {
  if (operation.instance !== undefined) return operation.instance;
  operation.instance = null;
  try {
    operation.instance = construct(operation.operationConstructor, []) as object;
  } catch (exception) {
    reportUncaught(exception);
  }
  return operation.instance;
}

const failure = (error: string): OperationResult => bag({ error });

const reportInPromise = (exception: unknown) => reportUncaught(exception, '(in promise) ');

/** The value as an `unsigned long`: https://webidl.spec.whatwg.org/#js-unsigned-long */
function toIndex(value: unknown): OperationResult {
  try {
    return bag({ index: +(value as number) >>> 0 });
  } catch (exception) {
    reportInPromise(exception);
    return failure('Promise did not resolve to an uint32 number.');
  }
}

type Run = Extract<ToRealm, { type: 'run' }>;

/** `isUncaught`: the error is one that the operation's code has thrown. */
function finish(runId: number, result: OperationResult | null, isUncaught: boolean): void {
  // The worklet may end with it.
  finishContributing(runId);
  sendLines();
  afterPendingCalls(() => send({ type: 'finished', runId, result, isUncaught }));
}

/**
 * The steps of run() and selectURL() in the worklet's agent. What they come to is for the offscreen document alone.
 * https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-run
 * https://wicg.github.io/shared-storage/#get-the-select-url-result-index
 */
export function runOperation(run: Run): void {
  const { runId, name, filteringIds } = run;
  // If operationMap contains name: invoke operation. Otherwise nothing happens, and no page is told.
  const operation = mapGet(operationMap, name);
  if (!operation) {
    finish(runId, failure('Cannot find operation name.'), false);
    return;
  }
  startRunning(name);
  startContributing(runId, filteringIds);
  const scope = bag({ runId });
  beginInScope(scope, () => {
    invoke(operation, run, (result, isUncaught) => {
      stopRunning(name);
      endScope(scope);
      finish(runId, result, isUncaught);
    });
  });
}

function invoke(operation: Operation, { urls, data }: Run, end: (result: OperationResult | null, isUncaught: boolean) => void): void {
  const instance = instanceOf(operation);
  if (!instance) {
    end(failure('Empty operation definition instance.'), false);
    return;
  }
  const args: unknown[] = [];
  if (urls) append(args, urls);
  append(args, data?.value);
  const fulfill = (value: unknown) => end(urls ? toIndex(value) : null, false);
  callAlone(operation.run, instance, args, fulfill, (reason) => end(failure(describeFailure(reason, reportInPromise)), true));
}
