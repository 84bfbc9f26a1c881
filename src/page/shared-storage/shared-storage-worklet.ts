/** The SharedStorageWorklet interface. https://wicg.github.io/shared-storage/#worklet */

import { toDictionarySource, toDOMString, toUSVString } from '../../webidl/conversions';
import { domException, typeError } from '../../webidl/exceptions';
import { Interface } from '../../webidl/interface';
import {
  DOMException,
  getOwnPropertyDescriptor,
  hasOwn,
  isInstance,
  Promise,
  react,
  stringIndexOf,
  stringSlice,
  uncurryGetter,
} from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { requireUsableContext } from '../bridge/document-state';
import { parseURL, urlHref } from '../bridge/page-url';
import { createFencedFrameConfig } from '../fenced-frames/fenced-frame-config';
import { watchFrames } from '../select-url/watch-frames';
import { rejectAfterPermissionsPolicy, rejectSelectURL } from './permissions-policy';
import { convertOperationOptions, convertUrls, type OperationOptions, validateUrls } from './selection-arguments';

const NativeURL = URL;
const exceptionMessage = uncurryGetter(DOMException.prototype, 'message');
const nativeStructuredClone = structuredClone;
const nativeWorklet = getOwnPropertyDescriptor(globalThis, 'Worklet')?.value as typeof Worklet | undefined;

interface WorkletState {
  readonly id: number;
  /**
   * "has cross-origin data origin", as far as it matters here: in an opaque context, createWorklet() makes no worklet without one.
   */
  readonly allowedInOpaqueOriginContext: boolean;
  /** "addModule initiated" */
  addModuleInitiated: boolean;
  /** Whether addModule() has settled, in whichever way. */
  isModuleLoaded: boolean;
  /** Becomes false with the first operation that did not ask for `keepAlive`. */
  keepAliveAfterOperation: boolean;
}

const EXPIRED =
  "The sharedStorage worklet cannot execute further operations because the previous operation did not include the option 'keepAlive: true'.";

export const sharedStorageWorklet = new Interface<WorkletState>('SharedStorageWorklet', {
  rejectWith: rejectAfterPermissionsPolicy,
  ...(nativeWorklet ? { parent: nativeWorkletInterface(nativeWorklet) } : {}),
});

function nativeWorkletInterface(worklet: typeof Worklet) {
  return { interfaceObject: worklet, prototype: worklet.prototype as object };
}

let lastId = 0;

export function newWorklet(allowedInOpaqueOriginContext: boolean): { object: object; state: WorkletState } {
  const state: WorkletState = {
    id: ++lastId,
    allowedInOpaqueOriginContext,
    addModuleInitiated: false,
    isModuleLoaded: false,
    keepAliveAfterOperation: true,
  };
  return { object: sharedStorageWorklet.create(state), state };
}

const CONTEXT_ORIGIN = 'context-origin';

const CREDENTIALS = { __proto__: null, omit: 1, 'same-origin': 1, include: 1 };

function convertCredentials(given: unknown, operation: string): RequestCredentials {
  if (given === undefined) return 'same-origin';
  const credentials = toDOMString(given);
  if (hasOwn(CREDENTIALS, credentials)) return credentials as RequestCredentials;
  throw typeError(
    `${operation}: Failed to read the 'credentials' property from 'WorkletOptions': The provided value '${credentials}' is not a valid enum value of type RequestCredentials.`,
  );
}

function parseModuleURL(moduleURL: string): string {
  const parsed = parseURL(moduleURL);
  if (!parsed) throw domException('DataError', 'The module script url is invalid.');
  return urlHref(parsed);
}

/** https://wicg.github.io/shared-storage/#add-module-monkey-patch */
function addModule(
  worklet: WorkletState,
  moduleURL: string,
  credentials: RequestCredentials,
  dataOrigin: string,
  operation: string,
): Promise<unknown> {
  requireUsableContext(operation, dataOrigin !== CONTEXT_ORIGIN);
  const parsed = parseModuleURL(moduleURL);
  // If worklet's addModule initiated is true, return "DisallowedDueToNonPreferenceError".
  if (worklet.addModuleInitiated) throw domException('OperationError', 'addModule() can only be invoked once per worklet.');
  // Set worklet's addModule initiated to true.
  worklet.addModuleInitiated = true;
  watchFrames();
  const added = request('worklet.addModule', { workletId: worklet.id, moduleURL: parsed, credentials, dataOrigin });
  return new Promise((resolve, reject) => {
    const settleWith = (settle: (value: unknown) => void) => (value: unknown) => {
      worklet.isModuleLoaded = true;
      settle(value);
    };
    react(added, settleWith(resolve), settleWith(reject));
  });
}

sharedStorageWorklet.promiseOperation('addModule', 1, (worklet, args) => {
  const operation = "Failed to execute 'addModule' on 'SharedStorageWorklet'";
  const moduleURL = toUSVString(args[0]);
  const credentials = convertCredentials(toDictionarySource(args[1], 'WorkletOptions', operation)?.credentials, operation);
  return addModule(worklet, moduleURL, credentials, CONTEXT_ORIGIN, operation);
});

function convertDataOrigin(given: unknown): string {
  return given === undefined ? CONTEXT_ORIGIN : toUSVString(given);
}

/** Throws where the data origin is neither a keyword nor a URL; what follows from it is not for the page's realm to decide. */
function requireValidDataOrigin(dataOrigin: string, operation: string): void {
  if (dataOrigin === CONTEXT_ORIGIN || dataOrigin === 'script-origin') return;
  try {
    new NativeURL(dataOrigin);
  } catch {
    throw typeError(`${operation}: The dataOrigin is invalid.`);
  }
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-createworklet */
export function createWorklet(args: ArrayLike<unknown>): Promise<object> {
  const operation = "Failed to execute 'createWorklet' on 'SharedStorage'";
  const moduleURL = toUSVString(args[0]);
  const options = toDictionarySource(args[1], 'SharedStorageWorkletOptions', operation);
  // The members of the inherited dictionary come first.
  const credentials = convertCredentials(options?.credentials, operation);
  const dataOrigin = convertDataOrigin(options?.dataOrigin);
  requireValidDataOrigin(dataOrigin, operation);
  // Let sharedStorageWorklet be a new SharedStorageWorklet.
  const { object, state } = newWorklet(true);
  // Let addModulePromise be the result of invoking sharedStorageWorklet.addModule(moduleURL, options).
  const added = addModule(state, moduleURL, credentials, dataOrigin, operation);
  // Upon fulfillment of addModulePromise, resolve resultPromise to sharedStorageWorklet; upon rejection, reject it (Chromium: for the same reason).
  return new Promise((resolve, reject) => react(added, () => resolve(object), reject));
}

const CLONE_PREFIX = "Failed to execute 'structuredClone' on 'Window': ";

/** A clone of the data, made now; throws the DataCloneError with the name of the operation that it is for. */
function serialize(data: OperationOptions['data'], operation: string): { value: unknown } | null {
  if (!data) return null;
  try {
    return { __proto__: null, value: nativeStructuredClone(data.value) } as { value: unknown };
  } catch (exception) {
    if (!isInstance(DOMException.prototype, exception)) throw exception;
    const message = exceptionMessage(exception as DOMException);
    const reason = stringIndexOf(message, CLONE_PREFIX) === 0 ? stringSlice(message, CLONE_PREFIX.length) : message;
    throw domException('DataCloneError', `${operation}: ${reason}`);
  }
}

/**
 * What run() and selectURL() have in common before anything is sent.
 * DEVIATION: the specification lets an operation wait for the module. As natively, it is lost, and its page is told so in the console alone.
 */
function requireAddModuleInitiated({ addModuleInitiated }: WorkletState, method: string): void {
  // If this's addModule initiated is false, then return a promise rejected with a TypeError (Chromium: an OperationError).
  if (!addModuleInitiated) throw domException('OperationError', `sharedStorage.worklet.addModule() has to be called before ${method}().`);
}

function requireKeptAlive(worklet: WorkletState, keepAlive: boolean): void {
  if (!worklet.keepAliveAfterOperation) throw domException('OperationError', EXPIRED);
  worklet.keepAliveAfterOperation = keepAlive;
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-run */
export function run(worklet: WorkletState, args: ArrayLike<unknown>, interfaceName: string): Promise<unknown> {
  const operation = `Failed to execute 'run' on '${interfaceName}'`;
  const name = toDOMString(args[0]);
  const options = convertOperationOptions(args[1], operation);
  requireUsableContext(operation, worklet.allowedInOpaqueOriginContext);
  requireAddModuleInitiated(worklet, 'run');
  const data = serialize(options.data, operation);
  requireKeptAlive(worklet, options.keepAlive);
  const { id: workletId, isModuleLoaded } = worklet;
  return request('worklet.run', { workletId, name, data, keepAlive: options.keepAlive, isModuleLoaded });
}

let lastSelectionId = 0;

/** https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-selecturl */
export function selectURL(worklet: WorkletState, args: ArrayLike<unknown>, interfaceName: string): Promise<unknown> {
  const failed = `Failed to execute 'selectURL' on '${interfaceName}'`;
  const name = toDOMString(args[0]);
  const given = convertUrls(args[1], failed);
  const options = convertOperationOptions(args[2], failed);
  requireUsableContext(failed, worklet.allowedInOpaqueOriginContext);
  requireAddModuleInitiated(worklet, 'selectURL');
  const urls = validateUrls(given);
  const data = serialize(options.data, failed);
  const { keepAlive, savedQuery, resolveToConfig } = options;
  requireKeptAlive(worklet, keepAlive);
  const selectionId = ++lastSelectionId;
  const { id: workletId, isModuleLoaded } = worklet;
  const operation = { data, keepAlive, isModuleLoaded };
  const selected = request('worklet.selectURL', { workletId, selectionId, name, urls, savedQuery, operation });
  if (!resolveToConfig) return selected;
  return new Promise((resolve, reject) => react(selected, (urn) => resolve(createFencedFrameConfig(urn as string)), reject));
}

sharedStorageWorklet.promiseOperation('selectURL', 2, (worklet, args) => selectURL(worklet, args, 'SharedStorageWorklet'), rejectSelectURL);
sharedStorageWorklet.promiseOperation('run', 1, (worklet, args) => run(worklet, args, 'SharedStorageWorklet'));
