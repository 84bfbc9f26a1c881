/** `sharedStorage.addEventListener()` and `removeEventListener()`, which the explainer has among its "Possibilities for extension". */

import { EXTEND, HANDLERS, INTRODUCE, type PageRequests } from '../../protocol/page-channel';
import { requireArguments } from '../../webidl/conversions';
import { failureOf, operationError, typeError } from '../../webidl/exceptions';
import { nativeFunction } from '../../webidl/native-function';
import {
  aPromiseRejectedWith,
  defineValue,
  getOwnPropertyDescriptor,
  globalObject,
  hasOwn,
  uncurryGetterOf,
} from '../../webidl/primordials';
import { isSecureContext, requireFullyActive } from '../bridge/document-state';
import { dispatchEvent } from '../bridge/dom';
import type { Extend } from '../bridge/further-scripts';
import { attachPort, createHost, handOver } from '../bridge/handed-over-port';
import { convertHandler, workletProblem } from './convert-handler';

const NativeCustomEvent = CustomEvent;
const NativeEvent = Event;

interface WithWorklet {
  readonly worklet: unknown;
}

type Request = Parameters<Extend>[2];
type Params = PageRequests['database.addHandler'];

interface Method {
  readonly name: string;
  ask(request: Request, params: Params, operation: string): Promise<unknown>;
}

const METHODS: readonly Method[] = [
  { name: 'addEventListener', ask: (request, params, operation) => request('database.addHandler', params, operation) },
  { name: 'removeEventListener', ask: (request, params, operation) => request('database.removeHandler', params, operation) },
];

/** The worklet of a SharedStorage; undefined for anything else. */
function ownWorkletOf(self: unknown, read: (self: WithWorklet) => unknown): unknown {
  try {
    return read(self as WithWorklet);
  } catch {
    return undefined;
  }
}

/** The explainer does not say what they return. As of all methods of the API it is a promise: a policy and the settings may refuse a handler. */
const extend: Extend = (workletOf, problemOf, request) => {
  const descriptor = getOwnPropertyDescriptor(globalObject, 'SharedStorage') as PropertyDescriptor;
  const { prototype } = descriptor.value as { readonly prototype: WithWorklet };
  // A document may inherit its realm, and ours with it, from the one before it.
  if (hasOwn(prototype, 'addEventListener')) return;
  const readWorklet = uncurryGetterOf(prototype, 'worklet');
  for (let index = 0; index < METHODS.length; index++) {
    const { name, ask } = METHODS[index] as Method;
    const operation = failureOf(name, 'SharedStorage');
    const steps = (self: unknown, args: ArrayLike<unknown>) => {
      const own = workletOf(ownWorkletOf(self, readWorklet));
      if (!own) throw typeError('Illegal invocation', operation);
      requireArguments(args.length, 3, operation);
      const { worklet: given, ...handler } = convertHandler(args, operation);
      const worklet = given === undefined ? own : workletOf(given);
      if (!worklet) throw workletProblem(operation);
      requireFullyActive(operation);
      // Nothing keeps a handler from being removed.
      const problem = index === 0 ? problemOf(worklet, name) : null;
      if (problem) throw operationError(problem);
      const { id: workletId, isModuleLoaded } = worklet;
      return ask(request, { ...handler, workletId, isModuleLoaded }, operation);
    };
    defineValue(prototype, name, nativeFunction(name, 3, steps, aPromiseRejectedWith), true, true);
  }
};

export function installEventHandlers(): void {
  // [SecureContext]
  if (!isSecureContext) return;
  const host = createHost();
  // There before the host is handed over, as that of the page's first script.
  const port = attachPort(host);
  handOver(document, HANDLERS, host);
  dispatchEvent(port, new NativeCustomEvent(EXTEND, { __proto__: null, detail: extend } as CustomEventInit));
  dispatchEvent(port, new NativeEvent(INTRODUCE));
}
