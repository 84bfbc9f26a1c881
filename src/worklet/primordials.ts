/** What the realm uses of its worker, captured before the lockdown takes it away from the worklet's code. */

import { apply, getOwnPropertyDescriptor, uncurryGetter, uncurryGetterOf, uncurryMethod, uncurryThis } from '../webidl/primordials';

export const { importScripts, scheduler } = globalThis;
export const NativeTaskController = TaskController;
export const postMessage = uncurryMethod(MessagePort, 'postMessage') as (port: MessagePort, message: unknown) => void;
export const eventData = uncurryGetter(MessageEvent, 'data');
export const preventDefault = uncurryMethod(Event, 'preventDefault');
export const errorOf = uncurryGetter(ErrorEvent, 'error');
export const rejectionReason = uncurryGetter(PromiseRejectionEvent, 'reason');
export const eventPorts = uncurryGetter(MessageEvent, 'ports');
export const setOnMessage = uncurryThis(
  getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')?.set as (this: MessagePort, handler: (event: MessageEvent) => void) => void,
);

const nativeEncodeURIComponent = encodeURIComponent;
const NativeURL = URL;
const NativeBlob = Blob;
const createObjectURL = URL.createObjectURL;
const revokeObjectURL = URL.revokeObjectURL;

/** In UTF-16 code units: what is longer takes as long to be escaped as a `blob:` URL takes on its way through the browser's process, 3 ms. */
const LONG = 50_000;

/** A `data:` URL is read within this process. */
export const createScriptURL = (source: string): string =>
  source.length < LONG
    ? `data:text/javascript;charset=utf-8,${nativeEncodeURIComponent(source)}`
    : apply(createObjectURL, NativeURL, [new NativeBlob([source], { __proto__: null, type: 'text/javascript' } as BlobPropertyBag)]);

/** Call when the script has been run. */
export const revokeScriptURL = (url: string): void => apply(revokeObjectURL, NativeURL, [url]);

/** What the returned promise settles with goes by the result of the function that was called. */
export const promiseThen: (
  promise: Promise<unknown>,
  onFulfilled: ((value: unknown) => unknown) | undefined,
  onRejected: (reason: unknown) => unknown,
) => Promise<unknown> = uncurryThis(Promise.prototype.then as never);

export const arrayPush: <T>(array: T[], value: T) => number = uncurryMethod(Array, 'push');
export const arrayShift: <T>(array: T[]) => T | undefined = uncurryMethod(Array, 'shift');
export const stringSplit: (string: string, separator: string) => string[] = uncurryThis(
  String.prototype.split as (this: string, separator: string) => string[],
);
export const stringIncludes: (string: string, search: string) => boolean = uncurryMethod(String, 'includes');
const { setTimeout } = globalThis;
/** Calls back after so many milliseconds, or a little later. */
export const later = (callback: () => void, milliseconds: number): void => {
  setTimeout(callback, milliseconds);
};
/** Calls back in a task of its own, when no microtask is left. */
export const inALaterTask = (callback: () => void): void => {
  setTimeout(callback, 0);
};

const performanceNow = uncurryMethod(Performance, 'now');
const { performance } = globalThis;
/** Milliseconds since the realm began. */
export const now = (): number => performanceNow(performance);

export const NativeFunction = Function;
export const { bind } = Function.prototype;
export const NativeSyntaxError = SyntaxError;

export const { isArray } = Array;
export const objectKeys = Object.keys;
export const tagOf: (value: object) => string = uncurryMethod(Object, 'toString');
const { isView } = ArrayBuffer;
const viewBuffers = [Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array, DataView.prototype].map((prototype) =>
  uncurryGetterOf(prototype as DataView, 'buffer'),
);
const arrayBufferLength = uncurryGetter(ArrayBuffer, 'byteLength');
const sharedBufferLength = typeof SharedArrayBuffer === 'function' ? uncurryGetter(SharedArrayBuffer, 'byteLength') : null;

function bufferOf(value: object): unknown {
  if (!isView(value)) return value;
  for (let index = 0; index < viewBuffers.length; index++) {
    try {
      return viewBuffers[index]?.(value as DataView);
    } catch {
      // The other kind of view.
    }
  }
  return value;
}

/** Whether it is a shared buffer, or a view of one. */
export function isShared(value: object): boolean {
  try {
    return sharedBufferLength?.(bufferOf(value) as SharedArrayBuffer) !== undefined;
  } catch {
    return false;
  }
}

/** The bytes that are cloned with a buffer or a view of one: the whole buffer. Undefined for every other object. */
export function bufferLength(value: object): number | undefined {
  const buffer = bufferOf(value);
  try {
    return arrayBufferLength(buffer as ArrayBuffer);
  } catch {
    try {
      return sharedBufferLength?.(buffer as SharedArrayBuffer);
    } catch {
      return undefined;
    }
  }
}
