/** What the realm uses of its worker, captured before the lockdown takes it away from the worklet's code. */

import { apply, getOwnPropertyDescriptor, uncurryGetter, uncurryThis } from '../webidl/primordials';

export const { importScripts } = globalThis as unknown as { importScripts: (url: string) => void };
export const postMessage = uncurryThis(MessagePort.prototype.postMessage) as (port: MessagePort, message: unknown) => void;
export const eventData = uncurryGetter(MessageEvent.prototype, 'data');
export const eventPorts = uncurryGetter(MessageEvent.prototype, 'ports');
export const setOnMessage = uncurryThis(
  getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')?.set as (this: MessagePort, handler: (event: MessageEvent) => void) => void,
);

const NativeURL = URL;
const NativeBlob = Blob;
const createObjectURL = URL.createObjectURL;
const revokeObjectURL = URL.revokeObjectURL;

export const createScriptURL = (source: string): string =>
  apply(createObjectURL, NativeURL, [new NativeBlob([source], { __proto__: null, type: 'text/javascript' } as BlobPropertyBag)]);

export const revokeScriptURL = (url: string): void => apply(revokeObjectURL, NativeURL, [url]);

export const arrayPush: <T>(array: T[], value: T) => number = uncurryThis(Array.prototype.push);
export const arrayShift: <T>(array: T[]) => T | undefined = uncurryThis(Array.prototype.shift);
export const stringSplit: (string: string, separator: string) => string[] = uncurryThis(
  String.prototype.split as (this: string, separator: string) => string[],
);
export const stringIncludes: (string: string, search: string) => boolean = uncurryThis(String.prototype.includes);
const signalAborted = uncurryGetter(AbortSignal.prototype, 'aborted');
const signalReason = uncurryGetter(AbortSignal.prototype, 'reason');
const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);

export function isAbortSignal(value: unknown): boolean {
  try {
    signalAborted(value as AbortSignal);
    return true;
  } catch {
    return false;
  }
}

export const isAborted = (signal: AbortSignal): boolean => signalAborted(signal);
export const reasonOf = (signal: AbortSignal): unknown => signalReason(signal);
export const addAbortListener = (signal: AbortSignal, listener: () => void): void =>
  addEventListener(signal, 'abort', listener, { __proto__: null, once: true } as AddEventListenerOptions);

export const NativeFunction = Function;
export const NativeSyntaxError = SyntaxError;
