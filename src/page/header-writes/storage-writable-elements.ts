/**
 * The `sharedStorageWritable` attribute of images and iframes, and the load events that wait for what their responses wrote.
 * https://wicg.github.io/shared-storage/#html-attr
 */

import type { RepeatedRequest } from '../../protocol/messages';
import { requireArguments, toBoolean } from '../../webidl/conversions';
import { typeError } from '../../webidl/exceptions';
import { defineAttribute } from '../../webidl/native-function';
import {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  Proxy,
  react,
  uncurryGetter,
  uncurryMethod,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import {
  addEventListener,
  dispatchEvent,
  eventTarget,
  eventType,
  getAttribute,
  hasAttribute,
  iframeSrc,
  localName,
  NativeEvent,
  performance,
  setAttribute,
  stopImmediatePropagation as stop,
} from '../bridge/dom';
import { type MarkedRequest, newMarkedRequest, settle } from './marked-requests';

export { addEventListener, getAttribute, hasAttribute, iframeSrc, setAttribute };

export const ATTRIBUTE = 'sharedstoragewritable';
export const removeAttribute = uncurryMethod(Element, 'removeAttribute');
export const imageSrc = uncurryGetter(HTMLImageElement, 'src');
export const currentSrc = uncurryGetter(HTMLImageElement, 'currentSrc');
const crossOrigin = uncurryGetter(HTMLImageElement, 'crossOrigin');
const getEntriesByName = uncurryMethod(Performance, 'getEntriesByName');
const entryDuration = uncurryGetter(PerformanceEntry, 'duration');

/** What an element is loading with a mark. */
export interface Load {
  readonly markedRequest: MarkedRequest;
  /** Events of a load that has given way to another are nobody's business. */
  isEventOfEarlierLoad(): boolean;
  /** The extension refused: the request went out without the mark, and that is that. */
  isRefused: boolean;
  /** Begins anew where the resource was loaded by a request without the mark all the same; false where it cannot. */
  beginAgain(): boolean;
}

export const loads = new WeakMap<Element, Load | null>();

export const isIframe = (element: Element): boolean => localName(element) === 'iframe';
const isMarkable = (element: Element): boolean => isIframe(element) || localName(element) === 'img';
export const isOptedIn = (element: Element): boolean => hasAttribute(element, ATTRIBUTE);

/** What the element has loaded. */
const loadedURL = (element: Element): string =>
  isIframe(element)
    ? hasAttribute(element, 'srcdoc')
      ? ''
      : iframeSrc(element as HTMLIFrameElement)
    : currentSrc(element as HTMLImageElement);

function repeatOf(url: string, element: Element): RepeatedRequest {
  const cors = isIframe(element) ? null : crossOrigin(element as HTMLImageElement);
  return {
    url,
    destination: isIframe(element) ? 'iframe' : 'image',
    mode: cors === null ? 'no-cors' : 'cors',
    credentials: cors === 'anonymous' ? 'same-origin' : 'include',
  };
}

/**
 * Whether a request for the URL went out: the entry's duration, in milliseconds, says so. One that a Content Security Policy stopped took no time, or a step of the clock (0.1 ms, 3 of 400); the fastest of 400
 * that were answered, by a server on the same machine, took 0.6. The page's own entries are of other types.
 */
function isRequested(url: string): boolean {
  const entries = getEntriesByName(performance, url, 'resource');
  for (let index = 0; index < entries.length; index++) if (entryDuration(entries[index] as PerformanceEntry) > 0.3) return true;
  return false;
}

/** The URL of a load that went out without a mark: static markup, `srcset`, a page with a service worker of its own. */
function unmarkedURL(element: Element, type: string): string | null {
  const url = newMarkedRequest(loadedURL(element))?.url ?? null;
  return url !== null && (type === 'load' || isRequested(url)) ? url : null;
}

/** Holds a marked element's `load` or `error` event back until what the response wrote is stored. */
export function onLoad(event: Event): void {
  const element = eventTarget(event) as Element;
  // Ours, and those that a page makes, have no response behind them. `isTrusted` cannot be replaced.
  if (!event.isTrusted || !isMarkable(element) || !isOptedIn(element)) return;
  const load = weakMapGet(loads, element);
  if (load?.isEventOfEarlierLoad()) {
    stop(event);
    return;
  }
  // What a frame does later, by itself, is not known here.
  if (load === null && isIframe(element)) return;
  const type = eventType(event);
  const dispatch = () => void dispatchEvent(element, new NativeEvent(type));
  if (load && (isIframe(element) || load.markedRequest.url === loadedURL(element) || load.markedRequest.withMark === loadedURL(element))) {
    done(element);
    if (load.isRefused) return;
    stop(event);
    // A frame can have two documents, one without the mark; the second one's event comes for both.
    const settling: Load = { ...load, isEventOfEarlierLoad: () => true };
    if (isIframe(element)) beginLoad(element, settling);
    const finish = () => {
      if (weakMapGet(loads, element) === settling) done(element);
      dispatch();
    };
    const unmarked = () => {
      if (unmarkedURL(element, 'error') === null || !load.beginAgain()) finish();
    };
    settle(load.markedRequest, type === 'load' ? repeatOf(load.markedRequest.url, element) : null, finish, unmarked);
    return;
  }
  const url = unmarkedURL(element, type);
  if (url === null) return;
  done(element);
  stop(event);
  react(request('header.repeat', repeatOf(url, element)), dispatch, dispatch);
}

export const beginLoad = (element: Element, load: Load): void => void weakMapSet(loads, element, load);
const done = (element: Element): void => void weakMapSet(loads, element, null);

/** DEVIATION: the event that a listener gets is not `isTrusted`, because it had to be made anew. */
export function holdEvents(element: Element | Document): void {
  addEventListener(element, 'load', onLoad, true);
  addEventListener(element, 'error', onLoad, true);
}

/** "The IDL attribute must reflect the respective content attribute of the same name." */
export function defineReflectingAttribute(
  prototype: HTMLImageElement | HTMLIFrameElement,
  interfaceName: string,
  brand: (self: never) => unknown,
  changed: (element: Element) => void,
): void {
  const name = 'sharedStorageWritable';
  const requireBrand = (self: unknown) => {
    try {
      brand(self as never);
    } catch {
      throw typeError('Illegal invocation');
    }
    return self as Element;
  };
  const get = (self: unknown) => isOptedIn(requireBrand(self));
  const set = (self: unknown, args: ArrayLike<unknown>) => {
    const element = requireBrand(self);
    requireArguments(args.length, 1, `Failed to set the '${name}' property on '${interfaceName}'`);
    if (!toBoolean(args[0])) removeAttribute(element, ATTRIBUTE);
    else if (!isOptedIn(element)) {
      setAttribute(element, ATTRIBUTE, '');
      changed(element);
    }
  };
  defineAttribute(prototype, name, get, set);
}

/** Calls `before` with the element before its `src` is set; where the page's URL is no string yet, it becomes one first. */
export function trapSetter(prototype: HTMLImageElement | HTMLIFrameElement, before: (element: Element, url: string) => void): void {
  const { get, set } = getOwnPropertyDescriptor(prototype, 'src') as Required<PropertyDescriptor>;
  const trapped = new Proxy(set, {
    __proto__: null,
    apply(target: (value: string) => void, self: unknown, args: ArrayLike<unknown>) {
      try {
        apply(get, self, []);
      } catch {
        // Native says so.
        return apply(target, self, args);
      }
      if (args.length === 0) return apply(target, self, args);
      const url = `${args[0] as string}`;
      before(self as Element, url);
      return apply(target, self, [url]);
    },
  } as ProxyHandler<(value: string) => void>);
  defineProperty(prototype, 'src', { __proto__: null, get, set: trapped } as PropertyDescriptor);
}
