/** The SharedStorageWorklet interface. https://wicg.github.io/shared-storage/#worklet */

import { memberContext, toDictionarySource, toDOMString, toUSVString } from '../../webidl/conversions';
import { dataError, domException, failureOf, invalidAccessError, operationError, typeError } from '../../webidl/exceptions';
import { createInterfaceObject, Interface, lazily } from '../../webidl/interface';
import {
  DOMException,
  hasOwn,
  isInstance,
  Promise,
  react,
  stringIndexOf,
  stringSlice,
  uncurryGetter,
  uncurryMethod,
} from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { hasOpaqueOrigin, requireFullyActive } from '../bridge/document-state';
import { parseURL, urlHref, urlProtocol } from '../bridge/page-url';
import { createFencedFrameConfig } from '../fenced-frames/fenced-frame-config';
import { watchFrames } from '../select-url/watch-frames';
import { convertOperationOptions, convertUrls, type OperationOptions, validateUrls } from './selection-arguments';

const NativeURL = URL;
const exceptionMessage = uncurryGetter(DOMException, 'message');
const exceptionName = uncurryGetter(DOMException, 'name');
const nativeStructuredClone = structuredClone;
const stringToLowerCase: (string: string) => string = uncurryMethod(String, 'toLowerCase');

export interface WorkletState {
  readonly id: number;
  /** "addModule initiated" */
  addModuleInitiated: boolean;
  /** Whether addModule() has settled, in whichever way. */
  isModuleLoaded: boolean;
  /** Becomes false with the first operation that did not ask for `keepAlive`. */
  keepAliveAfterOperation: boolean;
}

const EXPIRED =
  "The sharedStorage worklet cannot execute further operations because the previous operation did not include the option 'keepAlive: true'.";

export const exposedWorklet = createInterfaceObject(() => sharedStorageWorklet());

/** DEVIATION: the specification derives it from Worklet, Chromium does not. */
export const sharedStorageWorklet = lazily(() => {
  const made = new Interface<WorkletState>('SharedStorageWorklet', { exposed: exposedWorklet });
  made.promiseOperation('addModule', 1, (worklet, args) => {
    const operation = failureOf('addModule', 'SharedStorageWorklet');
    const moduleURL = toUSVString(args[0], operation);
    const credentials = convertCredentials(toDictionarySource(args[1], 'WorkletOptions', operation)?.credentials, operation);
    return addModule(worklet, moduleURL, credentials, CONTEXT_ORIGIN, operation);
  });
  made.placeConstructor();
  made.promiseOperation('run', 1, (worklet, args) => run(worklet, args, 'SharedStorageWorklet'));
  made.promiseOperation('selectURL', 2, (worklet, args) => selectURL(worklet, args, 'SharedStorageWorklet'));
  return made;
});

/** Of a worklet, or of a call of selectURL(): those of each kind must differ. */
let lastNumber = 0;

export function newWorklet(): { object: object; state: WorkletState } {
  const state: WorkletState = { id: ++lastNumber, addModuleInitiated: false, isModuleLoaded: false, keepAliveAfterOperation: true };
  return { object: sharedStorageWorklet().create(state), state };
}

const CONTEXT_ORIGIN = 'context-origin';
const SCRIPT_ORIGIN = 'script-origin';

const CREDENTIALS = { __proto__: null, omit: 1, 'same-origin': 1, include: 1 };

function convertCredentials(given: unknown, operation: string): RequestCredentials {
  if (given === undefined) return 'same-origin';
  const context = memberContext(operation, 'credentials', 'WorkletOptions');
  const credentials = toDOMString(given, context);
  if (hasOwn(CREDENTIALS, credentials)) return credentials as RequestCredentials;
  throw typeError(`The provided value '${credentials}' is not a valid enum value of type RequestCredentials.`, context);
}

/** Whether a permissions policy says no, or the data origin is opaque. */
const isDenial = (exception: unknown): boolean =>
  isInstance(DOMException.prototype, exception) && exceptionName(exception as DOMException) === 'InvalidAccessError';

/** https://wicg.github.io/shared-storage/#add-module-monkey-patch */
function addModule(
  worklet: WorkletState,
  moduleURL: string,
  credentials: RequestCredentials,
  dataOrigin: string,
  operation: string,
): Promise<unknown> {
  requireFullyActive(operation);
  const parsed = parseURL(moduleURL);
  if (!parsed) throw dataError('The module script url is invalid.');
  if (hasOpaqueOrigin && dataOrigin === CONTEXT_ORIGIN)
    throw invalidAccessError('The shared storage method is not allowed to have an opaque data origin');
  // If worklet's addModule initiated is true, return "DisallowedDueToNonPreferenceError".
  if (worklet.addModuleInitiated) throw operationError('addModule() can only be invoked once per worklet.');
  // Set worklet's addModule initiated to true. (Chromium does not get there with what it refuses before.)
  worklet.addModuleInitiated = urlProtocol(parsed) !== 'data:';
  watchFrames();
  const added = request('worklet.addModule', { workletId: worklet.id, moduleURL: urlHref(parsed), credentials, dataOrigin });
  return new Promise((resolve, reject) => {
    const fulfill = (value: unknown) => {
      worklet.isModuleLoaded = true;
      resolve(value);
    };
    const fail = (exception: unknown) => {
      if (isDenial(exception)) worklet.addModuleInitiated = false;
      worklet.isModuleLoaded = worklet.addModuleInitiated;
      reject(exception);
    };
    react(added, fulfill, fail);
  });
}

function convertDataOrigin(given: unknown, operation: string): string {
  if (given === undefined) return CONTEXT_ORIGIN;
  const dataOrigin = toUSVString(given, memberContext(operation, 'dataOrigin', 'SharedStorageWorkletOptions'));
  const keyword = stringToLowerCase(dataOrigin);
  // DEVIATION: the specification knows the keywords in lower case alone.
  return keyword === CONTEXT_ORIGIN || keyword === SCRIPT_ORIGIN ? keyword : dataOrigin;
}

/** Throws where the data origin is neither a keyword nor a URL; what follows from it is not for the page's realm to decide. */
function requireValidDataOrigin(dataOrigin: string): void {
  if (dataOrigin === CONTEXT_ORIGIN || dataOrigin === SCRIPT_ORIGIN) return;
  try {
    new NativeURL(dataOrigin);
  } catch {
    throw typeError('The "dataOrigin" parameter is not a valid keyword or URL.');
  }
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorage-createworklet */
export function createWorklet(args: ArrayLike<unknown>): Promise<object> {
  const operation = failureOf('createWorklet', 'SharedStorage');
  const moduleURL = toUSVString(args[0], operation);
  const options = toDictionarySource(args[1], 'SharedStorageWorkletOptions', operation);
  // The members of the inherited dictionary come first.
  const credentials = convertCredentials(options?.credentials, operation);
  const dataOrigin = convertDataOrigin(options?.dataOrigin, operation);
  requireFullyActive(operation);
  requireValidDataOrigin(dataOrigin);
  // Let sharedStorageWorklet be a new SharedStorageWorklet.
  const { object, state } = newWorklet();
  // Let addModulePromise be the result of invoking sharedStorageWorklet.addModule(moduleURL, options).
  const added = addModule(state, moduleURL, credentials, dataOrigin, operation);
  // Upon fulfillment of addModulePromise, resolve resultPromise to sharedStorageWorklet; upon rejection, reject it (Chromium: for the same reason).
  return new Promise((resolve, reject) => react(added, () => resolve(object), reject));
}

const CLONE_PREFIX = `${failureOf('structuredClone', 'Window')}: `;

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

/** Why nothing can be asked of the worklet by the method; null where it can. */
export function problemOf({ addModuleInitiated, keepAliveAfterOperation }: WorkletState, method: string): string | null {
  // If this's addModule initiated is false, then return a promise rejected with a TypeError (Chromium: an OperationError).
  if (!addModuleInitiated) return `sharedStorage.worklet.addModule() has to be called before ${method}().`;
  return keepAliveAfterOperation ? null : EXPIRED;
}

/**
 * What run() and selectURL() have in common before anything is sent.
 * DEVIATION: the specification lets an operation wait for the module. As natively, it is lost, and its page is told so in the console alone.
 */
function requireUsable(worklet: WorkletState, method: string, keepAlive: boolean): void {
  const problem = problemOf(worklet, method);
  if (problem) throw operationError(problem);
  worklet.keepAliveAfterOperation = keepAlive;
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-run */
export function run(worklet: WorkletState, args: ArrayLike<unknown>, interfaceName: string): Promise<unknown> {
  const operation = failureOf('run', interfaceName);
  const name = toDOMString(args[0], operation);
  const options = convertOperationOptions(args[1], operation);
  const data = serialize(options.data, operation);
  requireFullyActive(operation);
  requireUsable(worklet, 'run', options.keepAlive);
  return request('worklet.run', { ...options, workletId: worklet.id, name, data, isModuleLoaded: worklet.isModuleLoaded });
}

/** https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-selecturl */
export function selectURL(worklet: WorkletState, args: ArrayLike<unknown>, interfaceName: string): Promise<unknown> {
  const failed = failureOf('selectURL', interfaceName);
  const name = toDOMString(args[0], failed);
  const given = convertUrls(args[1], failed);
  const options = convertOperationOptions(args[2], failed);
  const data = serialize(options.data, failed);
  requireFullyActive(failed);
  const urls = validateUrls(given);
  requireUsable(worklet, 'selectURL', options.keepAlive);
  const selected = request('worklet.selectURL', {
    workletId: worklet.id,
    selectionId: ++lastNumber,
    name,
    urls,
    savedQuery: options.savedQuery,
    operation: { ...options, data, isModuleLoaded: worklet.isModuleLoaded },
  });
  if (!options.resolveToConfig) return selected;
  return new Promise((resolve, reject) => react(selected, (urn) => resolve(createFencedFrameConfig(urn as string)), reject));
}
