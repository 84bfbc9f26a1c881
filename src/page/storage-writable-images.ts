/**
 * Requests of images with the `sharedstoragewritable` attribute.
 * https://wicg.github.io/shared-storage/#mod-update-img
 *
 * The image that the page has keeps its URL. A second one, which nobody sees, asks for the marked URL just before: as the two differ in their
 * fragments only, the browser makes one request of them.
 */

import { getOwnPropertyDescriptor, Promise, react, uncurryGetter, uncurryThis, weakMapGet } from '../webidl/primordials';
import { expect, isControlled, type MarkedRequest, newMarkedRequest } from './marked-requests';
import {
  ATTRIBUTE,
  beginLoad,
  defineReflectingAttribute,
  getAttribute,
  hasAttribute,
  holdEvents,
  imageSrc,
  type Load,
  loads,
  removeAttribute,
  setAttribute,
  trapSetter,
} from './storage-writable-elements';

const { prototype: imagePrototype } = HTMLImageElement;
const { prototype: nodePrototype } = Node;
const descriptor = getOwnPropertyDescriptor(imagePrototype, 'src') as Required<PropertyDescriptor>;
const setImageSrc = uncurryThis(descriptor.set as (this: HTMLImageElement, value: string) => void);
const currentSrc = uncurryGetter(imagePrototype, 'currentSrc');
const parentNode = uncurryGetter(nodePrototype, 'parentNode');
const nodeName = uncurryGetter(nodePrototype, 'nodeName');
const createElement = uncurryThis(Document.prototype.createElement) as (self: Document, name: string) => HTMLImageElement;
const { document } = globalThis;

/** What the request depends on besides its URL. */
const COPIED = ['crossorigin', 'referrerpolicy', 'fetchpriority'];

function requestMarked(image: Element, { marked }: MarkedRequest): void {
  const twin = createElement(document, 'img');
  for (let index = 0; index < COPIED.length; index++) {
    const name = COPIED[index] as string;
    const value = getAttribute(image, name);
    if (value !== null) setAttribute(twin, name, value);
  }
  setImageSrc(twin, marked);
}

/** An image that the browser chooses the source of, or the time, is loaded without a mark; src/page/storage-writable-elements.ts sees to it. */
function isChosenByBrowser(image: Element): boolean {
  const parent = parentNode(image);
  return hasAttribute(image, 'srcset') || getAttribute(image, 'loading') === 'lazy' || (parent !== null && nodeName(parent) === 'PICTURE');
}

/** Call just before `src` is set, or set again, to the URL. */
function begin(image: Element, url: string): void {
  holdEvents(image);
  if (isControlled() || isChosenByBrowser(image)) return;
  let marked: MarkedRequest | null;
  try {
    marked = newMarkedRequest(url);
  } catch {
    return;
  }
  if (marked === null) return;
  const known = marked;
  let isHeld = false;
  const load: Load = { __proto__: null, marked, isEventOfEarlierLoad: () => isHeld, isRefused: false } as Load;
  beginLoad(image, load);
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    removeAttribute(image, 'srcset');
  };
  const go = () => {
    requestMarked(image, known);
    // The twin's request is made by the microtask that setting its `src` has queued.
    react(new Promise<void>((resolve) => resolve()), release, release);
  };
  const refused = () => {
    load.isRefused = true;
    release();
  };
  expect(marked, false, go, refused);
  if (marked.isExpected) return;
  // Until the service worker listens nothing may be asked for.
  isHeld = true;
  setAttribute(image, 'srcset', 'data:,');
}

/** The attribute came after `src`, and before the browser has looked at either. */
function changed(image: Element): void {
  const src = imageSrc(image as HTMLImageElement);
  holdEvents(image);
  if (src === '' || src === currentSrc(image as HTMLImageElement) || src === weakMapGet(loads, image)?.marked.url) return;
  begin(image, src);
  setImageSrc(image as HTMLImageElement, getAttribute(image, 'src') as string);
}

export function installStorageWritableImages(): void {
  defineReflectingAttribute(imagePrototype, 'HTMLImageElement', imageSrc, changed);
  trapSetter(imagePrototype, (image, url) => {
    if (hasAttribute(image, ATTRIBUTE)) begin(image, url);
    else {
      // The attribute may follow; this comes before the browser's own look.
      const look = () => void (hasAttribute(image, ATTRIBUTE) && changed(image));
      react(new Promise<void>((resolve) => resolve()), look, look);
    }
  });
}
