/**
 * Navigations of iframes with the `sharedstoragewritable` attribute.
 * https://wicg.github.io/shared-storage/#mod-create-nav
 *
 * The browser begins the navigation that `src` asks for at once. It has not got far when the observer hears of it, and gives way to one
 * to the marked URL, so that a server sees one request. The attributes stay as the page has set them.
 */

import {
  globalObject,
  uncurryGetter,
  uncurryGetterOf,
  uncurryMethod,
  WeakSet,
  weakMapGet,
  weakSetAdd,
  weakSetDelete,
} from '../../webidl/primordials';
import { isControlled } from '../bridge/bridge-channel';
import { document, getRootNode, nodeType, querySelectorAll } from '../bridge/dom';
import { listenForLeaving } from './leaving';
import { expect, newMarkedRequest } from './marked-requests';
import {
  ATTRIBUTE,
  beginLoad,
  defineReflectingAttribute,
  hasAttribute,
  holdEvents,
  iframeSrc,
  isIframe,
  isOptedIn,
  type Load,
  loads,
  removeAttribute,
  setAttribute,
  trapSetter,
} from './storage-writable-elements';

const { prototype: iframePrototype } = HTMLIFrameElement;
const NativeMutationObserver = MutationObserver;
const observe = uncurryMethod(MutationObserver, 'observe');
const recordTarget = uncurryGetter(MutationRecord, 'target');
const recordType = uncurryGetter(MutationRecord, 'type');
const addedNodes = uncurryGetter(MutationRecord, 'addedNodes');
const nodeListLength = uncurryGetter(NodeList, 'length');
const firstChild = uncurryGetter(Node, 'firstChild');
const isConnected = uncurryGetter(Node, 'isConnected');
const contentWindow = uncurryGetter(HTMLIFrameElement, 'contentWindow');
const documentElement = uncurryGetter(Document, 'documentElement');
const frameCount = uncurryGetterOf(globalObject, 'length');

/** Both are [LegacyUnforgeable]: no page can replace them. */
const navigate = (view: Window, url: string): void => view.location.replace(url);

/** Frames whose own navigation waits, as a lazy one's does, for the moment that the observer takes to hear of them. */
const held = new WeakSet<Element>();

function hold(frame: Element): void {
  if (hasAttribute(frame, 'loading') || isControlled()) return;
  weakSetAdd(held, frame);
  setAttribute(frame, 'loading', 'lazy');
}

function release(frame: Element): void {
  if (weakSetDelete(held, frame)) removeAttribute(frame, 'loading');
}

/** Whether there is a request to mark. `attempts` are left where the frame's own navigation is faster than the one that replaces it. */
function begin(frame: HTMLIFrameElement, attempts = 2): boolean {
  // To ask for a frame's window makes the browser make it.
  const isMarked = isOptedIn(frame) && !hasAttribute(frame, 'srcdoc') && !isControlled();
  const view = isMarked && contentWindow(frame);
  const marked = view ? newMarkedRequest(iframeSrc(frame)) : null;
  if (!view || marked === null) {
    release(frame);
    return false;
  }
  const { url } = marked;
  let isBlank = false;
  let next: string | null = null;
  let isUnderWay = false;
  let isHeld = attempts < 2;
  const go = () => {
    isUnderWay = true;
    if (weakMapGet(loads, frame) === load && isConnected(frame)) navigate(contentWindow(frame) ?? view, next as string);
  };
  const isEventOfEarlierLoad = () => {
    if (isUnderWay) return false;
    isBlank = true;
    if (next !== null) go();
    return true;
  };
  const load: Load = {
    markedRequest: marked,
    isEventOfEarlierLoad,
    isRefused: false,
    beginAgain: () => attempts > 0 && begin(frame, attempts - 1),
  };
  beginLoad(frame, load);
  const answered = (to: string) => {
    next = to;
    if (isBlank || !isHeld) go();
  };
  const refused = () => {
    load.isRefused = true;
    answered(url);
  };
  // A frame that waits has a blank document in between; one that need not wait goes there at once.
  expect(marked, false, () => answered(marked.withMark), refused, true);
  // Until the service worker listens nothing may be asked for. The blank document's own load event says when it is there.
  if (!isUnderWay) {
    isHeld = true;
    navigate(view, 'about:blank');
  }
  release(frame);
  return true;
}

/** The marked iframes among what a record says was added or changed. */
function look(node: Node, isNew: boolean): void {
  if (nodeType(node) !== 1) return;
  const element = node as Element;
  if (isIframe(element)) begin(element as HTMLIFrameElement);
  else if (isNew && firstChild(element)) {
    const frames = querySelectorAll(element, `iframe[${ATTRIBUTE}]`);
    for (let index = 0; index < nodeListLength(frames); index++) begin(frames[index] as HTMLIFrameElement);
  }
}

const options = { __proto__: null, childList: true, subtree: true, attributeFilter: ['src'] } as MutationObserverInit;

export function installStorageWritableIframes(): void {
  let root = documentElement(document);
  const observer = new NativeMutationObserver((records) => {
    // document.open() takes away all listeners, and the root. Who still listens is not added twice.
    if (documentElement(document) !== root) {
      root = documentElement(document);
      holdEvents(document);
      listenForLeaving();
    }
    // Most pages have no frames.
    if (frameCount(globalObject) === 0) return;
    for (let index = 0; index < records.length; index++) {
      const record = records[index] as MutationRecord;
      if (recordType(record) === 'attributes') look(recordTarget(record), false);
      else {
        const added = addedNodes(record);
        for (let node = 0; node < nodeListLength(added); node++) look(added[node] as Node, true);
      }
    }
  });
  observe(observer, document, options);
  defineReflectingAttribute(iframePrototype, 'HTMLIFrameElement', iframeSrc, (frame) => {
    holdEvents(frame);
    if (!isConnected(frame) && hasAttribute(frame, 'src')) hold(frame);
    const tree = getRootNode(frame);
    // A shadow tree, whose mutations are its own.
    if (tree !== document && nodeType(tree) === 11) observe(observer, tree, options);
  });
  trapSetter(iframePrototype, (frame) => {
    if (isOptedIn(frame)) hold(frame);
  });
}
