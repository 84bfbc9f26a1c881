/** The operation map of the global scope. https://wicg.github.io/shared-storage/#scope-algo */

import type { ToRealm } from '../protocol/worklet-port';
import { requireArguments, toDOMString } from '../webidl/conversions';
import { domException, typeError } from '../webidl/exceptions';
import { apply, construct, Map, mapGet, mapHas, mapSet, Promise, react } from '../webidl/primordials';
import { mirror } from './console';
import { describeError } from './describe-error';
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

/** The steps of run() in the worklet's agent. https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-run */
export function runOperation({ runId, name, data }: Extract<ToRealm, { type: 'run' }>): void {
  // If operationMap contains name: invoke operation. Otherwise nothing happens, and nobody is told.
  const operation = mapGet(operationMap, name);
  const finish = () => {
    stopRunning(name);
    afterPendingCalls(() => send({ type: 'finished', runId }));
  };
  if (!operation) {
    finish();
    return;
  }
  const fail = (reason: unknown) => {
    mirror('error', [`Uncaught (in operation "${name}") ${describeError(reason)}`]);
    finish();
  };
  arrayPush(running, name);
  try {
    const result = apply(operation.run, operation.instance, data ? [data.value] : []);
    react(new Promise((resolve) => resolve(result)), finish, fail);
  } catch (reason) {
    fail(reason);
  }
}
