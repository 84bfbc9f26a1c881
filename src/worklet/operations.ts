/** The operation map of the global scope. https://wicg.github.io/shared-storage/#scope-algo */

import type { ToRealm } from '../protocol/worklet-port';
import type { OperationResult } from '../spec/select-url';
import { requireArguments, toDOMString } from '../webidl/conversions';
import { domException, typeError } from '../webidl/exceptions';
import { append, apply, construct, Map, mapGet, mapHas, mapSet, Promise, react } from '../webidl/primordials';
import { mirror } from './console/console';
import { describeError } from './console/describe-error';
import { afterPendingCalls, send } from './port';
import { arrayPush } from './primordials';

interface Operation {
  readonly run: (...args: unknown[]) => unknown;
  readonly instance: object;
}

/** "operation map" */
const operationMap = new Map<string, Operation>();

const REGISTER = "Failed to execute 'register' on 'SharedStorageWorkletGlobalScope'";

/** https://wicg.github.io/shared-storage/#dom-sharedstorageworkletglobalscope-register */
export function register(args: ArrayLike<unknown>): undefined {
  requireArguments(args.length, 2, REGISTER);
  const name = toDOMString(args[0]);
  const operationConstructor = args[1];
  if (typeof operationConstructor !== 'function') throw typeError(`${REGISTER}: parameter 2 is not of type 'Function'.`);
  // If name is missing or empty, throw a TypeError (Chromium: a DataError).
  if (name === '') throw domException('DataError', `${REGISTER}: Operation name cannot be empty.`);
  // If operationMap contains an entry with key name, throw a TypeError (Chromium: a DataError).
  if (mapHas(operationMap, name)) throw domException('DataError', `${REGISTER}: Operation name already registered.`);
  const { prototype } = operationConstructor as { prototype: unknown };
  if (typeof prototype !== 'object' || prototype === null) throw typeError(`${REGISTER}: constructor prototype is not an object`);
  // Let operationClassInstance be the result of constructing operationCtor, with no arguments.
  const instance = construct(operationConstructor, []) as object;
  // Let runFunction be Get(operationClassInstance, "run"). Rethrow any exceptions.
  const { run } = instance as { run: unknown };
  // If IsCallable(runFunction) is false, throw a TypeError.
  if (run === undefined || run === null) throw typeError(`${REGISTER}: Property "run" doesn't exist`);
  if (typeof run !== 'function') throw typeError(`${REGISTER}: Property "run" is not a function`);
  mapSet(operationMap, name, { __proto__: null, run, instance } as unknown as Operation);
  return undefined;
}

const running: string[] = [];

/** The names of the operations that are under way; before the first one, the module is being added. */
export function runningOperations(): string {
  let names = '';
  for (let index = 0; index < running.length; index++) names += `${index > 0 ? ', ' : ''}${running[index]}`;
  return names || 'addModule';
}

function stopRunning(name: string): void {
  for (let index = 0; index < running.length; index++) {
    if (running[index] !== name) continue;
    for (let next = index + 1; next < running.length; next++) running[next - 1] = running[next] as string;
    running.length--;
    return;
  }
}

const NOT_AN_INDEX = 'Promise did not resolve to an uint32 number.';

/** The value as an `unsigned long`: https://webidl.spec.whatwg.org/#js-unsigned-long */
function toIndex(value: unknown): OperationResult {
  try {
    return { __proto__: null, index: (value as number) >>> 0 } as unknown as OperationResult;
  } catch {
    return { __proto__: null, error: NOT_AN_INDEX } as unknown as OperationResult;
  }
}

/**
 * The steps of run() and selectURL() in the worklet's agent. What they come to is for the offscreen document alone.
 * https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-run
 * https://wicg.github.io/shared-storage/#get-the-select-url-result-index
 */
export function runOperation({ runId, name, urls, data }: Extract<ToRealm, { type: 'run' }>): void {
  const finish = (result: OperationResult | null) => afterPendingCalls(() => send({ type: 'finished', runId, result }));
  const reject = (error: string) => finish({ __proto__: null, error } as unknown as OperationResult);
  // If operationMap contains name: invoke operation. Otherwise nothing happens, and nobody is told.
  const operation = mapGet(operationMap, name);
  if (!operation) {
    reject('Cannot find operation name.');
    return;
  }
  const fulfill = (value: unknown) => {
    stopRunning(name);
    finish(urls ? toIndex(value) : null);
  };
  const fail = (reason: unknown) => {
    const description = describeError(reason);
    mirror('error', [`Uncaught (in operation "${name}") ${description}`]);
    stopRunning(name);
    reject(description);
  };
  const args: unknown[] = [];
  if (urls) append(args, urls);
  if (data) append(args, data.value);
  arrayPush(running, name);
  try {
    const result = apply(operation.run, operation.instance, args);
    react(new Promise((resolve) => resolve(result)), fulfill, fail);
  } catch (reason) {
    fail(reason);
  }
}
