/**
 * Requests of images with the `sharedstoragewritable` attribute.
 * https://wicg.github.io/shared-storage/#mod-update-img
 *
 * The image that the page has keeps its URL. A second one, which nobody sees, asks for the marked URL just before: as the two differ in their
 * fragments only, the browser makes one request of them.
 */

import { isObject } from '../../webidl/conversions';
import {
  apply,
  bag,
  getOwnPropertyDescriptor,
  Promise,
  react,
  uncurryGetter,
  uncurryThis,
  WeakSet,
  weakMapGet,
  weakSetAdd,
  weakSetDelete,
  weakSetHas,
} from '../../webidl/primordials';
import { isControlled } from '../bridge/bridge-channel';
import { createElement, document, parentNode } from '../bridge/dom';
import { wrapMember } from '../fenced-frames/replace-member';
import { fetchAfterwards, noop, soon } from './leaving';
import { expect, type MarkedRequest, newMarkedRequest, urlOfDisguisedImage } from './marked-requests';
import {
  addEventListener,
  beginLoad,
  currentSrc,
  defineReflectingAttribute,
  getAttribute,
  hasAttribute,
  holdEvents,
  imageSrc,
  isOptedIn,
  type Load,
  loads,
  removeAttribute,
  setAttribute,
  trapSetter,
} from './storage-writable-elements';

const { prototype: imagePrototype } = HTMLImageElement;
const descriptor = getOwnPropertyDescriptor(imagePrototype, 'src') as Required<PropertyDescriptor>;
const setImageSrc = uncurryThis(descriptor.set as (this: HTMLImageElement, value: string) => void);
const imageReferrerPolicy = uncurryGetter(HTMLImageElement, 'referrerPolicy');
const nodeName = uncurryGetter(Node, 'nodeName');

/** What the request depends on besides its URL. */
const COPIED = ['crossorigin', 'referrerpolicy', 'fetchpriority'];

function requestMarked(image: Element, { withMark }: MarkedRequest): void {
  const twin = createElement<HTMLImageElement>(document, 'img');
  for (let index = 0; index < COPIED.length; index++) {
    const name = COPIED[index] as string;
    const value = getAttribute(image, name);
    if (value !== null) setAttribute(twin, name, value);
  }
  setImageSrc(twin, withMark);
}

/** For a document that goes away, and never shows the image. */
function requestAfterwards(image: Element, marked: MarkedRequest): void {
  const crossOrigin = getAttribute(image, 'crossorigin');
  const init = {
    __proto__: null,
    mode: crossOrigin === null ? 'no-cors' : 'cors',
    credentials: crossOrigin === null || crossOrigin === 'use-credentials' ? 'include' : 'same-origin',
    referrerPolicy: imageReferrerPolicy(image as HTMLImageElement),
  };
  fetchAfterwards(() => {
    requestMarked(image, marked);
    return new Promise<never>(noop);
  }, [urlOfDisguisedImage(marked), init]);
}

/** An image that the browser chooses the source of, or the time, is loaded without a mark; src/page/header-writes/storage-writable-elements.ts sees to it. */
function isChosenByBrowser(image: Element): boolean {
  const parent = parentNode(image);
  return hasAttribute(image, 'srcset') || getAttribute(image, 'loading') === 'lazy' || (parent !== null && nodeName(parent) === 'PICTURE');
}

/** What is no image, and no error in the console either: a comma at its end would be none of the URL's. */
const NOTHING = 'data:,-';

/** Images that are looked at before the browser does so itself, in a microtask of its own. */
const awaited = new WeakSet<Element>();

/** Call just before `src` is set, or set again: what the image is by the end of the script counts, as it does for the browser. */
function lookSoon(image: Element): void {
  if (weakSetHas(awaited, image)) return;
  weakSetAdd(awaited, image);
  soon(() => {
    weakSetDelete(awaited, image);
    if (isOptedIn(image)) begin(image);
  });
}

function begin(image: Element): void {
  holdEvents(image);
  const src = imageSrc(image as HTMLImageElement);
  const earlier = weakMapGet(loads, image);
  if (isControlled() || src === earlier?.markedRequest.url) return;
  // The `srcset` of an image that waits is ours.
  if (isChosenByBrowser(image) && !earlier?.isEventOfEarlierLoad()) return;
  const marked = newMarkedRequest(src);
  if (marked === null) return;
  let isHeld = false;
  const load: Load = { markedRequest: marked, isEventOfEarlierLoad: () => isHeld, isRefused: false, beginAgain: () => false };
  beginLoad(image, load);
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    // Another load may have begun meanwhile, which is held on its own account.
    if (weakMapGet(loads, image) === load) removeAttribute(image, 'srcset');
  };
  const go = (isLast: boolean) => {
    if (isLast) return requestAfterwards(image, marked);
    requestMarked(image, marked);
    // The twin's request is made by the microtask that setting its `src` has queued.
    soon(release);
  };
  const refused = () => {
    load.isRefused = true;
    release();
  };
  expect(marked, false, go, refused);
  if (!marked.isExpected) {
    // Until the service worker listens nothing may be asked for.
    isHeld = true;
    setAttribute(image, 'srcset', NOTHING);
  }
  // The browser's own look comes after the twin's then.
  setImageSrc(image as HTMLImageElement, getAttribute(image, 'src') as string);
}

/** The attribute came after `src`, and before the browser has looked at either. */
function changed(image: Element): void {
  const src = imageSrc(image as HTMLImageElement);
  holdEvents(image);
  if (src === '' || src === currentSrc(image as HTMLImageElement) || src === weakMapGet(loads, image)?.markedRequest.url) return;
  lookSoon(image);
  setImageSrc(image as HTMLImageElement, getAttribute(image, 'src') as string);
}

/** Whether the image is still to be asked for, or to be loaded. */
const isUnderWay = (image: Element): boolean => weakSetHas(awaited, image) || isObject(weakMapGet(loads, image));

/** `decode()` is about what the page has set, not about what is there until the service worker listens. */
function decodeAfterLoad(): void {
  wrapMember(imagePrototype, 'decode', (native, self, args) => {
    const image = self as Element;
    const go = () => apply(native, image, args) as Promise<void>;
    if (!isUnderWay(image) || !isOptedIn(image)) return go();
    holdEvents(image);
    return new Promise<void>((resolve, reject) => {
      const loaded = () => react(go(), resolve, reject);
      const once = bag({ once: true });
      addEventListener(image, 'load', loaded, once);
      addEventListener(image, 'error', loaded, once);
    });
  });
}

export function installStorageWritableImages(): void {
  decodeAfterLoad();
  defineReflectingAttribute(imagePrototype, 'HTMLImageElement', imageSrc, changed);
  trapSetter(imagePrototype, lookSoon);
}
