/**
 * Makes a dedicated worker's global look, and be, like a SharedStorageWorkletGlobalScope: whatever is not on the list goes.
 * https://wicg.github.io/shared-storage/#global-scope
 *
 * This is the first of two walls. The second is the sandbox's Content Security Policy, which lets nothing load or connect, and
 * the third that all authority hangs on the worklet's port: a realm that gets something back gains no data by it.
 */

import { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, toStringTag } from '../webidl/primordials';

/** The globals of Chromium's worklet, measured there, but for those that the realm adds itself. */
const ALLOWED = [
  // ECMAScript
  'AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError',
  'FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl Iterator JSON',
  'Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TypeError',
  'URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet AsyncDisposableStack DisposableStack',
  'SuppressedError Temporal decodeURI decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat',
  'parseInt undefined unescape',
  // The platform
  'WebAssembly console TextDecoder TextEncoder Crypto CryptoKey SubtleCrypto crypto QuotaExceededError ByteLengthQueuingStrategy',
  'CountQueuingStrategy ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest',
  'ReadableStreamDefaultController ReadableStreamDefaultReader TransformStream TransformStreamDefaultController WritableStream',
  'WritableStreamDefaultController WritableStreamDefaultWriter',
].join(' ');

/**
 * Families of classes of which no instance gets here: nothing that stays gives one, and no data that can be cloned has one in it. Those go unread: the browser makes a
 * class when it is first looked at, and all of these took 1.4 MB in each worklet. What is not known to be one of them is read, and has no members either.
 */
const UNREACHABLE = new RegExp(
  `^(?:${[
    'AudioDe AudioE Background Canvas Compress CSS Decompress FileReader Font FormData GPU Headers HID IDB Idle ImageBitmapR ImageDe ImageT',
    'Media Navig Network Notif Observable Offscreen Path2D Performance Periodic Permission Pressure Push Report Schedul SerialPort Source',
    'Storage Subscriber Sync Task TextD TextE TextM Trusted URLP URLS USB VideoC VideoD VideoE WebGL WGSL',
  ]
    .join(' ')
    .replaceAll(' ', '|')})`,
);

/** Removed as globals, but what the realm itself makes or WebAssembly returns needs their members. */
const KEPT_WHOLE: ReadonlySet<PropertyKey> = new Set(['DOMException', 'SharedArrayBuffer']);

/** An operation's data may hold a Blob, and so lead to its class: what is no global has no members either. */
function emptyPrototype(value: unknown): void {
  if (typeof value !== 'function') return;
  const { prototype } = value as { prototype?: unknown };
  if (typeof prototype === 'object' && prototype !== null) for (const key of ownKeys(prototype)) deleteProperty(prototype, key);
}

/** Runs before any worklet code, so nothing here needs primordials of its own. Throws when something would stay reachable. */
export function lockDown(): void {
  const allowed = new Set<PropertyKey>(ALLOWED.split(' '));
  const scope: object = globalThis;
  const remaining: string[] = [];
  for (let object: object | null = scope; object && object !== Object.prototype; object = getPrototypeOf(object)) {
    for (const key of ownKeys(object)) {
      if (object === scope && allowed.has(key)) continue;
      const isRead = typeof key !== 'string' || !UNREACHABLE.test(key);
      const value = isRead ? (getOwnPropertyDescriptor(object, key)?.value as unknown) : undefined;
      if (!KEPT_WHOLE.has(key)) emptyPrototype(value);
      if (deleteProperty(object, key)) continue;
      // What cannot be deleted may stay if it is a plain number, such as the constant TEMPORARY.
      if (typeof value !== 'number') remaining.push(String(key));
    }
  }
  if (remaining.length > 0) throw new Error(`These globals cannot be removed: ${remaining.join(', ')}`);
}

/** Names the objects on the global's prototype chain; returns the two that the specification knows. */
export function nameScopePrototypes(): { globalScope: object; workletGlobalScope: object } {
  const globalScope = getPrototypeOf(globalThis) as object;
  const workletGlobalScope = getPrototypeOf(globalScope) as object;
  const tag = (object: object, value: string) =>
    defineProperty(object, toStringTag, {
      __proto__: null,
      value,
      writable: false,
      enumerable: false,
      configurable: true,
    } as PropertyDescriptor);
  tag(globalScope, 'SharedStorageWorkletGlobalScope');
  tag(workletGlobalScope, 'WorkletGlobalScope');
  return { globalScope, workletGlobalScope };
}
