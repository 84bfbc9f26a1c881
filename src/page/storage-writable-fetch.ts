/**
 * `fetch(url, {sharedStorageWritable: true})`: marks that one request, and lets its promise wait for what the response wrote.
 * https://wicg.github.io/shared-storage/#mod-fetch-algo
 *
 * The mark is the end of the URL's fragment. A declarative rule sees it and adds `Sec-Shared-Storage-Writable`; a server never does.
 */

import { isObject, toBoolean } from '../webidl/conversions';
import { apply, create, defineProperty, Promise, Proxy, react, uncurryGetter, uncurryThis } from '../webidl/primordials';
import { request } from './bridge-channel';
import { baseURI } from './document-state';

const NativeURL = URL;
const NativeRequest = Request;
const { crypto } = globalThis;
const randomUUID = uncurryThis(Crypto.prototype.randomUUID);
const urlHref = uncurryGetter(URL.prototype, 'href');
const urlOrigin = uncurryGetter(URL.prototype, 'origin');
const urlHash = uncurryGetter(URL.prototype, 'hash');
const urlProtocol = uncurryGetter(URL.prototype, 'protocol');
const requestUrl = uncurryGetter(Request.prototype, 'url');
const requestHeaders = uncurryGetter(Request.prototype, 'headers');
const headersForEach = uncurryThis(Headers.prototype.forEach);
const requestBody = uncurryGetter(Request.prototype, 'body');
const requestArrayBuffer = uncurryThis(Request.prototype.arrayBuffer);

/** What makes a request but its URL and its body. */
const COPIED = ['cache', 'credentials', 'integrity', 'keepalive', 'method', 'mode', 'redirect', 'referrer', 'referrerPolicy', 'signal'];
const COPIED_GETTERS = COPIED.map((name) => uncurryGetter(Request.prototype, name as keyof Request));

type Fetch = (args: ArrayLike<unknown>) => Promise<Response>;

/** The URL of a Request of any realm; throws for everything else. */
function urlOf(input: unknown): string | null {
  try {
    return requestUrl(input as Request);
  } catch {
    return null;
  }
}

function markedURL(url: string, token: string): { marked: string; origin: string } | null {
  const parsed = new NativeURL(url, baseURI());
  const protocol = urlProtocol(parsed);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const marked = `${urlHref(parsed)}${urlHash(parsed) === '' ? '#' : ''}~ssw=${token}`;
  return { __proto__: null, marked, origin: urlOrigin(parsed) } as { marked: string; origin: string };
}

/** Fetches what `input` and `init` ask for from a URL that differs in its fragment only. */
function fetchMarked(fetch: Fetch, url: string, input: unknown, init: object): Promise<Response> {
  if (urlOf(input) === null) return fetch([url, init]);
  const combined = new NativeRequest(input as Request, init);
  const copy = create(null) as Record<string, unknown>;
  for (let index = 0; index < COPIED.length; index++) copy[COPIED[index] as string] = COPIED_GETTERS[index]?.(combined);
  // A record rather than the Headers object, which would be read through its own, replaceable, iterator.
  const headers = create(null) as Record<string, string>;
  headersForEach(requestHeaders(combined), (value, name) => {
    headers[name] = value;
  });
  copy.headers = headers;
  if (!requestBody(combined)) return fetch([url, copy]);
  return new Promise((resolve, reject) => {
    const send = (body: ArrayBuffer) => {
      copy.body = body;
      react(fetch([url, copy]), resolve, reject);
    };
    react(requestArrayBuffer(combined), send, reject);
  });
}

function storageWritableFetch(fetch: Fetch, args: ArrayLike<unknown>, init: object): Promise<Response> {
  const token = randomUUID(crypto);
  let url: ReturnType<typeof markedURL>;
  try {
    const given = urlOf(args[0]) ?? `${args[0] as string}`;
    url = markedURL(given, token);
  } catch {
    // Native fetch says what is wrong with it.
    url = null;
  }
  if (url === null) return fetch(args);
  const { marked, origin } = url;
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => react(request('header.settle', { token }), finish, finish);
    const fulfilled = (response: Response) => settle(() => resolve(response));
    const rejected = (reason: unknown) => settle(() => reject(reason));
    const start = () => {
      try {
        react(fetchMarked(fetch, marked, args[0], init), fulfilled, rejected);
      } catch (reason) {
        rejected(reason);
      }
    };
    // Where the extension refuses, the request still goes out, as native's does: without the header.
    react(request('header.expect', { token, origin }), start, () => react(fetch(args), resolve, reject));
  });
}

export function installStorageWritableFetch(): void {
  const nativeFetch = globalThis.fetch;
  const value = new Proxy(nativeFetch, {
    __proto__: null,
    apply(target: typeof nativeFetch, self: unknown, args: ArrayLike<unknown>) {
      const fetch: Fetch = (actual) => apply(target, self, actual) as Promise<Response>;
      // Not just args[1]: a page may have put one on Array.prototype.
      const init = args.length > 1 ? args[1] : undefined;
      if (!isObject(init) || !toBoolean((init as { sharedStorageWritable?: unknown }).sharedStorageWritable)) return fetch(args);
      return storageWritableFetch(fetch, args, init);
    },
  } as ProxyHandler<typeof nativeFetch>);
  defineProperty(globalThis, 'fetch', { __proto__: null, value } as PropertyDescriptor);
}
