/**
 * `fetch(url, {sharedStorageWritable: true})` and `new Request(url, {sharedStorageWritable: true})`: mark that one request, and let
 * fetch's promise wait for what the response wrote.
 * https://wicg.github.io/shared-storage/#mod-fetch-algo
 */

import type { RepeatedRequest } from '../../protocol/messages';
import { isObject, toBoolean } from '../../webidl/conversions';
import { failureOf, hideFrames, typeError } from '../../webidl/exceptions';
import {
  aPromiseRejectedWith,
  apply,
  bag,
  construct,
  create,
  defineProperty,
  isInstance,
  Promise,
  Proxy,
  react,
  uncurryGetter,
  uncurryMethod,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { isControlled } from '../bridge/bridge-channel';
import { isSecureContext } from '../bridge/document-state';
import { dispatchEvent, NativeEvent, preventDefault } from '../bridge/dom';
import { parseURL, urlProtocol } from '../bridge/page-url';
import { wrapMember } from '../fenced-frames/replace-member';
import { fetchAfterwards } from './leaving';
import { expect, type MarkedRequest, newMarkedRequest, settle } from './marked-requests';
import { addEventListener } from './storage-writable-elements';

const NativeRequest = Request;
const { prototype: requestPrototype } = Request;
const requestUrl = uncurryGetter(Request, 'url');
const requestHeaders = uncurryGetter(Request, 'headers');
const headersForEach = uncurryMethod(Headers, 'forEach');
const requestSignal = uncurryGetter(Request, 'signal');
const requestKeepalive = uncurryGetter(Request, 'keepalive');
const requestBody = uncurryGetter(Request, 'body');
const requestArrayBuffer = uncurryMethod(Request, 'arrayBuffer');

/** What makes a request but its URL and its body. */
const COPIED = ['cache', 'credentials', 'integrity', 'keepalive', 'method', 'mode', 'redirect', 'referrer', 'referrerPolicy', 'signal'];
const COPIED_GETTERS = COPIED.map((name) => uncurryGetter(Request, name as keyof Request));

type Fetch = (args: ArrayLike<unknown>) => Promise<Response>;

/** A request's "shared storage writable", and what its body was made of: a document that goes away has no time to read that again. */
const writable = new WeakMap<object, { readonly body: unknown }>();

/**
 * What a request's signal is asked by scripts of other realms, which see no more of each other's requests: it answers by cancelling.
 */
const IS_WRITABLE = 'shared-storage-lab-writable';

function mark(request: Request, body: unknown): void {
  weakMapSet(writable, request, bag({ body }));
  addEventListener(requestSignal(request), IS_WRITABLE, preventDefault);
}

/** Whether it is a marked request, of any realm. */
function isMarked(input: object): boolean {
  if (weakMapGet(writable, input)) return true;
  // Those of this realm are all known.
  if (isInstance(requestPrototype, input) || urlOf(input) === null) return false;
  return !dispatchEvent(requestSignal(input as Request), new NativeEvent(IS_WRITABLE, bag({ cancelable: true })));
}

/** The URL of a Request of any realm, or null for everything else. */
function urlOf(input: unknown): string | null {
  try {
    return requestUrl(input as Request);
  } catch {
    return null;
  }
}

function isData(url: string): boolean {
  const parsed = parseURL(url);
  // Of what is no URL native says what is wrong with it.
  return parsed !== null && urlProtocol(parsed) === 'data:';
}

/**
 * If init["sharedStorageWritable"] exists, then set request's shared storage writable to it. Throws what Chromium throws.
 * https://wicg.github.io/shared-storage/#mod-request-con
 */
function isWritable(input: unknown, init: unknown, operation: string): boolean {
  // An init that is no dictionary is native's to refuse.
  const member = isObject(init) ? (init as { sharedStorageWritable?: unknown }).sharedStorageWritable : undefined;
  if (member === undefined) return isObject(input) && isMarked(input);
  const problem = !isSecureContext
    ? 'only available in secure contexts'
    : isData(urlOf(input) ?? (typeof input === 'string' ? input : '')) && 'not available for opaque origins';
  if (problem) throw typeError(`sharedStorageWritable: sharedStorage operations are ${problem}.`, operation);
  return toBoolean(member);
}

/** By the names of COPIED, and what has a form of its own in an init. */
interface RequestCopy extends Record<string, unknown> {
  headers: Record<string, string>;
  body: unknown;
}

/** Fetches what a request asks for from a URL that differs in its fragment only. `body` is what it was made of, where there is no time to read it. */
function fetchMarked(fetch: Fetch, url: string, combined: Request, body: unknown): Promise<Response> {
  const copy = create(null) as RequestCopy;
  for (let index = 0; index < COPIED.length; index++) copy[COPIED[index] as string] = COPIED_GETTERS[index]?.(combined);
  // A record rather than the Headers object, which would be read through its own, replaceable, iterator.
  const headers = create(null) as Record<string, string>;
  headersForEach(requestHeaders(combined), (value, name) => {
    headers[name] = value;
  });
  copy.headers = headers;
  if (body) copy.body = body;
  if (body || !requestBody(combined)) return fetch([url, copy]);
  return new Promise((resolve, reject) => {
    const send = (body: ArrayBuffer) => {
      copy.body = body;
      react(fetch([url, copy]), resolve, reject);
    };
    react(requestArrayBuffer(combined), send, reject);
  });
}

/** What may be asked for again where the response was lost with a service worker that was stopped: nothing but a plain GET. */
function repeatable(marked: MarkedRequest, isRequest: boolean, init: object): RepeatedRequest | null {
  const { method, mode, credentials } = init as RequestInit;
  if (isRequest || (method !== undefined && method !== 'GET')) return null;
  return {
    url: marked.url,
    destination: '',
    mode: mode === 'no-cors' || mode === 'same-origin' ? mode : 'cors',
    credentials: credentials === 'omit' || credentials === 'include' ? credentials : 'same-origin',
  };
}

const bodyOf = (input: object, init: RequestInit): unknown => init.body ?? weakMapGet(writable, input)?.body;

/** What the page has put there itself, or a prototype of its own. */
interface Init {
  readonly keepalive?: unknown;
}

const isKeptAlive = (request: Request | null, { keepalive }: Init): boolean =>
  keepalive === undefined && request ? requestKeepalive(request) : toBoolean(keepalive);

function storageWritableFetch(fetch: Fetch, args: ArrayLike<unknown>, init: object): Promise<Response> {
  const url = urlOf(args[0]);
  let first = args[0];
  try {
    // A URL's conversion to a string is page code, which is to run once.
    if (url === null) first = `${first as string}`;
  } catch (exception) {
    return aPromiseRejectedWith(exception);
  }
  const marked = newMarkedRequest(url ?? (first as string));
  if (marked === null) return fetch(args);
  // What else is in `args` does not concern fetch.
  const plain = [first, init];
  const byURL = isControlled();
  return new Promise((resolve, reject) => {
    const fulfilled = (response: Response) => settle(marked, repeatable(marked, url !== null, init), () => resolve(response));
    const rejected = (reason: unknown) => settle(marked, null, () => reject(reason));
    const go = (isLast: boolean) => {
      try {
        if (byURL) return react(fetch(plain), fulfilled, rejected);
        const send: Fetch =
          isLast && isKeptAlive(url === null ? null : (first as Request), init) ? (actual) => fetchAfterwards(fetch, actual) : fetch;
        if (url === null) return react(send([marked.withMark, init]), fulfilled, rejected);
        const known = bodyOf(first as Request, init);
        // What cannot have changed need not be read again either.
        const body = isLast || typeof known === 'string' ? known : undefined;
        react(fetchMarked(send, marked.withMark, new NativeRequest(first as Request, init), body), fulfilled, rejected);
      } catch (reason) {
        rejected(reason);
      }
    };
    // Where the extension refuses, the request still goes out, as native's does: without the header.
    expect(marked, byURL, go, () => react(fetch(plain), resolve, reject));
  });
}

function replace(target: object, name: string, value: unknown): void {
  defineProperty(target, name, { __proto__: null, value } as PropertyDescriptor);
}

const EMPTY = create(null) as object;

export function installStorageWritableFetch(): void {
  const nativeFetch = globalThis.fetch;
  const fetch = new Proxy(nativeFetch, {
    __proto__: null,
    apply(target: typeof nativeFetch, self: unknown, args: ArrayLike<unknown>) {
      const go: Fetch = (actual) => apply(target, self, actual) as Promise<Response>;
      // Not just args[1]: a page may have put one on Array.prototype.
      const init = args.length > 1 ? args[1] : undefined;
      try {
        if (args.length === 0 || !isWritable(args[0], init, failureOf('fetch', 'Window'))) return go(args);
      } catch (exception) {
        hideFrames(exception, fetch);
        return aPromiseRejectedWith(exception);
      }
      return storageWritableFetch(go, args, isObject(init) ? init : EMPTY);
    },
  } as ProxyHandler<typeof nativeFetch>);
  replace(globalThis, 'fetch', fetch);

  const RequestProxy = new Proxy(NativeRequest, {
    __proto__: null,
    construct(target: typeof NativeRequest, args: ArrayLike<unknown>, newTarget: () => unknown) {
      try {
        const init = args.length > 1 ? args[1] : undefined;
        const isToBeMarked = args.length > 0 && isWritable(args[0], init, "Failed to construct 'Request'");
        const request = construct(target, args, newTarget) as Request;
        if (isToBeMarked) mark(request, bodyOf(args[0] as object, isObject(init) ? init : EMPTY));
        return request;
      } catch (exception) {
        hideFrames(exception, RequestProxy);
        throw exception;
      }
    },
  } as ProxyHandler<typeof NativeRequest>);
  replace(globalThis, 'Request', RequestProxy);
  replace(requestPrototype, 'constructor', RequestProxy);
  wrapMember(requestPrototype, 'clone', (native, self, args) => {
    const request = apply(native, self, args) as Request;
    if (isMarked(self as object)) mark(request, weakMapGet(writable, self as object)?.body);
    return request;
  });
}
